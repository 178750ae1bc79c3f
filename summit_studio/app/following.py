"""Follows runs: starts them unless problems stand in the way, shows how they go and end."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from summit_studio.app.run_state import RunState
from summit_studio.app.sentences import sentences
from summit_studio.app.session import Notice
from summit_studio.app.trusting import TRUST
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity

if TYPE_CHECKING:
    from summit_studio.app.window import MainWindow
    from summit_studio.planning.check import Checked

_ENDED_BADLY = frozenset({"failed", "quality_failed"})


class RunFollower(QObject):
    """Stands between a window and its runner."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._elsewhere = False
        self._blocked: Notice | None = None
        window.runner.started.connect(self._started)
        window.runner.ticked.connect(self._ticked)
        window.runner.ended.connect(self._ended)

    def start(self) -> None:
        """Run the document; with errors known, show them in its stead."""
        window, session = self._window, self._window.session
        try:
            session.files.to_run()
        except SummitError as error:
            session.notice(Notice.of(error))
            return
        checked = session.checked
        fresh = checked is not None and checked.document.meaning() == session.document.meaning()
        if checked is not None and fresh and not checked.ok:
            self._refuse(checked)
            return
        window.banner.dismiss()
        window.docks.show("run")
        window.runner.start()

    def unblock(self) -> None:
        """Take back what was said of errors in the way: there are none any more."""
        self._window.banner.take_back(self._blocked)

    def leave(self) -> None:
        """Another document was opened: a run under way goes on, but its counts belong elsewhere."""
        window = self._window
        self._elsewhere = window.runner.running
        window.canvas.scene().set_live({}, {})
        window.inspector.edge.show_run(None)
        if not window.runner.running:
            window.run_panel.clear()
            window.status.set_ready()

    def _refuse(self, checked: "Checked") -> None:
        window = self._window
        window.docks.show("problems")
        errors = sum(p.severity is Severity.ERROR for p in checked.problems)
        noun = "problem stands" if errors == 1 else "problems stand"
        text = f"{errors} {noun} in the way of a run"
        offer = TRUST if window.trust_offer.needed(checked) else ()
        detail = "Solve what is listed under Problems first."
        self._blocked = Notice(text, detail, Severity.ERROR, *offer)
        window.session.notice(self._blocked)

    @Slot(object)
    def _started(self, _run: RunState) -> None:
        self._elsewhere = False
        self._window.refresh()

    @Slot(object)
    def _ticked(self, run: RunState) -> None:
        window = self._window
        self._show_live(run)
        window.status.set_run(run, cancelling=window.runner.cancelling)
        if window.actions_table["stop"].isEnabled() == window.runner.cancelling:
            window.refresh()

    def _show_live(self, run: RunState) -> None:
        if not self._elsewhere:
            self._window.dropping.show_live(run)
            self._window.inspector.edge.show_run(run)

    @Slot(object)
    def _ended(self, run: RunState) -> None:
        window = self._window
        self._show_live(run)
        window.status.set_run(run, cancelling=False)
        window.refresh()
        if run.error is None or run.status.value not in _ENDED_BADLY:
            return
        detail = sentences(str(run.error.where), run.error.why, run.error.do)
        window.session.notice(Notice(run.error.what, detail, Severity.ERROR))
        here = run.failed_node in window.session.document.nodes
        if run.failed_node and here and not self._elsewhere:
            window.select_soon([run.failed_node])
            window.canvas.center_on_node(run.failed_node)
