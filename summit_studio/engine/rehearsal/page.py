"""The report of a rehearsal as one page that needs nothing beside it."""

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Final

from summit_studio.core.durable import write_text_atomically
from summit_studio.core.errors import Where, WriteFailed
from summit_studio.engine.rehearsal.report import HEAD, Death, Report, Target, cells

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1e293b; --dim: #64748b; --paper: #ffffff;
  --line: #e2e8f0; --good: #047857; --bad: #b91c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e2e8f0; --dim: #94a3b8;
  --paper: #0f172a; --line: #334155; --good: #34d399; --bad: #f87171; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 72rem; margin: 32px auto; padding: 0 24px; }
h1 { font-size: 20px; } h2 { font-size: 15px; margin-top: 24px; }
.dim { color: var(--dim); }
.verdict { border-left: 4px solid var(--good); padding: 8px 16px; }
.verdict.bad { border-color: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 4px 12px; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 500; }
th:first-child, td:first-child { text-align: left; }
tr.bad td { color: var(--bad); }
"""


def write_page(report: Report, path: Path) -> None:
    """Write the report as a page, whole or not at all.

    Raises:
        WriteFailed: The file cannot be written.
    """
    try:
        write_text_atomically(path, page(report))
    except OSError as error:
        raise WriteFailed(
            f"Cannot write {path}",
            why=error.strerror or type(error).__name__,
            do="name a file in a folder that is there and can be written",
            where=Where(file=str(path)),
        ) from None


def page(report: Report) -> str:
    """Return the report as HTML."""
    title = escape(f"Crash rehearsal of {report.pipeline}")
    sources = ", ".join(f"{rows:,} of '{name}'" for name, rows in report.sources.items())
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in HEAD)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p class="verdict{"" if report.clean else " bad"}">{escape(report.verdict)}</p>
<p class="dim">{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {report.seconds:,.0f} s.
Rows of the sample: {escape(sources)}. Its own targets, checkpoints and state were not touched.</p>
<h2>Targets</h2>
<ul>
{"".join(map(_target, report.targets))}</ul>
{_notes(report.notes)}<h2>Kills</h2>
<div class="wide">
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{"".join(map(_row, report.deaths))}</tbody>
</table>
</div>
</body>
</html>
"""


def _target(target: Target) -> str:
    told = target.delivered
    means = " ".join(told.sentences) if target.rehearsed else ""
    rows = f" {target.rows:,} rows undisturbed." if target.rehearsed else ""
    return (
        f"<li><strong>{escape(told.title)}</strong> ({escape(told.badge)}) "
        f'{escape(target.said)}.{rows}<br><span class="dim">{escape(means)}</span></li>\n'
    )


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(note)}</li>\n" for note in notes)
    return f"<h2>To know</h2>\n<ul>\n{items}</ul>\n" if items else ""


def _row(death: Death) -> str:
    found = "".join(f"<td>{escape(cell)}</td>" for cell in cells(death))
    why = f'<tr class="bad"><td colspan="{len(HEAD)}">{escape(death.error)}</td></tr>\n'
    mark = "" if death.clean else ' class="bad"'
    return f"<tr{mark}>{found}</tr>\n" + (why if death.error else "")
