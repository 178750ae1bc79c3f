"""Tables in terminals and notebooks: what they show, what they keep from flooding."""

from summit_studio.core.schema import Schema
from summit_studio.core.showing import CELL, ROWS, Table, cell, width


def test_a_table_in_a_terminal_is_aligned():
    shown = Table(("name", "n"), [("a", 1), ("bcd", 200), ("日本", None)], "lr").text()
    assert shown.splitlines() == ["name     n", "a        1", "bcd    200", "日本  null"]


def test_long_cells_lose_their_end_and_steer_nothing():
    assert cell("x" * 1_000_000) == "x" * (CELL - 1) + "…"
    assert width(cell("日" * 1_000_000)) <= CELL
    assert cell("\u0301" * 1_000_000).endswith("…")
    assert cell("a\nb\x1b[2J\u202e") == r"a\nb\x1b[2J\u202e"
    assert cell(b"\x00" * 1_000_000).endswith("…")
    assert cell(["x" * 50] * 1_000_000).endswith("…")
    assert (cell(None), cell(True), cell("")) == ("null", "True", "")


def test_more_rows_and_columns_than_fit_are_counted():
    table = Table([f"column_{i}" for i in range(500)], [range(500)] * (ROWS + 1), total=1_000_000)
    lines = table.text().splitlines()
    assert len(lines) == 1 + ROWS + 2
    assert max(map(len, lines[: ROWS + 1])) <= 120
    assert lines[-2] == "… and 999,980 more rows."
    assert lines[-1].startswith("… and 489 more columns: column_11, column_12")
    assert lines[-1].endswith("column_15, …")
    assert table.html().count("<th ") == 30
    assert Table(("a",), [("x",)] * (ROWS + 1)).text().endswith("… and 1 more row.")


def test_a_notebook_gets_text_and_never_markup():
    shown = Table(("<script>",), [("<img src=x onerror=alert(1)>",)], note="<b>").html()
    assert "<script>" not in shown
    assert "<img" not in shown
    assert "<b>" not in shown
    assert "&lt;script&gt;" in shown


def test_a_table_without_columns_or_rows():
    assert Table((), (), note="Nothing.").text() == "Nothing."
    assert Table(("a", "b"), ()).text() == "a  b"
    assert Table((), ()).html().startswith("<table>")


def test_a_schema_shows_itself():
    schema = Schema.of({"id": "BIGINT", "<name>": "VARCHAR"})
    assert str(schema) == repr(schema)
    assert repr(schema).splitlines()[1].split() == ["id", "BIGINT", "whole", "number"]
    assert "&lt;name&gt;" in schema._repr_html_()
    assert "more rows" in repr(Schema.of({f"c{i}": "BIGINT" for i in range(1000)}))
