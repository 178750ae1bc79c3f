"""Says aloud, through a screen reader, how runs begin and end."""

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel

from summit_studio.app.look.words import tr
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.running import RunSupervisor


class Announcing(QObject):
    """A live region: what changes by itself is said once, not at every tick.

    Args:
        supervisor: Has the runs.
        spoken: What the reader is told that speaks: the line of the status bar.
    """

    def __init__(self, supervisor: RunSupervisor, spoken: QLabel) -> None:
        super().__init__(spoken)
        self._spoken = spoken
        supervisor.started.connect(self._started)
        supervisor.ended.connect(self._ended)

    @Slot(object)
    def _started(self, _run: RunState) -> None:
        self._say(tr("Run started"), QAccessible.AnnouncementPoliteness.Polite)

    @Slot(object)
    def _ended(self, run: RunState) -> None:
        polite = QAccessible.AnnouncementPoliteness
        self._say(told(run), polite.Assertive if run.error is not None else polite.Polite)

    def _say(self, text: str, politeness: QAccessible.AnnouncementPoliteness) -> None:
        if QAccessible.isActive():
            event = QAccessibleAnnouncementEvent(self._spoken, text)
            event.setPoliteness(politeness)
            QAccessible.updateAccessibility(event)


def told(run: RunState) -> str:
    """Return how a run ended, in a sentence."""
    how = tr(
        "Run {value} in {seconds:.1f} seconds",
        value=run.status.value.replace("_", " "),
        seconds=run.seconds,
    )
    written = sum(o.rows for o in run.outputs)
    parts = [how, tr("{written:,} rows written", written=written) if run.outputs else ""]
    rejected = sum(run.rejects.values())
    parts.append(tr("{rejected:,} rejected", rejected=rejected) if rejected else "")
    if run.error is not None:
        parts.append(run.error.what)
    return ", ".join(filter(None, parts))
