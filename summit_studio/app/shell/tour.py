"""The tour: a small card and a frame that lead through the first pipeline, in nobody's way."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Notice
from summit_studio.app.shell.editor_window import EditorWindow
from summit_studio.app.shell.page import Page
from summit_studio.app.shell.tour_steps import STEPS, Step, beginning
from summit_studio.core.errors import SummitError

_WIDTH = 340
_GAP = 12
_LINE = 2.0


class Guide(QObject):
    """Answers the action that begins the tour, or leads back to its card.

    Args:
        window: Where it is given.
    """

    def __init__(self, window: EditorWindow) -> None:
        super().__init__(window)
        self._window = window
        self.tour: Tour | None = None

    @Slot()
    def on_tour(self) -> None:
        """Begin the tour in a new tab; while one is given, go to its card."""
        self._window.owner.settings.toured = True
        if self.tour is not None:
            self._window.bring(self.tour.page)
            self.tour.card.next.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._window.new()
        page = self._window.page
        if page is not None:
            page.canvas.commit(beginning())
            page.canvas.zoom_to_fit()
            self.tour = Tour(self._window, page)
            self.tour.ended.connect(self._ended)

    @Slot()
    def _ended(self) -> None:
        self.tour = None


class Tour(QObject):
    """Leads through the steps on one page; `ended` tells that it is over, or was left.

    Args:
        window: What it points into.
        page: Where the pipeline is drawn.
    """

    ended = Signal()

    def __init__(self, window: EditorWindow, page: Page) -> None:
        super().__init__(window)
        self._window = window
        self.page = page
        self.at = -1
        self._asked = False
        self._target: QWidget | None = None
        self.frame = Frame(window)
        self.card = Card(window)
        self.card.next.clicked.connect(self._next)
        self.card.left.connect(self.end)
        for changed in (
            page.session.bridge.changed, page.session.selected, page.session.checked_changed,
            page.supervisor.ended, page.run_panel.tabs.currentChanged,
        ):  # fmt: skip
            changed.connect(self._look)
        app = QApplication.instance()
        assert isinstance(app, QApplication)  # noqa: S101 - holds by construction
        app.focusChanged.connect(self._look)
        page.canvas.view_changed.connect(self._place)
        page.destroyed.connect(self.end)
        window.bar.currentChanged.connect(self._place)
        window.installEventFilter(self)
        self._go(0)
        self.card.next.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def step(self) -> Step:
        """The step at hand."""
        return STEPS[self.at]

    def _go(self, at: int) -> None:
        self._watch(None)
        self.at = at
        self.step.enter(self.page)
        table = self._window.actions_table
        keys = {a: table.key(a) or tr("it is in the menus") for a in ("connect", "run", "save")}
        last = at == len(STEPS) - 1
        self.card.say(
            at + 1, len(STEPS), tr(self.step.title), tr(self.step.text, **keys), last=last
        )
        where = self.step.where(self.page)
        self._watch(where if isinstance(where, QWidget) else None)
        self._place()
        if self._asked:  # Whoever did it themselves goes on where they are.
            self._asked = False
            self.card.next.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _next(self) -> None:
        """Do what was not done, and go on."""
        step, self._asked = self.step, True
        if step.done(self.page):
            self._go_on()
            return
        try:
            step.do(self.page)
        except SummitError as error:
            self.page.session.notice(Notice.of(error))
        if self.at == len(STEPS) - 1:
            self.end()

    @Slot()
    def _look(self) -> None:
        """Go on once the step was done."""
        if self.at >= 0 and self.card.isVisible() and self.step.done(self.page):
            self._go_on()

    def _go_on(self) -> None:
        if self.at == len(STEPS) - 1:
            self.end()
        else:
            self._go(self.at + 1)

    @Slot()
    def end(self) -> None:
        """Leave the tour; what was drawn stays."""
        if self.at < 0:
            return
        self.at = -1
        self._watch(None)
        self._window.removeEventFilter(self)
        had_keys = self.card.isAncestorOf(QApplication.focusWidget() or self._window)
        for part in (self.card, self.frame):
            part.hide()
            part.deleteLater()
        if had_keys and self._window.page is self.page:
            self.page.canvas.setFocus()
        self.ended.emit()
        self.deleteLater()

    def _watch(self, target: QWidget | None) -> None:
        """Follow a widget that is pointed at."""
        if self._target is not None:
            self._target.removeEventFilter(self)
        self._target = target
        if target is not None:
            target.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay beside what is pointed at."""
        moving = {QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide}
        if event.type() in moving:
            self._place()
        return super().eventFilter(watched, event)

    @Slot()
    def _place(self) -> None:
        """Put card and frame beside what the step points at; other tabs do not see them."""
        if self.at < 0:
            return
        here = self._window.page is self.page
        for part in (self.frame, self.card):
            part.setVisible(here)
        if not here:
            return
        where = self.step.where(self.page)
        on_screen = where if isinstance(where, QRect) else _on_screen(where)
        target = QRect(self._window.mapFromGlobal(on_screen.topLeft()), on_screen.size())
        self.frame.setGeometry(target.adjusted(-3, -3, 3, 3).intersected(self._window.rect()))
        self.card.adjustSize()
        self.card.move(beside(target, self.card.size().toTuple(), self._window.rect()))
        self.frame.raise_()
        self.card.raise_()


