"""What a note shows of its text."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QTextCursor

from summit_studio.app.canvas.note_item import fitting
from summit_studio.app.canvas.note_text import NoteText
from summit_studio.app.canvas.style import Style
from summit_studio.app.look.theme import Theme

LONG = "Dirty orders from a file and customers from a table become clean orders and revenue"


@pytest.fixture
def font(qapp):
    font = QFont(qapp.font())
    font.setPixelSize(20)
    return font


def test_a_text_that_fits_is_shown_in_whole(font):
    assert fitting("One line", font, QRectF(0, 0, 400, 60)) == "One line"
    assert fitting("One\n\nthree", font, QRectF(0, 0, 400, 200)) == "One\n\nthree"
    assert fitting("", font, QRectF(0, 0, 400, 60)) == ""
    tall = fitting(LONG, font, QRectF(0, 0, 200, 900))
    assert tall.split() == LONG.split()
    assert tall.count("\n") > 2


@pytest.mark.parametrize("text", [LONG, "🙂 " * 90, "a\n" * 40])
def test_what_does_not_fit_is_cut_with_a_sign_at_the_end_of_a_whole_line(font, text):
    room = QRectF(0, 0, 200, 60)
    metrics = QFontMetricsF(font)
    shown = fitting(text, font, room)
    lines = shown.split("\n")
    assert shown.endswith("…")
    assert len(lines) * metrics.lineSpacing() <= room.height()
    assert all(metrics.horizontalAdvance(line) <= room.width() for line in lines)
    assert "�" not in shown
    assert text.split()[0] == shown.split()[0]


def test_the_head_of_a_table_is_aligned_as_its_columns(qapp):
    style = Style(Theme.light())
    text = "| name | sum | flag |\n|---|--:|:-:|\n| a | 1 | x |\n"
    sheet = NoteText(text, style, style.tint("").colours, 300)._sheet
    blocks = {}
    block = sheet.begin()
    while block.isValid():
        if QTextCursor(block).currentTable() is not None:
            blocks[block.text()] = block.blockFormat().alignment()
        block = block.next()
    for head, below in (("name", "a"), ("sum", "1"), ("flag", "x")):
        assert blocks[head] == blocks[below]
    assert len(set(blocks.values())) == 3
