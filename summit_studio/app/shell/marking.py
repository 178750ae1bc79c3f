"""Marks on the canvas: what the checks found, and how a run goes at each node and edge."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.face import DeliveryFace, NodeLive, NodeState
from summit_studio.app.canvas.scene import CanvasScene
from summit_studio.app.inspector.delivery import tip_of
from summit_studio.app.panels.problems import worst
from summit_studio.app.session.run_state import Figures, NodeRun, RunState
from summit_studio.app.session.session import Session
from summit_studio.core.events import BreakerState
from summit_studio.engine.narrative import sentence_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summit_studio.planning.delivery import Delivered

_STATES = {
    "waiting": NodeState.IDLE,
    "running": NodeState.RUNNING,
    "done": NodeState.DONE,
    "failed": NodeState.FAILED,
    "cancelled": NodeState.CANCELLED,
}


class Marking(QObject):
    """Stands between what is found out and the scene that shows it."""

    def __init__(self, session: Session, scene: CanvasScene, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._scene = scene
        session.checked_changed.connect(self._mark)
        session.chances_changed.connect(self._mark)
        session.deliveries_changed.connect(self._deliveries)

    @Slot()
    def _mark(self) -> None:
        session = self._session
        if session.checked is not None:
            self._scene.set_problems(worst(session.checked.problems, session.shown))

    @Slot(object)
    def _deliveries(self, deliveries: "Mapping[str, Delivered]") -> None:
        told = {i: DeliveryFace(d.badge, d.words, tip_of(d)) for i, d in deliveries.items()}
        self._scene.set_deliveries(told)

    def show_letters(self, counts: "Mapping[str, int]") -> None:
        """Show how many dead letters wait at each node."""
        self._scene.set_letters(counts)

    def show_run(self, run: RunState) -> None:
        """Show a run's counts and states."""
        document = self._session.document
        counts = {e: n for e, n in run.edge_counts.items() if e in document.edges}
        paused = _paused(run)
        nodes = {
            i: _live(n, run.figures(i), paused.get(i, ""))
            for i, n in run.nodes.items()
            if i in document.nodes
        }
        self._scene.set_live(counts, nodes)

    def clear_run(self) -> None:
        """Show no run."""
        self._scene.set_live({}, {})


def _paused(run: RunState) -> "dict[str, str]":
    """Return why nodes are paused, in a sentence, by id."""
    return {
        node_id: sentence_of(change, {}) or ""
        for change in run.breakers.values()
        if change.state is not BreakerState.CLOSED and not run.finished
        for node_id in change.node_ids
    }


def _live(node: NodeRun, figures: Figures, paused: str) -> NodeLive:
    state = NodeState.PAUSED if paused else _STATES[node.state]
    rows_in = figures.rows_in or 0
    return NodeLive(state, rows_in, figures.rows_out, figures.rejected, paused)
