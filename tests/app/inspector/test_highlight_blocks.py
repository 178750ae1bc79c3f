"""Comments and strings over several lines keep their colour on every line."""

import pytest
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from summit_studio.app.inspector.highlight import CodeColours, CodeHighlighter

COLOURS = CodeColours(keyword="#000001", text="#000002", comment="#000003")
KINDS = {"#000001": "keyword", "#000002": "text", "#000003": "comment"}


@pytest.fixture
def coloured(qtbot):
    """Return a function that says how each of some words is coloured."""
    kept = []

    def colour(language: str, text: str, *words: str) -> list[str]:
        document = QTextDocument(text)
        kept.append((document, CodeHighlighter(document, language, COLOURS)))
        return [_kind_at(document, text.index(word)) for word in words]

    return colour


def _kind_at(document: QTextDocument, place: int) -> str:
    block = document.findBlock(place)
    at = place - block.position()
    for span in block.layout().formats():
        if span.start <= at < span.start + span.length:
            return KINDS.get(span.format.foreground().color().name(), "")
    return ""


def test_an_sql_comment_over_lines(coloured):
    text = "SELECT a /* one\nFROM two\nthree */ FROM b"
    found = coloured("sql", text, "SELECT", "one", "FROM two", "two", "three", "FROM b")
    assert found == ["keyword", "comment", "comment", "comment", "comment", "keyword"]


def test_an_sql_text_over_lines(coloured):
    text = "WHERE a = 'it''s\nAND not''\nover' AND b"
    found = coloured("sql", text, "it", "AND not", "over", "AND b")
    assert found == ["text", "text", "text", "keyword"]


def test_an_sql_name_over_lines_is_no_text(coloured):
    assert coloured("sql", 'SELECT "a\nfrom" FROM b', "from", "FROM b") == ["", "keyword"]


@pytest.mark.parametrize("quotes", ["'''", '"""'])
def test_a_python_text_over_lines(coloured, quotes):
    text = f"a = f{quotes}one \"x\" 'y'\nreturn\n# three{quotes} if b else c"
    found = coloured("python", text, "one", "return", "# three", "if b")
    assert found == ["text", "text", "text", "keyword"]


def test_quotes_that_close_leave_nothing_open(coloured):
    assert coloured("python", "a = ''\nreturn b", "return") == ["keyword"]
    assert coloured("python", 'a = """b"""\nreturn b', "return") == ["keyword"]
    assert coloured("python", "a = 'it\\'s'\nreturn b", "return") == ["keyword"]
    assert coloured("sql", "a = ''\nAND b", "AND") == ["keyword"]
    assert coloured("sql", "-- it's\nAND b", "AND") == ["keyword"]


def test_closing_a_comment_colours_the_lines_after_it_anew(qtbot):
    edit = QPlainTextEdit("/* a\nFROM b")
    qtbot.addWidget(edit)
    highlighter = CodeHighlighter(edit.document(), "sql", COLOURS)
    QApplication.processEvents()  # Qt colours a document it was just given at leisure.
    assert _kind_at(edit.document(), 5) == "comment"
    highlighter.document().find("a").insertText("a */")
    assert _kind_at(edit.document(), edit.toPlainText().index("FROM")) == "keyword"
