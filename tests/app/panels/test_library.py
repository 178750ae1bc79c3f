"""The library lists first what was starred, then what was used last; a card tells of a type."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from summit_studio.app.look.theme import Theme
from summit_studio.app.look.type_words import told
from summit_studio.app.session.settings import Settings
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import Rows

Key = Qt.Key
Left = Qt.MouseButton.LeftButton


def groups(window) -> dict[str, list[str]]:
    """Return the titles of the rows by that of their group, in order."""
    tree = window.library.tree
    tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
    return {t.text(0): [t.child(n).text(0) for n in range(t.childCount())] for t in tops}


def row(window, title: str):
    return window.library.tree.findItems(title, Qt.MatchFlag.MatchRecursive)[0]


def place(window, title: str, column: int):
    tree, item = window.library.tree, row(window, title)
    tree.scrollToItem(item)
    index = tree.indexFromItem(item, column)
    return tree.visualRect(index).center()


def leave(window):
    """Take the mouse out of the list."""
    viewport = window.library.tree.viewport()
    viewport.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))


def test_a_star_lists_a_type_first_and_is_remembered(window):
    viewport = window.library.tree.viewport()
    assert "Favourites" not in groups(window)
    viewport.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    at = place(window, "Filter rows", 1)
    QTest.mouseMove(viewport, at)
    assert not row(window, "Filter rows").icon(1).isNull()
    QTest.mouseClick(viewport, Left, pos=at)
    assert window.session.document.nodes == {}, "a star is no wish to add"
    assert "Favourites" not in groups(window), "rows move under the mouse"
    leave(window)
    assert next(iter(groups(window))) == "Favourites"
    assert groups(window)["Favourites"] == ["Filter rows"]
    window.settings.flush()
    assert Settings().favourites == ["filter"]
    QTest.mouseClick(viewport, Left, pos=place(window, "Filter rows", 1))
    leave(window)
    assert "Favourites" not in groups(window)
    assert row(window, "Filter rows").icon(1).isNull()


def test_a_star_is_given_by_key_and_the_row_stays_chosen(window):
    action = window.actions_table["favourite"]
    assert not action.isEnabled()
    for typed in ("sort", "filter rows"):
        window.library.search.setFocus()
        window.library.search.clear()
        QTest.keyClicks(window.library.search, typed)
        QTest.keyClick(window.library.search, Key.Key_Down)
        assert action.isEnabled()
        QTest.keyClick(window.library.tree, Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    window.library.search.clear()
    assert groups(window)["Favourites"] == ["Sort", "Filter rows"]
    assert window.library.chosen == "filter"
    action.trigger()
    assert groups(window)["Favourites"] == ["Sort"]
    assert window.library.chosen == "filter"


def test_what_was_used_last_stands_above_the_categories(window):
    for type_id in ("sort", "limit", "union", "derive", "join", "deduplicate", "filter", "limit"):
        window.adding.add_in_view(type_id)
    leave(window)
    used = [window.session.catalogue.get(i).title for i in (
        "limit", "filter", "deduplicate", "join", "derive", "union")]  # fmt: skip
    assert next(iter(groups(window))) == "Recently used"
    assert groups(window)["Recently used"] == used
    window.settings.set_favourite("join", favourite=True)
    leave(window)
    assert list(groups(window))[:3] == ["Favourites", "Recently used", "Sources"]
    assert groups(window)["Recently used"] == [*used[:3], *used[4:], "Sort"]
    window.library.search.setText("filter")
    assert not {"Favourites", "Recently used"} & groups(window).keys()


def test_another_tab_lists_the_same(window):
    window.new()
    window.settings.set_favourite("sort", favourite=True)
    window.bar.setCurrentIndex(0)
    assert groups(window)["Favourites"] == ["Sort"]


def words(rich: str) -> str:
    document = QTextDocument()
    document.setHtml(rich)
    return document.toPlainText().replace("\N{NO-BREAK SPACE}", " ")


def rest(window, title: str, column: int = 0):
    """Let the mouse rest on a row."""
    viewport, at = window.library.tree.viewport(), place(window, title, column)
    QTest.mouseMove(viewport, at)
    event = QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, event)


def test_a_card_tells_of_the_type_under_the_mouse(window):
    card = window.library.card
    rest(window, "Filter rows")
    assert card.isVisible()
    lines = [line.strip() for line in words(card.text.text()).splitlines() if line.strip()]
    for said in ("Filter rows", "Keep the rows that meet a condition.", "dropped",
                 "Leave out cancelled orders", "status <> 'cancelled'"):  # fmt: skip
        assert said in lines
    # The rows come in with three ids and go out by two ports.
    begin, middle, end = (lines.index(t) for t in ("in: rows", "out: kept", "out: dropped"))
    assert lines[begin:middle][3:9] == ["1", "paid", "2", "cancelled", "3", "null"]
    assert lines[middle:end][3:] == ["1", "paid"]
    assert lines[end:][3:] == ["2", "cancelled", "3", "null"]
    right = window.library.tree.viewport().mapToGlobal(
        window.library.tree.viewport().rect().topRight()
    )
    assert card.x() >= right.x()
    QTest.mouseMove(window.library.tree.viewport(), place(window, "Join", 0))
    assert card.isVisible()
    assert words(card.text.text()).startswith("Join"), "the next row is told of at once"
    leave(window)
    assert not card.isVisible()
    rest(window, "Filter rows", column=1)
    assert not card.isVisible(), "a star tells of itself"


def test_keys_lead_from_card_to_card_and_out(window, qtbot):
    card, tree = window.library.card, window.library.tree
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.library.search.setFocus()
    QTest.keyClicks(window.library.search, "filter")
    QTest.keyClick(window.library.search, Key.Key_Down)
    assert words(card.text.text()).startswith("Filter rows")
    assert card.isVisible()
    QTest.keyClick(tree, Key.Key_Down)
    assert words(card.text.text()).startswith("Deduplicate")
    assert card.isVisible()
    assert tree.hasFocus(), "the card takes no keys"
    QTest.keyClick(tree, Key.Key_Escape)
    assert window.canvas.hasFocus()
    assert not card.isVisible()


def test_every_type_has_a_card_with_the_rows_of_its_first_example(qapp):
    for kind in Catalogue.load():
        said = words(told(kind, Theme.light()))
        assert kind.sentence() in said
        for port in (*kind.inputs, *kind.output_ports()):
            assert port.name in said
        example = kind.examples[0]
        assert example.title in said
        shown = [r for r in example.expected.values() if r.rows]
        shown += [r for g in example.given.values() for r in ([g] if isinstance(g, Rows) else g)]
        for rows in shown:
            assert next(iter(rows.schema)) in said, kind.id
            for row in rows.rows[:4]:
                value = "null" if row[0] is None else str(row[0]).lower()
                assert value[:20] in said.lower(), kind.id
        for text in example.written.values():
            assert text.splitlines()[0] in said
