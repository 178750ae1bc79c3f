"""Our canvas beside those of other libraries: `python -m tests.benchmarks.beside [--write]`.

Each canvas runs in a process of its own, in alternating rounds. The libraries stand in an
environment of their own in the cache of the user, pinned by `packaging/beside.txt`. `--write` puts
the table and the plot into `resources/docs/beside.md`.
"""

import argparse
import hashlib
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.beside_probe import PEERS
from tests.benchmarks.frames import percentile_99

ROOT = Path(__file__).resolve().parents[2]
PINS = ROOT / "packaging" / "beside.txt"
PAGE = ROOT / "resources" / "docs" / "beside.md"
PLOT = PAGE.with_suffix(".svg")
MARKS = "<!-- figures: begin -->", "<!-- figures: end -->"

NAMES = ("ours", "proto", *PEERS)
CASES = ("load", "pan", "pan-all", "zoom", "drag", "texts")
COLORS = ("#0072B2", "#94A3B8", "#E69F00", "#CC79A7", "#009E73")
LONG_SECS = 25.0

Cell = list[float] | str
Figures = dict[tuple[str, str], Cell]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.beside", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 5_000], help="nodes, > 520")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--frames", type=int, default=30, help="frames of a case in a round")
    parser.add_argument("--limit-secs", type=float, default=60.0, help="after which one gives up")
    parser.add_argument("--write", action="store_true", help="put table and plot into the docs")
    args = parser.parse_args()
    if min(args.sizes) <= 520 or min(args.rounds, args.frames) < 1:
        parser.error("--sizes takes numbers above 520, --rounds and --frames at least 1")
    pythons = dict.fromkeys(PEERS, environment()) | dict.fromkeys(("ours", "proto"), sys.executable)
    figures = {s: sized(pythons, s, args.rounds, args.frames, args.limit_secs) for s in args.sizes}
    text = "\n\n".join([machine(args), *(table(f, s) for s, f in figures.items())])
    started = starts(pythons, args.rounds, args.limit_secs)
    text += "\n\n" + table(started, SMALL_TITLE)
    print(text)
    if args.write:
        write(text, plot(figures[args.sizes[0]], args.sizes[0]))
    return 0


SMALL_TITLE = "start"


def environment() -> str:
    """Return the Python of the environment with the libraries; made once for each set of pins."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    pins = hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]
    folder = cache / "summit-studio" / f"beside-{pins}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "complete"
    if not stamp.exists():
        print(f"Setting up {folder} ...", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--requirement", PINS], check=True)
        stamp.touch()
    return str(python)


def probe(python: str, limit_secs: float, *arguments: str) -> str:
    """Return the last line that a probe printed.

    Raises:
        TimeoutExpired: It took longer than `limit_secs`; it is killed.
        CalledProcessError: It failed.
    """
    variables = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [python, "-m", "tests.benchmarks.beside_probe", *arguments],
        env=variables, capture_output=True, text=True, timeout=limit_secs, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


def sized(
    pythons: dict[str, str], size: int, rounds: int, frames: int, limit_secs: float
) -> Figures:
    """Return the milliseconds of every canvas and case; one that takes long gets one round."""
    found: Figures = {}
    left = list(pythons)
    left.sort(key=NAMES.index)
    for _ in range(rounds):
        for name in tuple(left):
            begun = time.perf_counter()
            try:
                line = probe(pythons[name], limit_secs, name, str(size), str(frames))
            except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
                found |= {(name, case): why(error) for case in CASES}
                left.remove(name)
                continue
            for case, times in json.loads(line).items():
                known = found.setdefault((name, case), [])
                found[name, case] = [*known, *times]
            if time.perf_counter() - begun > LONG_SECS:
                left.remove(name)
    return found


def starts(pythons: dict[str, str], rounds: int, limit_secs: float) -> Figures:
    """Return the milliseconds from the start of a process until its window stood and it left."""
    found: Figures = {}
    # The plain view is no editor that one starts.
    names = sorted(pythons.keys() - {"proto"}, key=NAMES.index)
    for _ in range(rounds + 1):
        for name in names:
            begun = time.perf_counter()
            try:
                probe(pythons[name], limit_secs, name, "--start")
            except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
                found[name, "start"] = why(error)
                continue
            known = found.setdefault((name, "start"), [])
            if not isinstance(known, str):
                known.append((time.perf_counter() - begun) * 1000)
    # The first round reads the files from disk and does not count.
    return {key: cell if isinstance(cell, str) else cell[1:] for key, cell in found.items()}


def why(error: subprocess.SubprocessError) -> str:
    """Return in a few words why a canvas has no figure."""
    if isinstance(error, subprocess.TimeoutExpired):
        return f"gave up after {error.timeout:.0f} s"
    lines = (getattr(error, "stderr", "") or "failed").strip().splitlines()
    return lines[-1].replace("|", "/")


def table(figures: Figures, size: int | str) -> str:
    """Return a table: median (p99) in milliseconds, and how many times ours it is."""
    head = "start" if size == SMALL_TITLE else f"{size:,} nodes"
    rows = [f"| {head} | {' | '.join(NAMES)} |", "|---" * (len(NAMES) + 1) + "|"]
    for case in dict.fromkeys(case for _, case in figures):
        mine = figures.get(("ours", case), "")
        cells = (cell_text(figures.get((name, case), "not run"), mine) for name in NAMES)
        rows.append(f"| {case} | {' | '.join(cells)} |")
    return "\n".join(rows)


def cell_text(cell: Cell, mine: Cell) -> str:
    """Return one cell; the ratio is left out where either has no figure, and for ours itself."""
    if isinstance(cell, str):
        return cell
    middle = statistics.median(cell)
    text = f"{middle:,.3g}" if middle < 1000 else f"{middle:,.0f}"
    if len(cell) >= 20:
        text += f" ({percentile_99(cell):,.3g})" if percentile_99(cell) < 1000 else " (> 1,000)"
    if isinstance(mine, str) or mine is cell:
        return text
    return f"{text}, {middle / statistics.median(mine):.2f}x"


def machine(args: argparse.Namespace) -> str:
    """Return where and when it was measured, and how often."""
    day = datetime.now(UTC).date().isoformat()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"Measured on {day}: {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores{load}, "
        f"Python {platform.python_version()}, offscreen raster at 1600x900; "
        f"{args.rounds} rounds of "
        f"{args.frames} frames, one round where a process takes more than "
        f"{LONG_SECS:.0f} s, and at "
        f"most {args.limit_secs:.0f} s."
    )


def write(text: str, drawing: str) -> None:
    """Put the figures between their marks in the page, and the plot beside it."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    picture = "![Milliseconds of each canvas, by case](beside.svg)"
    PAGE.write_text(f"{before}{MARKS[0]}\n{picture}\n\n{text}\n{MARKS[1]}{after}", encoding="utf-8")
    PLOT.write_text(drawing, encoding="utf-8")


