"""The problems panel: what the checks found, where, and buttons for what a click can solve."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import severity_colour, severity_word
from summit_studio.app.look.words import tr
from summit_studio.app.session.alike import Alike, alike
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Session
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.planning.modules import drawn_id

_ICON = 16
_ICONS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}
_MOST = 100
_MOST_KINDS = 3
_SHOWN = Qt.ItemDataRole.UserRole + 1
_LINE = 1
"""The height of the line below each row, in logical pixels; the row stands above it."""


class ProblemsPanel(QWidget):
    """A list; a click or Return goes to the place.

    `counted` carries (errors, warnings), without what is still a hint.
    """

    counted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._problems: tuple[Problem, ...] = ()
        self.list = ProblemList()
        self.list.setProperty("role", "rows")
        self.list.setAccessibleName(tr("Problems"))
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        self._empty = EmptyState("check", tr("No problems"), tr("This pipeline is ready to run."))
        self._more = QLabel()
        self._more.setProperty("role", "hint")
        self._more.setContentsMargins(12, 4, 12, 4)
        self._more.hide()
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.kinds = Kinds(session)
        column.addWidget(self.kinds)
        column.addWidget(self._stack)
        column.addWidget(self._more)
        session.checked_changed.connect(self._checked)
        session.chances_changed.connect(self._chanced)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is shown."""
        return self._problems

    @Slot(object)
    def _checked(self, checked: Any) -> None:
        found = checked.problems
        if not checked.document.nodes:
            # That an empty pipeline cannot run is no news to who has just begun it.
            found = ()
            self._empty.say(tr("Nothing to check yet"), tr("Add a node from the library to begin."))
        else:
            self._empty.say(tr("No problems"), tr("This pipeline is ready to run."))
        self._problems = found
        self.kinds.offer(alike(found))
        self._fill()
        self._count()

    @Slot()
    def _chanced(self) -> None:
        self._fill()
        self._count()

    def _count(self) -> None:
        told = Counter(
            Severity.INFO if self._session.shown(p) is Severity.INFO else p.severity
            for p in self._problems
        )
        self.counted.emit(tuple(told[s] for s in (Severity.ERROR, Severity.WARNING, Severity.INFO)))

    def _fill(self) -> None:
        # Rows of problems that are still there stay: a big list must not flicker at every key.
        # Not a set: a fix may hold values that cannot be hashed.
        wanted = [(p, self._session.shown(p)) for p in self._problems[:_MOST]]
        for row, told in enumerate(wanted):
            while row < self.list.count() and self._at(row) not in wanted:
                self.list.takeItem(row)
            if row >= self.list.count() or self._at(row) != told:
                self._insert(row, *told)
        while self.list.count() > len(wanted):
            self.list.takeItem(len(wanted))
        hidden = len(self._problems) - len(wanted)
        self._more.setText(tr("{hidden} more are not shown; solve these first.", hidden=hidden))
        self._more.setVisible(hidden > 0)
        self._stack.setCurrentWidget(self.list if self._problems else self._empty)

    def repaint_icons(self) -> None:
        """Draw every row in the theme's colours."""
        self.list.clear()
        self._fill()

    def _at(self, row: int) -> tuple[Problem, Severity]:
        item = self.list.item(row)
        return item.data(Qt.ItemDataRole.UserRole), Severity(item.data(_SHOWN))

    def _insert(self, row: int, problem: Problem, shown: Severity) -> None:
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, problem)
        item.setData(_SHOWN, shown)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, str(problem))
        widget = ProblemRow(problem, self._session, shown)
        widget.fixed.connect(self._fix)
        self.list.insertItem(row, item)
        self.list.setItemWidget(item, widget)
        self.list.fit(item)

    @Slot(object)
    def _go(self, item: QListWidgetItem) -> None:
        problem: Problem = item.data(Qt.ItemDataRole.UserRole)
        self._session.show_place(problem.where)

    @Slot(object)
    def _fix(self, fix: Fix) -> None:
        self._session.fix(fix)


