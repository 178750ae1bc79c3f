"""Checks while drawing: on a snapshot, in a worker, tagged with the document they speak of."""

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from summit_studio.app.session.background import Background, Debounce, Job
from summit_studio.app.session.pinning import Pins
from summit_studio.app.session.session import Notice, Session
from summit_studio.document.model import Document
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from summit_studio.core.problems import Problem
    from summit_studio.core.schema import Schema
    from summit_studio.document.edits import Edit
    from summit_studio.nodes.contract import DesignContext
    from summit_studio.planning.check import Checked
    from summit_studio.planning.delivery import Delivered

_QUIET_MS = 150


class Designing:
    """Owns a design context on the worker thread that uses it; made anew for another workspace."""

    def __init__(self) -> None:
        self._context: DesignContext | None = None
        self._workspace: Workspace | None = None
        self._lock = threading.Lock()

    def context(self, workspace: Workspace) -> "DesignContext":
        """Return the context for `workspace`."""
        from summit_studio.engine.design import design_context

        with self._lock:
            if self._context is None or self._workspace is not workspace:
                self._context, self._workspace = design_context(workspace), workspace
            return self._context

    def close(self) -> None:
        """Let go of the database behind the context."""
        with self._lock:
            self._context = self._workspace = None

    def check(
        self,
        document: Document,
        catalogue: Catalogue,
        workspace: Workspace,
        *,
        newer: bool,
        pinned: "Mapping[tuple[str, str], Schema]",
        values: "Mapping[str, object]",
    ) -> "Checked":
        """Check a document, which a newer version may have written. Worker thread only."""
        from summit_studio.planning.check import check

        context = replace(self.context(workspace), pinned=pinned)
        return check(document, catalogue, context, values, newer=newer)

    def broken_by(
        self,
        edit: "Edit",
        checked: "Checked",
        catalogue: Catalogue,
        workspace: Workspace,
        pinned: "Mapping[tuple[str, str], Schema]",
        values: "Mapping[str, object]",
    ) -> "tuple[Problem, ...]":
        """Return the errors there would be after an edit, and are not. Worker thread only."""
        from summit_studio.planning.trying import broken_by

        context = replace(self.context(workspace), pinned=pinned)
        return broken_by(edit, checked, catalogue, context, values)

    def deliveries(self, checked: "Checked", workspace: Workspace) -> "Mapping[str, Delivered]":
        """Return how the sinks of a checked document deliver. Worker thread only."""
        from summit_studio.planning.delivery import deliveries

        return deliveries(checked, self.context(workspace))


class DesignChecker(QObject):
    """Checks the document a moment after each change and gives the result to the session."""

    def __init__(self, session: Session, pins: Pins, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._pins = pins
        pins.changed.connect(self.check_now)
        self._designing = Designing()
        self._background = Background("design", self)
        self._debounce = Debounce(_QUIET_MS, self.check_now, self)
        self._asked: Document | None = None
        session.bridge.changed.connect(self._changed)
        session.workspace_changed.connect(self._workspace)
        session.values_changed.connect(self.check_now)

    def close(self) -> None:
        """Stop; waits for the check at hand."""
        self._debounce.stop()
        self._background.close()
        self._designing.close()

    @Slot()
    def check_now(self) -> None:
        """Check at once, without waiting for quiet."""
        session = self._session
        document, workspace, newer = session.document, session.workspace, session.files.read_only
        newer = newer and session.files.past is None
        self._asked = document
        pinned, values = self._pinned(), session.values
        self._background.submit(
            Job(
                lambda: self._designing.check(
                    document,
                    session.catalogue,
                    workspace,
                    newer=newer,
                    pinned=pinned,
                    values=values,
                ),
                self._done,
                self._failed,
                wanted=lambda: self._asked is document,
            )
        )

    def _pinned(self) -> "dict[tuple[str, str], Schema]":
        return {(r.node, r.port): pin.schema for r, pin in self._pins.found.items()}

    def try_out(self, edit: "Edit", told: "Callable[[tuple[Problem, ...]], None]") -> None:
        """Tell what an edit of the document that was checked last would break.

        Args:
            edit: It is not made.
            told: Called on the UI thread with the errors; with none where nobody can say.
        """
        session = self._session
        checked, workspace = session.checked, session.workspace
        if checked is None:
            told(())
            return

        pinned, values = self._pinned(), session.values

        def failed(error: Exception) -> None:
            told(())
            self._failed(error)

        self._background.submit(
            Job(
                lambda: self._designing.broken_by(
                    edit, checked, session.catalogue, workspace, pinned, values
                ),
                told,
                failed,
            )
        )

    def _done(self, checked: "Checked") -> None:
        # An older answer is dropped: the check of the newer document is on its way.
        if checked.drawn is self._asked:
            self._session.set_checked(checked)
            workspace = self._session.workspace
            self._background.submit(
                Job(
                    lambda: self._designing.deliveries(checked, workspace),
                    self._session.set_deliveries,
                    self._failed,
                    wanted=lambda: self._asked is checked.drawn,
                )
            )

    def _failed(self, error: Exception) -> None:
        self._session.notice(Notice.of(error))

    @Slot(object)
    def _changed(self, change: Any) -> None:
        if change.document.meaning() != change.previous.meaning():
            self._debounce.ask()

    @Slot(object)
    def _workspace(self, _workspace: Any) -> None:
        self._debounce.ask()