def plot(figures: Figures, size: int) -> str:
    """Return bars on a logarithmic scale as SVG, a group a case and a bar a canvas."""
    wide, bar, top = 860, 13, 56
    high = top + len(CASES) * (bar * len(NAMES) + 14) + 12
    known = [statistics.median(c) for c in figures.values() if not isinstance(c, str)]
    low, far = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    across = (wide - 200) / max(1, far - low)
    parts = [*_legend(size), *_scale(low, far, across, top, high)]
    for row, case in enumerate(CASES):
        y = top + row * (bar * len(NAMES) + 14)
        parts.append(f'<text x="8" y="{y + 38}">{case}</text>')
        for number, name in enumerate(NAMES):
            cell = figures.get((name, case), "not run")
            at = y + number * bar
            if isinstance(cell, str):
                parts.append(f'<text x="84" y="{at + 10}">{name}: {_escaped(cell)}</text>')
                continue
            middle = statistics.median(cell)
            length = max(1.0, (math.log10(middle) - low) * across)
            shown = f"{middle:,.3g}" if middle < 1000 else f"{middle:,.0f}"
            parts.append(
                f'<rect x="80" y="{at}" width="{length:.1f}" height="{bar - 2}" '
                f'fill="{COLORS[number]}"/><text x="{84 + length:.1f}" y="{at + 10}">{shown}</text>'
            )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'font-family="sans-serif" font-size="11" fill="#334155">'
        f'<rect width="{wide}" height="{high}" fill="white"/>' + "".join(parts) + "</svg>\n"
    )


def _legend(size: int) -> Iterable[str]:
    title = f"Median milliseconds, {size:,} nodes; less is better"
    yield f'<text x="8" y="18" font-size="13">{title}</text>'
    for number, name in enumerate(NAMES):
        x = 80 + number * 140
        yield f'<rect x="{x}" y="28" width="11" height="11" fill="{COLORS[number]}"/>'
        yield f'<text x="{x + 16}" y="38">{name}</text>'


def _scale(low: int, far: int, across: float, top: int, high: int) -> Iterable[str]:
    for power in range(low, far + 1):
        x = 80 + (power - low) * across
        yield f'<path d="M{x:.1f} {top - 4}V{high - 12}" stroke="#E2E8F0"/>'
        yield f'<text x="{x:.1f}" y="{high - 2}" text-anchor="middle">{10.0**power:g}</text>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


if __name__ == "__main__":
    sys.exit(main())
