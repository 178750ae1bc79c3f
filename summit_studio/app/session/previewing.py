"""Preview of real rows, in a worker: the newest request counts, an older one is cancelled."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.design import Designing
from summit_studio.app.session.pinning import Pins
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled
from summit_studio.core.problems import Severity
from summit_studio.document.model import Document, PortRef

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from summit_studio.engine.alignment import Aligned
    from summit_studio.engine.further import Reading
    from summit_studio.engine.glance import Glance
    from summit_studio.engine.sides import Before, Sampler, Sides
    from summit_studio.formats.contract import Raw
    from summit_studio.nodes.pinned import Pin


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """One request.

    Args:
        edge: The place of the edge whose rows stand beside, among those into the node; None for
            none.
    """

    document: Document
    ref: PortRef
    edge: int | None
    cancel: CancelToken


@dataclass(frozen=True, slots=True)
class Looked:
    """The rows of a port, and those of one edge into its node laid beside them.

    Args:
        before: The edge's rows; None where nothing stands beside.
        aligned: Which rows stand in one line; None where nothing stands beside.
    """

    sides: "Sides"
    before: "Before | None" = None
    aligned: "Aligned | None" = None

    @property
    def lines(self) -> "Aligned":
        """Which rows stand in one line."""
        from summit_studio.engine.alignment import alone

        return self.aligned or alone(self.sides.after.table.num_rows)


@dataclass(frozen=True, slots=True)
class Glanced:
    """What the columns of the rows last shown hold, by side."""

    looked: Looked
    before: "tuple[Glance, ...]"
    after: "tuple[Glance, ...]"


FURTHER_ROWS = 200
"""Rows that a look further ends with."""

LINES = 50
"""Lines of a file that are shown as they stand there."""


class Previewer(QObject):
    """`arrived` carries (PortRef, Looked); `failed` carries (PortRef, Exception).

    `glanced` carries Glanced, a moment later, `progressed` Reading. `raw_arrived`
    carries (node id, Raw), `raw_failed` (node id, Exception).
    """

    arrived = Signal(object)
    failed = Signal(object)
    glanced = Signal(object)
    progressed = Signal(object)
    raw_arrived = Signal(object)
    raw_failed = Signal(object)

    def __init__(self, session: Session, pins: Pins, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pins = pins
        self._designing = Designing()
        self._background = Background("preview", self)
        self._asked: Asked | None = None
        self._raw_asked: object = None
        self._shown: Looked | None = None
        self._glancing: CancelToken | None = None
        self._stop: CancelToken | None = None
        self._sampler: Sampler | None = None

    @property
    def busy(self) -> bool:
        """True while rows are awaited."""
        return self._asked is not None

    def ask(self, ref: PortRef, edge: int | None = None, *, anew: bool = False) -> None:
        """Ask for the rows of an output port.

        Args:
            ref: The port.
            edge: Which edge into its node to lay beside, by its place among them; None for none.
            anew: Read the sources anew, even where nothing says that they have changed.
        """
        self.cancel()
        asked = Asked(self._session.document, ref, edge, CancelToken())
        self._asked = asked
        workspace, catalogue = self._session.workspace, self._session.catalogue

        pins, values = self._pins_for(ref), self._session.values

        def work() -> Looked:
            from summit_studio.planning.pins import with_pins

            begun = time.perf_counter()
            sampler = self._reader()
            if anew:
                sampler.forget()
            context = self._designing.context(workspace)
            begun_at = with_pins(asked.document, pins, catalogue)
            sides = sampler.look(
                begun_at.document,
                begun_at.catalogue,
                context,
                ref,
                cancel=asked.cancel,
                parameters=values,
            )
            sides = _of_pins(sides, asked.document, begun_at.used)
            looked = beside(sides, edge)
            seconds = time.perf_counter() - begun
            return replace(looked, sides=replace(sides, seconds=seconds))

        self._background.submit(
            Job(
                work,
                lambda answer: self._done(asked, answer),
                lambda error: self._wrong(asked, error),
                wanted=lambda: self._asked is asked,
            )
        )

    def look_further(self, ref: PortRef, edge: int | None) -> None:
        """Ask for rows of a port however far they are; `progressed` tells how far it is."""
        self.cancel()
        asked = Asked(self._session.document, ref, edge, CancelToken())
        stop = self._stop = CancelToken()
        self._asked = asked
        workspace, catalogue = self._session.workspace, self._session.catalogue

        def told(reading: "Reading") -> None:
            if self._asked is asked:
                self.progressed.emit(reading)

        pins, values = self._pins_for(ref), self._session.values

        def work() -> Looked:
            from summit_studio.engine.further import look_further
            from summit_studio.planning.pins import with_pins

            begun_at = with_pins(asked.document, pins, catalogue)
            sides = look_further(
                begun_at.document,
                begun_at.catalogue,
                self._designing.context(workspace),
                ref,
                FURTHER_ROWS,
                told=told,
                stop=stop,
                cancel=asked.cancel,
                parameters=values,
            )
            return beside(_of_pins(sides, asked.document, begun_at.used), edge)

        self._background.submit(
            Job(
                work,
                lambda answer: self._done(asked, answer),
                lambda error: self._wrong(asked, error),
                wanted=lambda: self._asked is asked,
            )
        )

    def _pins_for(self, ref: PortRef) -> "Mapping[PortRef, Pin]":
        """Return the pins at which a look begins: not those of the node, for a port without one."""
        found = self._pins.found
        return {r: p for r, p in found.items() if r.node != ref.node or ref in found}

    def stop(self) -> None:
        """End a look further with what it has found."""
        if self._stop is not None:
            self._stop.cancel()

    def _reader(self) -> "Sampler":
        """Return what keeps the rows that reach a node; worker thread only."""
        from summit_studio.engine.sides import Sampler

        if self._sampler is None:
            self._sampler = Sampler()
        return self._sampler

    def glance(self, looked: Looked) -> None:
        """Ask what the columns hold; of rows no longer shown nobody wants to know."""
        self._shown = looked
        cancel = self._glancing = CancelToken()

        def work() -> Glanced:
            from summit_studio.engine.glance import glances

            before = glances(looked.before.rows.table, cancel) if looked.before else ()
            return Glanced(looked, before, glances(looked.sides.after.table, cancel))

        def done(found: Glanced) -> None:
            if found.looked is self._shown:
                self.glanced.emit(found)

        self._background.submit(Job(work, done, _dropped, lambda: self._shown is looked))

    def ask_raw(self, node_id: str) -> None:
        """Ask for the lines of a source's file as they stand there; the newest request counts."""
        document, workspace = self._session.document, self._session.workspace
        catalogue, values = self._session.catalogue, self._session.values
        asked = self._raw_asked = object()

        def work() -> "Raw":
            from summit_studio.engine.preview import raw

            context = self._designing.context(workspace)
            return raw(document, catalogue, context, node_id, LINES, values)

        def tell(signal: Any, answer: Any) -> None:
            if asked is self._raw_asked:
                signal.emit((node_id, answer))

        self._background.submit(
            Job(
                work,
                lambda answer: tell(self.raw_arrived, answer),
                lambda error: tell(self.raw_failed, error),
                wanted=lambda: asked is self._raw_asked,
            )
        )

    def export(self, table: "pa.Table", rows: "pa.Int64Array", path: Path) -> None:
        """Write rows as CSV, and say where they are or why not."""

        def work() -> int:
            from summit_studio.engine.finding import write_csv

            write_csv(table, rows, path)
            return len(rows)

        def written(count: int) -> None:
            noun = tr("row") if count == 1 else tr("rows")
            self._session.notice(
                Notice(
                    tr(
                        "{count:,} {noun} written to {name}", count=count, noun=noun, name=path.name
                    ),
                    str(path),
                )
            )

        def failed(error: Exception) -> None:
            why = getattr(error, "strerror", None) or str(error)
            self._session.notice(
                Notice(tr("Cannot write {name}", name=path.name), why, Severity.ERROR)
            )

        self._background.submit(Job(work, written, failed))

    def cancel(self) -> None:
        """Cancel what is awaited; its answer never arrives."""
        if self._asked is not None:
            self._asked.cancel.cancel()
            self._asked = None
        self._shown = None
        if self._glancing is not None:
            self._glancing.cancel()

    def close(self) -> None:
        """Cancel and stop."""
        self.cancel()
        self._background.close()
        self._designing.close()

    def _done(self, asked: Asked, answer: Any) -> None:
        if asked is self._asked:
            self._asked = None
            self.arrived.emit((asked.ref, answer))
            self.glance(answer)

    def _wrong(self, asked: Asked, error: Exception) -> None:
        if asked is self._asked:
            self._asked = None
            if not isinstance(error, Cancelled):
                self.failed.emit((asked.ref, error))


def beside(sides: "Sides", edge: int | None) -> Looked:
    """Return rows with those of an edge laid beside; without, where there is no such edge."""
    from summit_studio.engine.alignment import align

    if edge is None or not sides.before:
        return Looked(sides)
    before = sides.before[min(edge, len(sides.before) - 1)]
    return Looked(sides, before, align(before, sides.after))


def _of_pins(sides: "Sides", document: Document, pins: "Iterable[Pin]") -> "Sides":
    """Return rows with a word on it where they come from pinned ones."""
    from summit_studio.planning.graph import upstream

    before = upstream(document, [sides.port.node]) if sides.port.node in document.nodes else ()
    pinned = any(pin.port.node in before for pin in pins)
    return replace(sides, note=tr("{note}, from pinned rows", note=sides.note)) if pinned else sides


def _dropped(error: Exception) -> None:
    """Let go of what went wrong where nobody waits for it any more."""
    if not isinstance(error, Cancelled):
        raise error
