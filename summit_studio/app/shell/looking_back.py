"""What there is to tell at a start: unsaved work, and runs that went on by themselves."""

from collections.abc import Callable, Sequence
from pathlib import Path

from summit_studio.app.session.recovery import left_behind
from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity

RECOVER = ("Recover", "recover")
SHOW = ("Show", "let_go_runs")


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
    return Notice(first.text, detail, first.severity, *RECOVER, more=(SHOW,))


def _unsaved(is_open: Callable[[Path], bool]) -> Notice | None:
    left = [i for i in left_behind() if i.file is None or not is_open(Path(i.file))]
    if not left:
        return None
    new = [i for i in left if i.file is None]
    names = [Path(i.file).name for i in left if i.file is not None]
    if len(left) == 1 and new:
        text = "There is a pipeline that was never saved"
    elif len(left) == 1:
        text = f"There is unsaved work on {names[0]}"
    else:
        text = f"There is unsaved work on {len(left)} pipelines"
    edits = sum(i.edits for i in left)
    kept = "1 edit was" if edits == 1 else f"{edits} edits were"
    detail = f"The editor did not end properly; {kept} kept."
    return Notice(text, detail, Severity.WARNING, *RECOVER)


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
        parts.append(f"{_named(going)} still {'runs' if len(going) == 1 else 'run'}")
    if over:
        parts.append(f"{_named(over)} {'has' if len(over) == 1 else 'have'} ended")
    text = f"Left to run by {'itself' if len(heads) == 1 else 'themselves'}: {'; '.join(parts)}"
    return Notice(text, "", Severity.INFO, *SHOW)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names)
