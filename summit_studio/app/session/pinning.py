"""The rows that are pinned of the open pipeline: known, kept and let go of in a worker."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Background, Job
from summit_studio.app.session.session import Notice, Session
from summit_studio.core.problems import Severity
from summit_studio.document.model import PortRef

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from summit_studio.engine.sides import Shown
    from summit_studio.nodes.pinned import Pin


class Pins(QObject):
    """What is pinned beside the file that is open. `changed` is sent once that is another."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = Background("pins", self)
        self.found: Mapping[PortRef, Pin] = {}
        session.file_changed.connect(self.refresh)

    def close(self) -> None:
        """Stop the worker."""
        self._background.close()

    @property
    def why_not(self) -> str:
        """Why nothing can be pinned; empty where it can."""
        return (
            "" if self._session.files.path else tr("Save the pipeline first: rows lie beside it.")
        )

    def told(self, ref: PortRef | None) -> str:
        """Return what is pinned of a port, and of when; empty where nothing is."""
        pin = self.found.get(ref) if ref is not None else None
        return "" if pin is None else tr("pinned: {told}", told=pin.told)

    @Slot()
    def refresh(self) -> None:
        """Look what is pinned."""
        path = self._session.files.path
        if path is None and not self.found:
            return

        def work() -> "Mapping[PortRef, Pin]":
            from summit_studio.nodes.pinned import pins_of

            return pins_of(path)

        self._background.submit(Job(work, self._take, self._failed))

    def pin(self, ref: PortRef, rows: "Shown") -> None:
        """Keep the rows that are shown of a port."""
        path = self._session.files.path
        if path is None:
            return

        def work() -> "tuple[Mapping[PortRef, Pin], Pin]":
            from summit_studio.nodes.pinned import pin, pins_of

            made = pin(path, ref, rows.schema, rows.table)
            return pins_of(path), made

        self._background.submit(Job(work, lambda both: self._pinned(path, *both), self._failed))

    def pin_missing(self, refs: "Sequence[PortRef]", then: "Callable[[int], None]") -> None:
        """Pin the first rows of ports that have none pinned, as a preview shows them.

        Args:
            refs: The ports.
            then: Told how many rows are pinned of all of them, once they are.
        """
        session, path = self._session, self._session.files.path
        if path is None:
            return
        document, catalogue, values = session.document, session.catalogue, session.values
        workspace = session.workspace

        def work() -> "Mapping[PortRef, Pin]":
            from summit_studio.engine.design import design_context
            from summit_studio.engine.sides import Sampler
            from summit_studio.nodes.pinned import pin, pins_of
            from summit_studio.planning.pins import with_pins

            context, sampler, pins = design_context(workspace), Sampler(), pins_of(path)
            for ref in refs:
                if ref not in pins:
                    others = {r: p for r, p in pins.items() if r.node != ref.node}
                    begun = with_pins(document, others, catalogue)
                    sides = sampler.look(
                        begun.document, begun.catalogue, context, ref, parameters=values
                    )
                    pin(path, ref, sides.after.schema, sides.after.table)
            return pins_of(path)

        def done(found: "Mapping[PortRef, Pin]") -> None:
            self._take(found)
            then(sum(found[ref].rows for ref in refs))

        self._background.submit(Job(work, done, self._failed))

    def unpin(self, ref: PortRef) -> None:
        """Let go of what is pinned of a port."""
        found, path = self.found.get(ref), self._session.files.path
        if found is None:
            return

        def work() -> "Mapping[PortRef, Pin]":
            from summit_studio.nodes.pinned import pins_of, unpin

            unpin(found)
            return pins_of(path)

        self._background.submit(Job(work, self._take, self._failed))

    def _pinned(self, path: "Path", found: "Mapping[PortRef, Pin]", made: "Pin") -> None:
        self._take(found)
        noun = tr("row") if made.rows == 1 else tr("rows")
        text = tr(
            "{rows:,} {noun} of '{title_of}' pinned",
            rows=made.rows,
            noun=noun,
            title_of=self._session.title_of(made.port.node),
        )
        detail = tr(
            "They lie in {relative_to}. Previews behind them begin there; a run reads its "
            "sources, unless it is asked to run on pinned rows.",
            relative_to=made.file.relative_to(path.parent),
        )
        self._session.notice(Notice(text, detail, Severity.INFO))

    def _take(self, found: "Mapping[PortRef, Pin]") -> None:
        if found != self.found:
            self.found = found
            self.changed.emit()

    def _failed(self, error: Exception) -> None:
        self._session.notice(Notice.of(error))
