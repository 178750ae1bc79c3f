"""Solves problems from the keyboard: the fixes that are known, to choose from."""

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, Slot
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.dialogs.popup import Choice, SearchPopup
from summit_studio.app.look.icons import icon
from summit_studio.app.look.words import tr
from summit_studio.app.session.alike import Alike, alike
from summit_studio.app.session.session import Session
from summit_studio.core.problems import Fix, Problem, Severity

_WIDTH = 460
_WORST_FIRST = tuple(Severity)
_HALF = QPoint(_WIDTH // 2, 160)


@dataclass(frozen=True, slots=True)
class _Known:
    """A problem and one way to solve it."""

    problem: Problem
    fix: Fix


class Fixing(QObject):
    """Offers the fixes of the selected nodes; of all where nothing selected has one.

    Args:
        session: What is open.
        canvas: What the popup is over.
        window: Whose popup it is.
    """

    def __init__(self, session: Session, canvas: CanvasView, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._canvas = canvas
        self.popup = SearchPopup(tr("Fix what is wrong"), _WIDTH, window)
        self.popup.chosen.connect(self._solve)

    @Slot()
    def on_fix(self) -> None:
        """Solve a problem: at once where one way is known, else as is chosen."""
        known = self._known()
        chosen = set(self._session.selection.nodes)
        mine = [k for k in known if k.problem.where.node_id in chosen] or known
        worst = min((_WORST_FIRST.index(k.problem.severity) for k in mine), default=0)
        pressing = [k for k in mine if k.problem.severity is _WORST_FIRST[worst]]
        if not mine:
            self._canvas.refuse(
                tr("No fix is known for what is wrong.") if self._wrong() else tr("All is well.")
            )
        elif len(pressing) == 1:
            self._session.fix(pressing[0].fix)
        else:
            view = self._canvas.viewport()
            place = view.mapToGlobal(view.rect().center() - _HALF)
            problems = {id(k.problem): k.problem for k in mine}.values()
            kinds = [self._kind(one) for one in alike(problems)]
            self.popup.open_at(place, lambda: [*kinds, *(self._line(k) for k in mine)])

    @Slot(object)
    def _solve(self, chosen: Fix | Alike) -> None:
        if isinstance(chosen, Alike):
            self._session.fix_all(chosen)
        else:
            self._session.fix(chosen)

    def _known(self) -> list[_Known]:
        checked = self._session.checked
        problems = checked.problems if checked is not None else ()
        return [_Known(p, fix) for p in problems for fix in p.fixes]

    def _wrong(self) -> bool:
        return bool(self._session.checked and self._session.checked.problems)

    def _kind(self, one: Alike) -> Choice:
        count = len(one.fixes)
        text = tr("{label} (all {count})", label=one.label, count=count)
        picture = icon("check", self._session.theme.accent)
        where = tr("{count} nodes", count=count)
        return Choice((text, one.what), one, where, picture, "", one.what)

    def _line(self, known: _Known) -> Choice:
        problem, node_id = known.problem, known.problem.where.node_id
        where = self._session.title_of(node_id) if node_id else ""
        picture = icon("check", self._session.theme.accent)
        return Choice((known.fix.label, problem.what), known.fix, where, picture, "", problem.what)
