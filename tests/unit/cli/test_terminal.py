"""What reaches the two streams, and what is kept from them."""

import io
import json
import os

from summit_studio.cli.terminal import Terminal
from summit_studio.core.showing import printable, width


def terminal(**environ: str) -> tuple[Terminal, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), io.StringIO()
    return Terminal(out, err, environ), out, err


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_results_and_narration_go_to_different_streams():
    t, out, err = terminal()
    t.print("result")
    t.say("story")
    assert (out.getvalue(), err.getvalue()) == ("result\n", "story\n")


def test_data_cannot_steer_the_terminal():
    t, out, err = terminal()
    t.say("evil \x1b[2J\x07 \u202e text\nnext")
    t.line("\x9b31m")
    assert err.getvalue() == "evil \\x1b[2J\\x07 \\u202e text\nnext\n"
    assert out.getvalue() == "\\x9b31m\n"
    assert printable("a\nb", lines=False) == "a\\nb"


def test_a_table_aligns_columns_also_of_wide_letters():
    t, out, _ = terminal()
    t.table(["NAME", "ROWS"], [["数据", "1"], ["e\u0301t\u00e9", "1,234"], [None, 5]], "lr")
    assert out.getvalue().splitlines() == [
        "NAME   ROWS",
        "数据      1",
        "e\u0301t\u00e9   1,234",
        "          5",
    ]
    assert width("数据") == 4


def test_colours_only_on_a_terminal_that_wants_them():
    def said(stream: io.StringIO, **environ: str) -> str:
        Terminal(None, stream, environ).say("x", "red")
        return stream.getvalue()

    assert said(Screen()) == "\x1b[31mx\x1b[0m\n"
    assert said(Screen(), NO_COLOR="1") == "x\n"
    assert said(Screen(), TERM="dumb") == "x\n"
    assert said(io.StringIO()) == "x\n"


def test_a_reader_that_goes_away_stops_nothing():
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as gone:
        t = Terminal(gone, None, {})
        t.print("x" * 100_000)
        t.print("again")
        t.close()


def test_closed_streams_are_no_fault():
    t = Terminal(None, None, {})
    t.print("x")
    t.say("y")
    t.close()
    assert not t.lively


def test_json_keeps_letters():
    t, out, _ = terminal()
    t.json({"a": "é"}, indent=None)
    assert out.getvalue() == '{"a": "é"}\n'
    assert json.loads(out.getvalue()) == {"a": "é"}
