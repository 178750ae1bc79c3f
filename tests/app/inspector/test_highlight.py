import pytest
from PySide6.QtGui import QTextCursor

from summit_studio.app.inspector.code import CodeEdit
from summit_studio.app.inspector.highlight import CodeColours

COLOURS = CodeColours()
TEXT, COMMENT, KEYWORD = COLOURS.text, COLOURS.comment, COLOURS.keyword


@pytest.fixture
def shown(qtbot):
    """Show code in a field as a person sees it."""

    def show(language: str, code: str) -> CodeEdit:
        edit = CodeEdit(language, 1, 24)
        qtbot.addWidget(edit)
        edit.setPlainText(code)
        return edit

    return show


def coloured(edit: CodeEdit) -> list[list[tuple[str, str]]]:
    """Return, line by line, each piece that has a colour, and its colour."""
    lines, block = [], edit.document().begin()
    while block.isValid():
        lines.append(
            [
                (block.text()[f.start : f.start + f.length], f.format.foreground().color().name())
                for f in block.layout().formats()
            ]
        )
        block = block.next()
    return lines


def test_a_comment_of_sql_goes_over_lines(shown):
    found = coloured(shown("sql", "select /* from\nwhere -- ' \nend */ and"))
    assert found == [
        [("select", KEYWORD), ("/* from", COMMENT)],
        [("where -- ' ", COMMENT)],
        [("end */", COMMENT), ("and", KEYWORD)],
    ]


def test_a_comment_within_a_comment_does_not_end_it(shown):
    found = coloured(shown("sql", "/* a /* b\nc */ and\n*/ and"))
    assert found[1:] == [[("c */ and", COMMENT)], [("*/", COMMENT), ("and", KEYWORD)]]


@pytest.mark.parametrize(
    ("opens", "closes"), [("'", "'"), ("'it''s ", "'"), ("E'it\\'s ", "'"), ("$$it's ", "$$")]
)
def test_a_text_of_sql_goes_over_lines(shown, opens, closes):
    found = coloured(shown("sql", f"{opens}and /*\nand{closes} and"))
    assert found == [[(f"{opens}and /*", TEXT)], [(f"and{closes}", TEXT), ("and", KEYWORD)]]


def test_no_word_of_a_quoted_name_over_lines_is_a_keyword(shown):
    found = coloured(shown("sql", 'as "from ""\nwhere \'" and'))
    assert found == [[("as", KEYWORD)], [("and", KEYWORD)]]


@pytest.mark.parametrize("quotes", ['"""', "'''"])
def test_a_text_of_python_goes_over_lines(shown, quotes):
    code = f"return f{quotes}if 'a\nor \\{quotes} # \n{quotes} or"
    assert coloured(shown("python", code)) == [
        [("return", KEYWORD), (f"f{quotes}if 'a", TEXT)],
        [(f"or \\{quotes} # ", TEXT)],
        [(quotes, TEXT), ("or", KEYWORD)],
    ]


@pytest.mark.parametrize("text", ['"a"', "''", r"'\'or'", '"a', '""""""'])
def test_other_texts_of_python_end_with_their_line(shown, text):
    assert coloured(shown("python", f"{text}\nor")) == [[(text, TEXT)], [("or", KEYWORD)]]


def test_keywords_of_python_are_taken_as_written(shown):
    assert coloured(shown("python", "true OR or")) == [[("or", KEYWORD)]]
    assert coloured(shown("sql", "OR or")) == [[("OR", KEYWORD), ("or", KEYWORD)]]


def test_closing_a_comment_colours_the_lines_beneath_anew(shown):
    edit = shown("sql", "/* a\nand\nor")
    assert coloured(edit)[2] == [("or", COMMENT)]
    cursor = edit.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
    cursor.insertText(" */")
    assert coloured(edit)[1:] == [[("and", KEYWORD)], [("or", KEYWORD)]]
