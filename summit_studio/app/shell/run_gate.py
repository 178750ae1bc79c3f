"""Starts runs, unless problems stand in the way."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from summit_studio.app.look.words import shown, tr
from summit_studio.app.panels.preview import PreviewPanel
from summit_studio.app.session.pinning import Pins
from summit_studio.app.session.running import RunSupervisor
from summit_studio.app.session.session import Notice, Session
from summit_studio.app.shell.trusting import TRUST, TrustOffer
from summit_studio.core.errors import SummitError
from summit_studio.core.problems import Severity
from summit_studio.core.suggest import listing

if TYPE_CHECKING:
    from summit_studio.engine.preview import Preview
    from summit_studio.planning.check import Checked


class RunGate(QObject):
    """Stands before the supervisor.

    Args:
        session: What is open.
        supervisor: Runs it.
        offer: Knows whether trust is what stands in the way.
        show_panel: Brings a panel to the front by its name.
        preview: Shows what a run to a node gives.
    """

    def __init__(
        self,
        session: Session,
        supervisor: RunSupervisor,
        offer: TrustOffer,
        show_panel: Callable[[str], None],
        preview: PreviewPanel,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._parent = parent
        self._then: Callable[[], None] | None = None
        self._outdated = False
        self._preview = preview
        supervisor.showed.connect(self._showed)
        self._session = session
        self._supervisor = supervisor
        self._offer = offer
        self._show_panel = show_panel
        self._blocked: Notice | None = None
        self._unwritten: Notice | None = None
        session.checked_changed.connect(self._checked)

    @Slot()
    def on_run(self) -> None:
        """Run the document; with errors known, show them in its stead."""
        self.begin()

    @Slot()
    def on_run_with(self) -> None:
        """Show the values of the parameters, and run with what they are made."""
        self._session.bridge.flush()
        self._ask(self.begin)

    def run_to(self, to: str) -> None:
        """Run what a node needs, and the node, and show what it gives.

        Args:
            to: The node, inside of a module too, or one of its ports as `node.port`.
        """
        try:
            self._session.files.to_run()
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        if self._asks(partial(self.run_to, to)):
            return
        self._session.bridge.flush()
        self._show_panel("run")
        self._supervisor.start(to=to)

    @Slot()
    def on_run_pinned(self) -> None:
        """Run the document on its pinned rows; what they came from need not be there."""
        try:
            self._session.files.to_run()
        except SummitError as error:
            self._session.notice(Notice.of(error))
            return
        if self._asks(self.on_run_pinned):
            return
        self._session.bridge.flush()
        self._show_panel("run")
        self._supervisor.start(pinned=True)

    def run_from(self, node_ids: Sequence[str], pins: Pins) -> None:
        """Run nodes and all that follows on pinned rows of what feeds them.

        Rows that are not pinned yet are pinned first.

        Args:
            node_ids: The nodes.
            pins: Keep the rows.
        """
        from summit_studio.planning.pins import begun_at

        session = self._session
        try:
            session.files.to_run()
        except SummitError as error:
            session.notice(Notice.of(error))
            return
        if self._asks(partial(self.run_from, node_ids, pins)):
            return
        session.bridge.flush()
        document = session.document
        _, ports = begun_at(document, node_ids)
        if not ports:
            detail = tr(
                "No rows come to what is selected. Run the pipeline, or select what follows."
            )
            session.notice(Notice(tr("There is nothing to begin with"), detail))
            return
        if pins.why_not:
            session.notice(Notice(tr("Rows cannot be pinned yet"), pins.why_not))
            return

        def start(rows: int) -> None:
            if session.document is not document or self._supervisor.running:
                detail = tr("The pipeline was changed, or ran, meanwhile. Run from here again.")
                session.notice(Notice(tr("The rows are pinned, and nothing runs"), detail))
                return
            self._show_panel("run")
            self._supervisor.start(begin=node_ids)
            names = listing([f"'{session.title_of(p.node)}'" for p in ports], 4)
            noun = tr("row") if rows == 1 else tr("rows")
            text = tr("Running from here on {rows:,} pinned {noun}", rows=rows, noun=noun)
            session.notice(Notice(text, tr("They are of {names}.", names=names)))

        if any(port not in pins.found for port in ports):
            detail = tr("The first rows are read as for a preview; then the run begins.")
            session.notice(Notice(tr("Pinning the rows to begin with…"), detail))
        pins.pin_missing(ports, start)

    @Slot(object)
    def _showed(self, rows: "Preview") -> None:
        state = self._supervisor.state
        if state is not None and state.to in self._session.document.nodes:
            self._show_panel("preview")
            self._preview.show_ran(state.to, rows)

    def begin(self, *, restart: bool = False, take_over: bool = False) -> None:
        """Run the document as `RunSupervisor.start` does, unless errors are known."""
        session = self._session
        try:
            session.files.to_run()
        except SummitError as error:
            session.notice(Notice.of(error))
            return
        if self._asks(partial(self.begin, restart=restart, take_over=take_over)):
            return
        checked = session.checked
        fresh = checked is not None and checked.drawn.meaning() == session.document.meaning()
        fresh = fresh and not self._outdated
        if checked is not None and fresh and not checked.ok:
            self._refuse(checked)
            return
        self._take_back(self._blocked)
        self._take_back(self._unwritten)
        self._unwritten = _unwritten(checked) if checked is not None and fresh else None
        if self._unwritten is not None:
            session.notice(self._unwritten)
        self._show_panel("run")
        self._supervisor.start(restart=restart, take_over=take_over)

    def outdate(self) -> None:
        """Believe the last check no more: it was of other values, or of modules since saved.

        Until there is another the run itself looks.
        """
        self._outdated = True

    def _take_back(self, notice: Notice | None) -> None:
        if notice is not None:
            self._session.withdraw(notice)

    def _asks(self, then: Callable[[], None]) -> bool:
        """Ask for the parameters' values where any has none, and then do `then`."""
        from summit_studio.planning.parameters import names_without_value

        self._session.bridge.flush()
        if not names_without_value(self._session.document, self._session.values):
            return False
        self._ask(then)
        return True

    def _ask(self, then: Callable[[], None]) -> None:
        from summit_studio.app.dialogs.run_form import RunForm

        self._then = then
        form = RunForm(self._session, self._parent)
        form.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form.given.connect(self._given)
        form.open()

    @Slot(object)
    def _given(self, values: "Mapping[str, object]") -> None:
        if values != self._session.values:
            self.outdate()
            self._session.set_values(values)
        then, self._then = self._then, None
        if then is not None:
            then()

    @Slot(object)
    def _checked(self, checked: "Checked") -> None:
        self._outdated = False
        # What was said of errors in the way is taken back once there are none.
        if checked.ok:
            self._take_back(self._blocked)
        if not any(skip.sink for skip in checked.skipped.values()):
            self._take_back(self._unwritten)

    def _refuse(self, checked: "Checked") -> None:
        self._session.ask_run()
        self._show_panel("problems")
        errors = sum(p.severity is Severity.ERROR for p in checked.problems)
        noun = tr("problem stands") if errors == 1 else tr("problems stand")
        text = tr("{errors} {noun} in the way of a run", errors=errors, noun=noun)
        button = shown(TRUST) if self._offer.needed(checked) else ()
        detail = tr("Solve what is listed under Problems first.")
        self._blocked = Notice(text, detail, Severity.ERROR, *button)
        self._session.notice(self._blocked)


def _unwritten(checked: "Checked") -> Notice | None:
    """Return the notice that names the sinks that this run does not write; None without any."""
    sinks = [skip for skip in checked.skipped.values() if skip.sink]
    if not sinks:
        return None
    names = listing([f"'{skip.title}'" for skip in sinks], 4)
    verb = tr("is") if len(sinks) == 1 else tr("are")
    whys = "; ".join(dict.fromkeys(skip.why for skip in sinks))
    return Notice(
        tr("{names} {verb} not written", names=names, verb=verb),
        f"{whys[:1].upper()}{whys[1:]}.",
        Severity.WARNING,
    )