class Kinds(QWidget):
    """Buttons above the list: each solves all problems of a kind; hidden without any."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._known: tuple[Alike, ...] = ()
        self._buttons: dict[QPushButton, Alike] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.hide()

    def offer(self, known: tuple[Alike, ...]) -> None:
        """Show a button for each kind, as many as there is room for; the palette has all."""
        known = known[:_MOST_KINDS]
        if known == self._known:
            return
        self._known = known
        for button in self._buttons:
            self._row.removeWidget(button)
            button.deleteLater()
        self._buttons = {self._button(one): one for one in known}
        for at, button in enumerate(self._buttons):
            self._row.insertWidget(at, button)
        self.setVisible(bool(known))

    def _button(self, one: Alike) -> QPushButton:
        words = tr("{label} (all {count})", label=one.label, count=len(one.fixes))
        button = QPushButton(words)
        button.setProperty("compact", True)
        button.setToolTip(
            tr("Solve all {count} of this kind: {what}", count=len(one.fixes), what=one.what)
        )
        button.clicked.connect(self._clicked)
        return button

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self._session.fix_all(self._buttons[button])


class ProblemList(QListWidget):
    """Gives each row the height its text needs, so that no advice is cut at any width."""

    def fit(self, item: QListWidgetItem) -> None:
        """Take the height of a row from its width."""
        row = self.itemWidget(item)
        if row is not None:  # One just put in has none yet, and may make the scroll bar appear.
            height = row.heightForWidth(self.viewport().width())
            item.setSizeHint(QSize(0, height + _LINE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit every row anew."""
        super().resizeEvent(event)
        for at in range(self.count()):
            self.fit(self.item(at))


class ProblemRow(QWidget):
    """One problem: its severity, what, then why and what to do, and its fixes.

    Args:
        shown: How loudly it is told; by default as its severity says.
    """

    fixed = Signal(object)

    def __init__(self, problem: Problem, session: Session, shown: Severity | None = None) -> None:
        super().__init__()
        severity = shown or problem.severity
        self._fixes: dict[QPushButton, Fix] = {}
        sign = QLabel()
        sign.setPixmap(
            icon(_ICONS[severity], severity_colour(session.theme, severity)).pixmap(_ICON, _ICON)
        )
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        sign.setContentsMargins(0, 2, 0, 0)
        sign.setToolTip(severity_word(severity))
        where = problem.where.node_id
        what = QLabel(problem.what)
        what.setProperty("role", "strong")
        place = QLabel(session.title_of(where) if where else tr("Pipeline"))
        place.setProperty("role", "hint")
        more = QLabel(sentences(problem.why, problem.do))
        more.setProperty("role", "hint")
        for label in (what, place, more):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.ensurePolished()
            label.setToolTip(str(problem))
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for label in (what, more):
            label.setWordWrap(True)  # After its size policy, which forgets it otherwise.
        place.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(what, 1)
        top.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addLayout(top)
        if more.text():
            text.addWidget(more)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 12, 7)
        row.setSpacing(8)
        row.addWidget(sign)
        row.addLayout(text, 1)
        for fix in problem.fixes:
            button = QPushButton(fix.label)
            button.setProperty("compact", True)
            button.clicked.connect(self._clicked)
            self._fixes[button] = fix
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    @Slot()
    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.fixed.emit(self._fixes[button])


def worst(problems: Iterable[Problem], shown: Callable[[Problem], Severity]) -> dict[str, Severity]:
    """Return the worst error or warning of each node on the canvas, as loudly as it is told.

    What is inside a module is the module's.
    """
    found: dict[str, Severity] = {}
    for problem in problems:
        severity = shown(problem)
        if problem.where.node_id is None or severity is Severity.INFO:
            continue
        node_id = drawn_id(problem.where.node_id)
        if severity is Severity.ERROR or node_id not in found:
            found[node_id] = severity
    return found
