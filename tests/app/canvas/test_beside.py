"""The benchmark beside other canvases runs for the two that need no other library."""

import sys

from tests.benchmarks import beside


def test_ours_and_the_plain_view_are_measured_and_tabled():
    figures = beside.sized(dict.fromkeys(("ours", "proto"), sys.executable), 521, 1, 2, 120.0)
    text = beside.table(figures, 521)
    measured = {key for key, cell in figures.items() if not isinstance(cell, str)}
    assert measured == {(n, c) for n in ("ours", "proto") for c in beside.CASES}, text
    assert text.count("not run") == 3 * len(beside.CASES)
    assert "<rect" in beside.plot(figures, 521)
