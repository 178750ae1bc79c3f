"""From an empty folder with a CSV to checked results that one looks at, counted."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.hands.person import Person, a_display

MOST = 25
"""Actions that the way from a CSV to its results may take."""

SIZE = 1280, 800
"""Pixels of the display, wide and high."""

ORDERS = "orders.csv"
_TIMES = "\N{MULTIPLICATION SIGN}"
_EAST = "\N{LEFT DOUBLE QUOTATION MARK}east\N{RIGHT DOUBLE QUOTATION MARK}"
_REGIONS = ("north", "south", "east", "west")


def make_orders(folder: Path) -> None:
    """Write the file that each session begins with."""
    lines = ["id,region,status,price,qty"]
    for number in range(1, 501):
        status = "paid" if number % 5 else "cancelled"
        lines.append(f"{number},{_REGIONS[number % 4]},{status},{number * 0.5:.2f},{number % 7}")
    (folder / ORDERS).write_text("\n".join(lines) + "\n")


def keyboard(person: Person) -> None:
    """Draw, save, run and look with keys alone."""

    def add(words: str) -> None:
        before = len(person.look("nodes"))
        person.key("ctrl+slash")
        person.until(lambda: person.look("focus") == "Add a node", "the popup")
        person.write(words, "Return")
        person.until(lambda: len(person.look("nodes")) > before, words)

    person.key("ctrl+o")
    person.until(lambda: person.look("focus") == "QLineEdit", "the dialog")
    person.write(ORDERS, "Return")
    person.until(lambda: person.look("columns"), "the columns of the file")
    add("filter: status = 'paid'")
    add("derive: total = price * qty")
    add("aggregate: sum(total) as revenue, count() by region")
    add("rules: revenue > 37000")
    add("write parquet: totals.parquet")
    person.key("Left")
    person.key("c")
    person.write("rejected", "Return")
    person.write("new", "Return")
    person.write("write table: rejects in results", "Return")
    _save(person, lambda: person.key("ctrl+s"))
    person.until(lambda: _wrong(person), "the problem of the connection")
    person.key("ctrl+period")
    person.until(lambda: not _wrong(person), "the connection")
    person.key("F5")
    person.until(lambda: person.look("done"), "the run")
    person.key("F9")
    person.until(lambda: person.look("rows_shown") is not None, "the rows that were written")
    person.key("F9")


def mouse(person: Person) -> None:
    """Draw, save, run and look with the mouse; names alone are typed."""
    person.click("button", "Open…")
    person.double_click("row", ORDERS)
    person.right_click("cell", "status", "paid")
    person.choose("Keep only")
    person.click("head", "price")
    person.click("head", "qty", held="ctrl")
    person.right_click("head", "qty")
    person.choose("Calculate", f"price {_TIMES} qty")
    person.click("head", "price_times_qty")
    person.click("head", "region", held="ctrl")
    person.right_click("head", "region")
    person.choose("Measure", "Sum of price_times_qty by region")
    person.right_click("cell", "region", "east")
    person.choose("Reject rows", f"with {_EAST}")
    person.until(lambda: person.look("selected") == ["rules"], "the rules")
    person.click("button", "Add node")
    person.write("write parquet: totals.parquet", "Return")
    person.until(lambda: "parquet_sink" in person.look("nodes"), "the sink")
    start = person.find("port", "rules", "rejected")
    person.drag(start, (start[0] + 60, start[1] + 90), "from rules.rejected")
    person.write("write table: rejects in results", "Return")
    _save(person, lambda: person.click("button", "Save"))
    person.click("button", "Make the DuckDB file results.duckdb")
    person.until(lambda: not _wrong(person), "the connection")
    person.click("button", "Run")
    person.until(lambda: person.look("done"), "the run")
    person.click("tab", "Outputs")
    person.click("button", "Show rows")
    person.until(lambda: person.look("rows_shown") is not None, "the rows that were written")


SESSIONS = {"keyboard": keyboard, "mouse": mouse}


def play(name: str, folder: Path) -> Person:
    """Play a session in a folder that is empty, and return who played it.

    Args:
        name: Which of SESSIONS.
        folder: Gets `work`, where the files are, and `shots`, a picture after each action.

    Raises:
        AssertionError: Something did not come about.
    """
    for part in ("work", "shots", "home"):
        (folder / part).mkdir(parents=True)
    make_orders(folder / "work")
    with a_display(*SIZE) as display:
        env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        env |= {"SUMMIT_HOME": str(folder / "home"), "HOME": str(folder / "home")}
        env.pop("WAYLAND_DISPLAY", None)
        person = Person(env, folder / "work", folder / "shots")
        try:
            person.start()
            SESSIONS[name](person)
        finally:
            person.kill()
    return person


def found(folder: Path) -> tuple[int, int]:
    """Return how many rows the Parquet file and the table of rejects hold, read by themselves."""
    import duckdb
    import pyarrow.parquet as pq

    kept = pq.read_metadata(folder / "work" / "totals.parquet").num_rows
    with duckdb.connect(str(folder / "work" / "results.duckdb"), read_only=True) as database:
        ((rejected,),) = database.execute("SELECT count(*) FROM rejects").fetchall()
    return kept, rejected


def _save(person: Person, ask: Callable[[], None]) -> None:
    ask()
    person.until(lambda: person.look("focus") == "QLineEdit", "the dialog")
    person.write("orders", "Return")
    person.until((person.folder / "orders.summit.json").exists, "the pipeline's file")


def _wrong(person: Person) -> bool:
    problems = person.look("problems")
    return problems is None or any("connection" in p for p in problems)
