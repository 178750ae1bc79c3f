"""What there is to tell at a start: unsaved work, and runs that went on by themselves."""

from collections.abc import Callable, Sequence
from pathlib import Path

from summit_studio.app.look.words import mark, shown, tr
from summit_studio.app.session.recovery import left_behind
from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity

RECOVER = (mark("Recover"), "recover")
SHOW = (mark("Show"), "let_go_runs")


def looking_back(is_open: Callable[[Path], bool]) -> Notice | None:
    """Return what to tell, or None.

    Args:
        is_open: Tells whether a file is open: what concerns it is told there.
    """
    found = [n for n in (_unsaved(is_open), _runs(is_open)) if n is not None]
    if len(found) < 2:
        return found[0] if found else None
    first, second = found
    detail = " ".join((first.detail, f"{second.text}.", second.detail)).strip()
    return Notice(first.text, detail, first.severity, *shown(RECOVER), more=(shown(SHOW),))


def _unsaved(is_open: Callable[[Path], bool]) -> Notice | None:
    left = [i for i in left_behind() if i.file is None or not is_open(Path(i.file))]
    if not left:
        return None
    new = [i for i in left if i.file is None]
    names = [Path(i.file).name for i in left if i.file is not None]
    if len(left) == 1 and new:
        text = tr("There is a pipeline that was never saved")
    elif len(left) == 1:
        text = tr("There is unsaved work on {names}", names=names[0])
    else:
        text = tr("There is unsaved work on {count} pipelines", count=len(left))
    edits = sum(i.edits for i in left)
    kept = tr("1 edit was") if edits == 1 else tr("{edits} edits were", edits=edits)
    detail = tr("The editor did not end properly; {kept} kept.", kept=kept)
    return Notice(text, detail, Severity.WARNING, *shown(RECOVER))


def _runs(is_open: Callable[[Path], bool]) -> Notice | None:
    from summit_studio.core.process import is_alive
    from summit_studio.engine.run_log import detached_runs, head_of

    heads = [h for h in map(head_of, detached_runs()) if h is not None]
    heads = [h for h in heads if h.file is None or not is_open(h.file)]
    if not heads:
        return None
    going = [h.name for h in heads if is_alive(h.process) is not False]
    over = [h.name for h in heads if is_alive(h.process) is False]
    parts = []
    if going:
        parts.append(
            tr(
                "{named} still {words}",
                named=_named(going),
                words=tr("runs") if len(going) == 1 else tr("run"),
            )
        )
    if over:
        parts.append(
            tr(
                "{named} {words} ended",
                named=_named(over),
                words=tr("has") if len(over) == 1 else tr("have"),
            )
        )
    text = tr(
        "Left to run by {words}: {parts}",
        words=tr("itself") if len(heads) == 1 else tr("themselves"),
        parts="; ".join(parts),
    )
    return Notice(text, "", Severity.INFO, *shown(SHOW))


def _named(names: Sequence[str]) -> str:
    return ", ".join(names)