def beside(target: QRect, size: tuple[int, int], room: QRect) -> QPoint:
    """Return where a card goes for it to lie in a room, and not on its target where that can be."""
    width, height = size
    middle = target.center()
    centred = QPoint(middle.x() - width // 2, middle.y() - height // 2)
    places = (
        QPoint(centred.x(), target.bottom() + _GAP),
        QPoint(centred.x(), target.top() - _GAP - height),
        QPoint(target.left() - _GAP - width, target.top()),
        QPoint(target.right() + _GAP, target.top()),
        # Nothing is left beside it: at its lower edge, where least is hidden.
        QPoint(centred.x(), target.bottom() - _GAP - height),
    )
    inner = room.adjusted(_GAP, _GAP, -_GAP, -_GAP)
    inside = [
        QPoint(
            max(inner.left(), min(place.x(), inner.right() - width)),
            max(inner.top(), min(place.y(), inner.bottom() - height)),
        )
        for place in places
    ]
    free = (p for p in inside if not QRect(p.x(), p.y(), width, height).intersects(target))
    return next(free, inside[-1])


def _on_screen(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


class Frame(QWidget):
    """A line around what is pointed at; clicks go through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), _LINE))
        inner = QRectF(self.rect()).adjusted(_LINE / 2, _LINE / 2, -_LINE / 2, -_LINE / 2)
        painter.drawRoundedRect(inner, 6, 6)


class Card(QFrame):
    """Says what the step is; `left` tells that the person has had enough."""

    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "tour")
        self.setFixedWidth(_WIDTH)
        self.count = QLabel()
        self.count.setProperty("role", "hint")
        self.title = QLabel()
        self.title.setProperty("role", "heading")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.leaves = QPushButton(tr("Leave the tour"))
        self.leaves.setProperty("flat", True)
        self.leaves.clicked.connect(self.left)
        self.next = QPushButton(tr("Next"))
        self.next.setProperty("primary", True)
        buttons = QHBoxLayout()
        buttons.addWidget(self.leaves)
        buttons.addStretch(1)
        buttons.addWidget(self.next)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        for part in (self.count, self.title, self.text):
            column.addWidget(part)
        column.addSpacing(4)
        column.addLayout(buttons)

    def say(self, number: int, of: int, title: str, text: str, *, last: bool) -> None:
        """Say a step; screen readers are told, too."""
        self.count.setText(tr("Step {number} of {of}", number=number, of=of))
        self.title.setText(title)
        self.text.setText(text)
        self.next.setText(tr("Finish") if last else tr("Next"))
        self.next.setToolTip("" if last else tr("Done for you where you have not done it"))
        self.setAccessibleName(
            tr("Tour, step {number} of {of}: {title}", number=number, of=of, title=title)
        )
        self.next.setAccessibleDescription(text)
        if QAccessible.isActive():
            told = tr(
                "Step {number} of {of}: {title}. {said}",
                number=number,
                of=of,
                title=title,
                said=text,
            )
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, told))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Escape, go on by Return."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._on_next():
            self.next.click()
        else:
            super().keyPressEvent(event)

    def _on_next(self) -> bool:
        return self.window().focusWidget() is self.next
