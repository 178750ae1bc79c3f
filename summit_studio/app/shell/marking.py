"""Marks on the canvas: what the checks found, and how a run goes at each node and edge."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from summit_studio.app.canvas.face import DeliveryFace, NodeLive, NodeState
from summit_studio.app.canvas.scene import CanvasScene
from summit_studio.app.inspector.delivery import tip_of
from summit_studio.app.panels.problems import worst
from summit_studio.app.session.pinning import Pins
from summit_studio.app.session.run_state import Figures, NodeRun, RunState
from summit_studio.app.session.session import Session
from summit_studio.core.events import BreakerState
from summit_studio.core.schema import REJECTED
from summit_studio.engine.narrative import sentence_of
from summit_studio.planning.modules import drawn_id, is_inner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summit_studio.planning.check import Checked
    from summit_studio.planning.delivery import Delivered

_STATES = {
    "waiting": NodeState.IDLE,
    "running": NodeState.RUNNING,
    "done": NodeState.DONE,
    "failed": NodeState.FAILED,
    "cancelled": NodeState.CANCELLED,
}

_WORST = (NodeState.FAILED, NodeState.RUNNING, NodeState.CANCELLED, NodeState.IDLE)
"""The states of inner nodes that a module shows, the first that one of them is in."""


class Marking(QObject):
    """Stands between what is found out and the scene that shows it."""

    def __init__(self, session: Session, scene: CanvasScene, pins: Pins, parent: QObject) -> None:
        super().__init__(parent)
        self._pins = pins
        pins.changed.connect(self._mark_pins)
        self._session = session
        self._scene = scene
        self.run: RunState | None = None
        self.heat = False
        session.checked_changed.connect(self._mark)
        session.chances_changed.connect(self._mark)
        session.deliveries_changed.connect(self._deliveries)

    @Slot()
    def _mark(self) -> None:
        session = self._session
        if session.checked is not None:
            self._scene.set_problems(worst(session.checked.problems, session.shown))
            self._scene.set_skipped(_not_run(session.checked))

    @Slot()
    def _mark_pins(self) -> None:
        told: dict[str, str] = {}
        for ref in self._pins.found:
            # Of a node that has several the first is named: they are one badge.
            told.setdefault(ref.node, self._pins.told(ref))
        self._scene.set_pinned(told)

    @Slot(object)
    def _deliveries(self, deliveries: "Mapping[str, Delivered]") -> None:
        told = {i: DeliveryFace(d.badge, d.words, tip_of(d)) for i, d in deliveries.items()}
        self._scene.set_deliveries(told)

    def show_letters(self, counts: "Mapping[str, int]") -> None:
        """Show how many dead letters wait at each node."""
        self._scene.set_letters(counts)

    def show_run(self, run: RunState) -> None:
        """Show a run's counts and states."""
        self.run = run
        document = self._session.document
        shares = run.shares if self.heat else {}
        most = max(shares.values(), default=0.0)
        counts = {e: n for e, n in run.edge_counts.items() if e in document.edges}
        if run.to:
            # What lies behind the node that it goes to gets no rows.
            ran = {drawn_id(i) for i in run.nodes}
            counts = {e: n for e, n in counts.items() if e.target.node in ran}
        paused = _paused(run)
        nodes = {
            i: _live(n, run.figures(i), paused.get(i, ""), shares.get(i), most)
            for i, n in run.nodes.items()
            if i in document.nodes
        }
        inside: dict[str, list[str]] = {}
        for i in run.nodes:
            if is_inner(i) and drawn_id(i) in document.nodes:
                inside.setdefault(drawn_id(i), []).append(i)
        for i, ids in inside.items():
            share = sum(shares.get(each, 0.0) for each in ids) if shares else None
            nodes[i] = replace(
                _of_module(i, ids, run, paused),
                share=share,
                heat=min(share / most, 1.0) if share else 0.0,
            )
        fills = {e: fill for e, fill in run.edge_fills.items() if e in document.edges}
        self._scene.set_live(counts, nodes, fills)

    def clear_run(self) -> None:
        """Show no run."""
        self.run = None
        self._scene.set_live({}, {})

    def show_heat(self, *, on: bool) -> None:
        """Colour cards by their share of the run's time, or no longer."""
        self.heat = on
        if self.run is not None:
            self.show_run(self.run)


def _not_run(checked: "Checked") -> dict[str, str]:
    """Return why nodes do not run; a module does not where none of its nodes does."""
    found = {i: skip.why for i, skip in checked.skipped.items() if not is_inner(i)}
    runs = {drawn_id(i) for i in checked.document.nodes}
    inside = ((drawn_id(i), skip.why) for i, skip in checked.skipped.items() if is_inner(i))
    return found | {i: why for i, why in inside if i not in runs}


def _paused(run: RunState) -> "dict[str, str]":
    """Return why nodes are paused, in a sentence, by id."""
    return {
        node_id: sentence_of(change, {}) or ""
        for change in run.breakers.values()
        if change.state is not BreakerState.CLOSED and not run.finished
        for node_id in change.node_ids
    }


def _of_module(
    node_id: str, inner: "list[str]", run: RunState, paused: "dict[str, str]"
) -> NodeLive:
    """Return what a module's card shows: the worst state inside, and what goes in and out."""
    states = [_STATES[run.nodes[i].state] for i in inner]
    state = next((s for s in _WORST if s in states), NodeState.DONE)
    why = next((paused[i] for i in inner if i in paused), "")
    into = {e for e in run.document.edges if e.target.node == node_id}
    rows_in = sum(rows for edge, rows in run.edge_counts.items() if edge in into)
    out = {end for port, end in run.through.items() if port.node == node_id}
    rows_out = sum(run.ports.get(end, 0) for end in out if end.port != REJECTED)
    rejected = sum(run.figures(i).rejected for i in inner)
    return NodeLive(NodeState.PAUSED if why else state, rows_in, rows_out, rejected, why)


def _live(
    node: NodeRun, figures: Figures, paused: str, share: float | None, most: float
) -> NodeLive:
    state = NodeState.PAUSED if paused else _STATES[node.state]
    rows_in = figures.rows_in or 0
    heat = share / most if share else 0.0
    return NodeLive(state, rows_in, figures.rows_out, figures.rejected, paused, share, heat)
