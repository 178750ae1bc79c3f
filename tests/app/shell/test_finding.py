"""Find over all that a pipeline says, and the outline filtered by the same."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.document.model import Document, Edge, Layout, Node, Note

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


@pytest.fixture
def found(window, settle, orders, csv, csv_sink):
    """A window on a checked pipeline; returns what a text typed finds, by id and place."""
    document = Document(
        nodes={
            "read": Node("read", csv, {"path": str(orders)}, "Orders file"),
            "paid": Node("paid", "filter", {"condition": "status <> 'cancelled'"}),
            "large": Node("large", "filter", {"condition": "amount > 100"}, "Large orders"),
            "out": Node("out", csv_sink, {"path": "out/paid.csv"}),
        },
        edges=tuple(
            map(Edge.parse, ("read.rows -> paid.rows", "paid.kept -> large.rows",
                             "large.kept -> out.rows"))
        ),
        notes={"why": Note("why", "Finance wants\ncancelled orders left out")},
        layout=Layout({"read": (0, 0), "paid": (300, 0), "large": (6000, 0), "out": (6300, 0)},
                      {"why": (0, 3000, 200, 80)}),
    )  # fmt: skip
    window.resize(1280, 800)
    window.session.bridge.set_document(document)
    settle()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Key.Key_F, CONTROL)

    def find(text: str) -> dict[str, str]:
        panel = window.finding.panel
        panel.line.clear()
        QTest.keyClicks(panel.line, text)
        hits = window.finder.find(text)
        assert [panel.list.item(i).text() for i in range(len(hits))] == [h.name for h in hits]
        return {h.id: h.where for h in hits}

    return find


def test_titles_second_lines_ids_types_columns_settings_and_notes_are_found(found):
    assert found("large ORD") == {"large": "Title"}
    assert found("amount > 100") == {"large": "amount > 100"}
    assert found("paid")["paid"] == "Id: paid"
    assert found("filter rows")["large"] == "Type: Filter rows"
    columns = found("status")
    assert list(columns) == ["paid", "read", "large", "out"]
    assert columns["read"] == columns["large"] == columns["out"] == "Column: status"
    assert found("finance") == {"why": "Note: Finance wants cancelled orders left out"}
    assert found("   ") == {}
    assert found("nowhere") == {}


def test_the_most_telling_place_comes_first_and_words_are_found_apart(found):
    assert list(found("orders")) == ["read", "large", "why"]
    assert list(found("cancelled")) == ["paid", "why"]
    assert list(found("large amount")) == ["large"]


def test_return_and_f3_go_round_what_was_found_and_show_it_beside_the_panel(found, window):
    found("cancelled")
    panel, canvas = window.finding.panel, window.canvas
    assert panel.count.text() == "2 found"
    QTest.keyClick(panel.line, Key.Key_Return)
    assert window.session.selection.nodes == ("paid",)
    card = canvas.mapFromScene(canvas.scene().shown.nodes["paid"].frame).boundingRect()
    over = panel.geometry().translated(-canvas.geometry().topLeft())
    assert canvas.viewport().rect().contains(card)
    assert not over.intersects(card)
    QTest.keyClick(panel.line, Key.Key_F3)
    assert panel.count.text() == "2 of 2"
    assert window.session.selection.notes == ("why",)
    assert (
        canvas.viewport()
        .rect()
        .contains(canvas.mapFromScene(canvas.scene().shown.notes["why"].frame).boundingRect())
    )
    QTest.keyClick(panel.line, Key.Key_F3)
    assert window.session.selection.nodes == ("paid",)
    QTest.keyClick(panel.line, Key.Key_F3, SHIFT)
    assert window.session.selection.notes == ("why",)
    QTest.keyClick(panel.line, Key.Key_Escape)
    assert not panel.isVisible()
    assert QApplication.focusWidget() is canvas
    QTest.keyClick(canvas, Key.Key_F3)
    assert window.session.selection.nodes == ("paid",)


def test_a_click_goes_to_a_hit_from_an_overview_to_where_it_can_be_read(found, window):
    window.canvas.set_zoom(0.1)
    found("large")
    item = window.finding.panel.list.visualItemRect(window.finding.panel.list.item(0))
    QTest.mouseClick(
        window.finding.panel.list.viewport(), Qt.MouseButton.LeftButton, pos=item.center()
    )
    assert window.session.selection.nodes == ("large",)
    assert window.canvas.zoom == pytest.approx(0.7)


def test_what_is_found_follows_the_document(found, window):
    from summit_studio.document.edits import SetTitle

    found("large")
    QTest.keyClick(window.finding.panel.line, Key.Key_Return)
    window.session.do(SetTitle("paid", "Large too"))
    window.session.bridge.flush()
    assert window.finding.panel.count.text() == "2 of 2"
    window.session.bridge.undo()
    window.session.bridge.flush()
    assert window.finding.panel.count.text() == "1 of 1"


def test_the_key_means_the_rows_in_the_preview(found, window):
    QTest.keyClick(window.finding.panel.line, Key.Key_Escape)
    window.inspector.setFocus()
    QTest.keyClick(window.preview, Key.Key_F, CONTROL)
    assert not window.finding.panel.isVisible()


def test_the_outline_shows_what_holds_a_text_and_what_it_stands_beneath(found, window):
    outline = window.outline
    outline.refresh()
    shown = lambda: {i for i, item in outline._items.items() if not item.isHidden()}  # noqa: E731
    assert shown() == {"read", "paid", "large", "out"}
    window.docks.show("outline")
    QTest.keyClicks(outline.line, "large")
    assert shown() == {"large"}
    outline.refresh()
    assert shown() == {"large"}
    QTest.keyClicks(outline.line, "xyz")
    assert outline._stack.currentWidget() is outline._nothing
    outline.line.clear()
    assert shown() == {"read", "paid", "large", "out"}
