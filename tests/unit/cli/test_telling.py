"""What is said of a run, event by event."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

from summit_studio.cli.progress import Bars
from summit_studio.cli.report import RunReport
from summit_studio.cli.telling import JsonLines, Sentences, Teller
from summit_studio.cli.terminal import Terminal
from summit_studio.core.events import (
    BatchProcessed,
    Counted,
    ErrorReport,
    LedgerLine,
    LoadMeasured,
    NodeFinished,
    NodeStarted,
    OutputPublished,
    RowsRejected,
    RuleScored,
    RunFinished,
    RunResumed,
    RunRetried,
    RunStarted,
    RunStatus,
)

NOW = datetime(2026, 1, 2, tzinfo=UTC)
LEDGER = (
    LedgerLine("src", {"read": 1200}, {"rows": 1200}),
    LedgerLine("f", {"rows": 1200}, {"kept": 1000}, filtered=150, rejected=50),
    LedgerLine("agg", {"rows": 1000}, {"rows": 3}, reshapes=True, counted=Counted.HANDED_OVER),
)
TITLES = {"src": "Orders", "f": "Paid", "agg": "agg"}


def events(status: RunStatus = RunStatus.SUCCEEDED, error: ErrorReport | None = None):
    yield RunStarted("r1", "orders", ("src", "f", "agg"), NOW)
    yield NodeStarted("src")
    yield NodeStarted("f")
    yield BatchProcessed("src", {"read": 1200}, {"rows": 1200}, progress=1.0)
    for _ in range(3):
        yield RowsRejected("f", "expression_failed", "amount", 10, "It is no number.")
    yield NodeFinished("src", LEDGER[0])
    yield RuleScored("f", "has_id", "completeness", 1000, 25, 0.99, critical=True)
    yield OutputPublished("agg", "sales: public.totals", 3)
    yield RunFinished("r1", status, 0.5, LEDGER, error)


def told(kind, *, sum_up: bool = True, **ending: object) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    teller = kind(Terminal(out, err, {}), TITLES, Path())
    for event in events(**ending):
        teller(event)
    if sum_up:
        teller.sum_up(event)
    return out.getvalue(), err.getvalue()


def test_sentences_and_tables():
    out, err = told(Sentences)
    assert "Run r1 of 'orders' started." in err
    assert err.count("rejected 10 rows") == 1, "one reason is said once"
    assert err.rstrip().endswith("The run succeeded after 0.5 s.")
    rows = [line.split() for line in out.splitlines()]
    assert ["Orders", "1,200", "1,200", "0", "0", "✓", "counted", "twice"] in rows
    assert ["Paid", "1,200", "1,000", "150", "50", "✓", "counted", "twice"] in rows
    assert ["agg", "1,000", "3", "0", "0", "handed", "over"] in rows
    assert ["has_id", "Paid", "97.50%", "99.00%", "✗", "critical"] in rows
    assert ["agg", "3", "sales:", "public.totals"] in rows


def test_a_failure_is_told_once_and_last():
    report = ErrorReport("read_failed", "Cannot read orders.csv", "it is gone", "bring it back")
    _, err = told(Sentences, status=RunStatus.FAILED, error=report)
    assert err.count("Cannot read orders.csv") == 1
    assert err.rstrip().endswith("Do: bring it back. [read_failed]")


def test_quiet_says_errors_only():
    assert told(Teller) == ("", "")
    report = ErrorReport("read_failed", "Cannot read orders.csv")
    out, err = told(Teller, status=RunStatus.FAILED, error=report)
    assert (out, err) == ("", "Cannot read orders.csv. [read_failed]\n")


def test_json_lines_hold_every_event_and_nothing_else():
    out, err = told(JsonLines)
    lines = [json.loads(line) for line in out.splitlines()]
    assert len(lines) == len(list(events()))
    assert (lines[0]["event"], lines[-1]["status"]) == ("RunStarted", "succeeded")
    assert err == ""


def test_bars_show_the_nodes_in_order_and_their_rows():
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Screen()
    with Bars(Terminal(None, screen, {}), TITLES) as bars:
        for event in events():
            bars(event)
        bars.say("a line [bold]above[/bold] \x1b[2J")
    text = screen.getvalue()
    last = text[text.rindex("Orders") :]
    assert "1,200 rows" in last
    assert last.index("1,200 rows") < last.index("Paid")
    assert "a line [bold]above[/bold] \\x1b[2J" in text, "neither markup nor escapes pass"


def test_another_attempt_begins_where_the_load_stands():
    screen = io.StringIO()
    error = ErrorReport("connection_lost", "The link was lost")
    told = [
        RunStarted("r", "p", ("t",), NOW),
        NodeStarted("t"),
        BatchProcessed("t", {"rows": 70}, {"written": 70}),
        NodeFinished("t", LedgerLine("t", {"rows": 70}, {"written": 70})),
        OutputPublished("t", "there", 70),
        RunRetried("r", error, 2, 3, 0.0),
        RunResumed("r", NOW, {"t": 40}, (LedgerLine("t", {"rows": 40}, {"written": 40}),)),
        NodeStarted("t"),
        BatchProcessed("t", {"rows": 25}, {"written": 25}),
        OutputPublished("t", "there", 65),
    ]
    out = io.StringIO()
    terminal = Terminal(out, screen, {})
    report = RunReport({"t": "Orders"}, Path())
    with Bars(terminal, {"t": "Orders"}) as bars:
        for event in told:
            bars(event)
            report(event)
    last = screen.getvalue()
    assert "65 rows" in last[last.rindex("Orders") :]
    report.print(RunFinished("r", RunStatus.SUCCEEDED, 1.0), terminal)
    assert [line.split()[:2] for line in out.getvalue().splitlines() if "there" in line] == [
        ["Orders", "65"]
    ]


def test_bars_say_how_hard_the_process_works_and_where_rows_pile_up():
    screen = io.StringIO()
    with Bars(Terminal(None, screen, {}), TITLES) as bars:
        for event in [*events()][:-1]:
            bars(event)
        bars(LoadMeasured(NOW, 1.46, 300 * 2**20, {"src.rows -> f.rows": 0.9}))
    last = screen.getvalue()
    assert "1.5 processors busy, 300 MB of memory, rows pile up before 'Paid'" in last
