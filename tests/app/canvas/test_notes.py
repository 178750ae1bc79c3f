"""Notes by hand: their corner, their links, their Markdown."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from summit_studio.app.canvas.note_text import NoteText
from summit_studio.app.canvas.style import Style
from summit_studio.app.look.theme import Theme, mono_family
from summit_studio.app.look.tints import Tint
from summit_studio.app.session.selection import Selection
from tests.app.canvas.conftest import document

BOX = (0, 400, 200, 80)


@pytest.fixture
def noted(make_canvas):
    text = "See [the rules](https://example.org/rules) first"
    canvas = make_canvas(document({"a": ("read", 0, 0)}, remark=text))
    canvas.view.centerOn(300, 300)
    return canvas


def link_spot(canvas) -> QPoint:
    """Where the words of the link are."""
    return canvas.at(54, 420)


def test_a_note_is_resized_by_its_corner_on_the_grid_in_one_step(noted):
    corner = noted.at(197, 477)
    noted.move(corner)
    assert noted.view.viewport().cursor().shape() == Qt.CursorShape.SizeFDiagCursor
    noted.drag(corner, corner + QPoint(45, -13))
    assert noted.document.layout.notes["remark"] == (0, 400, 248, 64)
    noted.drag(noted.at(245, 461), noted.at(-90, 200))
    assert noted.document.layout.notes["remark"] == (0, 400, 96, 48)
    noted.bridge.undo()
    noted.bridge.undo()
    assert noted.document.layout.notes["remark"] == BOX


def test_a_resize_is_given_up_by_escape(noted):
    corner = noted.at(197, 477)
    noted.press(corner)
    noted.move(corner + QPoint(80, 80))
    assert noted.scene.shown.notes["remark"].box == (0, 400, 280, 160)
    noted.key(Qt.Key.Key_Escape)
    assert noted.scene.shown.notes["remark"].box == BOX
    noted.release(corner)
    assert not noted.bridge.can_undo


def test_a_link_opens_by_a_click_alone(noted):
    asked: list[str] = []
    noted.view.link_asked.connect(asked.append)
    noted.move(link_spot(noted))
    assert noted.view.viewport().cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert not asked
    noted.drag(link_spot(noted), link_spot(noted) + QPoint(40, 0))
    noted.bridge.undo()
    noted.settle()
    noted.click(noted.at(20, 460))
    noted.click(link_spot(noted), Qt.KeyboardModifier.ControlModifier)
    assert not asked
    noted.click(link_spot(noted))
    assert asked == ["https://example.org/rules"]


def test_return_edits_the_note_that_is_selected(noted):
    noted.view.select(Selection(notes=("remark",)))
    noted.key(Qt.Key.Key_Return)
    field = noted.view.viewport().focusWidget()
    QTest.keyClicks(field, "Clean")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert noted.document.notes["remark"].text == "Clean"


def test_markdown_is_laid_out_and_nothing_in_it_is_loaded(qapp, tmp_path):
    theme = Theme.light()
    (tmp_path / "p.png").write_bytes(b"no picture")
    text = f"# Head\n\n- one\n- **two**\n\n```\nx = 1\n```\n\n<b>raw</b> ![p]({tmp_path}/p.png)"
    laid = NoteText(text, Style(theme), Tint.of(theme, "blue"), 200)
    words = laid.plain
    assert "#" not in words
    assert "**" not in words
    assert "<b>raw</b>" in words
    assert laid._sheet.loadResource(2, f"{tmp_path}/p.png") is None
    blocks = [laid._sheet.findBlockByNumber(i) for i in range(laid._sheet.blockCount())]
    assert blocks[0].blockFormat().headingLevel() == 1
    assert blocks[0].textFormats()[0].format.font().pixelSize() == 16
    assert [b.text() for b in blocks if b.textList()] == ["one", "two"]
    code = next(b for b in blocks if b.text() == "x = 1")
    assert code.textFormats()[0].format.font().family() == mono_family()


def test_a_text_is_cut_at_a_whole_line(qapp):
    theme = Theme.light()
    laid = NoteText("\n\n".join(["line"] * 12), Style(theme), Tint.of(theme, ""), 200)
    cut = laid._cut(100)
    assert cut is not None
    assert 0 < cut <= 100
    assert laid._cut(laid.height) is None
