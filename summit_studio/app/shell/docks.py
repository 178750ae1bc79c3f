"""The panels around the canvas: where they stand, what is remembered of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.background import Debounce
from summit_studio.app.session.settings import Settings

_SIZES = ((1440, (240, 292, 252)), (2200, (264, 352, 288)), (None, (300, 440, 380)))
"""Up to which width of the window: the widths of the left and the right, the lower height."""
_STATE = 1
_APART = QSize(640, 360)


class Side(Enum):
    """Where a panel stands; its value is what people call that."""

    LEFT = mark("On the left")
    RIGHT = mark("On the right")
    BOTTOM = mark("At the bottom")
    APART = mark("In a window of its own")

    @property
    def area(self) -> Qt.DockWidgetArea:
        """The side as Qt has it."""
        areas = {
            Side.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
            Side.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
            Side.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
        }
        return areas.get(self, Qt.DockWidgetArea.NoDockWidgetArea)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """All there is to say of a panel: it stands behind those of its side named before it.

    Args:
        name: What code calls it.
        title: What people read.
        widget: What it shows.
        side: Where it stands at first.
        on_demand: It is hidden until somebody asks for it.
    """

    name: str
    title: str
    widget: QWidget
    side: Side
    on_demand: bool = False


class _Head(QLabel):
    """Names a panel that stands alone, and is what one drags; tabbed ones are named by their tab.

    `asked` carries where its button was pressed.
    """

    asked = Signal(object)

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._folded = False
        self.setProperty("role", "dock-title")
        self._button = QToolButton()
        self._button.setText("\N{HORIZONTAL ELLIPSIS}")
        self._button.setProperty("role", "dock-menu")
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.clicked.connect(self._pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.addStretch(1)
        row.addWidget(self._button)
        self.name(title)

    def name(self, title: str) -> None:
        """Take another title."""
        self.setText(title)
        self._button.setToolTip(tr("Put {title} elsewhere", title=title))
        self._button.setAccessibleName(tr("Put {title} elsewhere", title=title))

    def fold(self, *, folded: bool) -> None:
        """Take no room, or what the title needs."""
        if folded != self._folded:
            self._folded = folded
            self._button.setVisible(not folded)
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size of the title; none where a tab says it."""
        return QSize(0, 0) if self._folded else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the same as `sizeHint`: docks give a head no less."""
        return self.sizeHint()

    @Slot()
    def _pressed(self) -> None:
        self.asked.emit(self._button.mapToGlobal(QPoint(0, self._button.height())))


class Docks(QObject):
    """Makes docks of panels. `menu_asked` carries a panel's name and where its menu is wanted.

    Args:
        area: Where they dock.
        settings: Remember where they stand.
        panels: The panels, in the order of their tabs.
    """

    menu_asked = Signal(object)

    def __init__(self, area: QMainWindow, settings: Settings, panels: Sequence[Panel]) -> None:
        super().__init__(area)
        self._area = area
        self._settings = settings
        self._panels = {panel.name: panel for panel in panels}
        self._docks: dict[str, QDockWidget] = {}
        self._heads: dict[str, _Head] = {}
        self._placed = False
        options = area.DockOption
        area.setDockOptions(
            options.AllowTabbedDocks | options.AllowNestedDocks | options.GroupedDragging
        )
        area.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        area.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        area.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self._heads_later = Debounce(0, self._show_heads, self)
        self._squeezed = False
        self._seen_later = Debounce(0, self._see, self)
        self._room_later = Debounce(0, self._size, self)
        for panel in panels:
            self._make(panel)
        self._arrange()
        area.installEventFilter(self)

    def _make(self, panel: Panel) -> None:
        dock, head = QDockWidget(panel.title, self._area), _Head(panel.title)
        dock.setObjectName(panel.name)
        panel.widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        dock.setWidget(panel.widget)
        dock.setTitleBarWidget(head)
        dock.toggleViewAction().setText(panel.title)
        dock.topLevelChanged.connect(self._heads_later.ask)
        dock.dockLocationChanged.connect(self._heads_later.ask)
        dock.visibilityChanged.connect(self._heads_later.ask)
        head.asked.connect(self._head_asked)
        self._docks[panel.name], self._heads[panel.name] = dock, head

    def _show_heads(self) -> None:
        """Name those panels that no tab names."""
        for name, dock in self._docks.items():
            beside = self._area.tabifiedDockWidgets(dock)
            tabbed = not dock.isFloating() and any(not d.isHidden() for d in beside)
            self._heads[name].fold(folded=tabbed)

    def _arrange(self) -> None:
        """Put every panel where it was at first, hidden."""
        for dock in self._docks.values():
            # Taken out first, or Qt leaves the tabs standing that it showed before.
            dock.setFloating(False)
            dock.hide()
            self._area.removeDockWidget(dock)
        first: dict[Side, QDockWidget] = {}
        for name, dock in self._docks.items():
            side = self._panels[name].side
            self._area.addDockWidget(side.area, dock)
            if side in first:
                self._area.tabifyDockWidget(first[side], dock)
            first.setdefault(side, dock)
        for dock in self._docks.values():
            dock.hide()

    def put(self, name: str, side: Side) -> None:
        """Put a panel at a side, behind those that stand there, or in a window of its own."""
        dock = self._docks[name]
        dock.show()
        if side is Side.APART:
            if not dock.isFloating():
                dock.setFloating(True)
                dock.resize(_APART)
                middle = self._area.mapToGlobal(self._area.rect().center())
                dock.move(middle - QPoint(_APART.width() // 2, _APART.height() // 2))
        else:
            dock.setFloating(False)
            there = [d for d in self._docks.values() if d is not dock and self._at(d) is side]
            self._area.addDockWidget(side.area, dock)
            if there:
                self._area.tabifyDockWidget(there[0], dock)
            else:
                self._size()
        dock.raise_()
        self._heads_later.ask()

    def side_of(self, name: str) -> Side | None:
        """Return where a panel stands; None where it is not shown."""
        return self._at(self._docks[name])

    def _at(self, dock: QDockWidget) -> Side | None:
        if dock.isHidden():
            return None
        if dock.isFloating():
            return Side.APART
        area = self._area.dockWidgetArea(dock)
        return next((side for side in Side if side.area == area), None)

    def hide(self, name: str) -> None:
        """Take a panel away, until it is asked for."""
        self._docks[name].hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for the menu of a panel by a right click on its tab or its title."""
        if isinstance(event, QContextMenuEvent):
            name = self._under(event.pos())
            if name is not None:
                self.menu_asked.emit((name, event.globalPos()))
                return True
        elif event.type() == QEvent.Type.Resize and self._squeezed:
            self._squeezed = False
            self._room_later.ask()
        return super().eventFilter(watched, event)

    def _under(self, place: QPoint) -> str | None:
        """Return the panel whose tab or title is at a place."""
        found = self._area.childAt(place)
        if isinstance(found, QTabBar) and found.parent() is self._area:
            at = found.tabAt(found.mapFrom(self._area, place))
            title = found.tabText(at) if at >= 0 else None
            return next((n for n, d in self._docks.items() if d.windowTitle() == title), None)
        return next((n for n, h in self._heads.items() if h is found), None)

    @Slot(object)
    def _head_asked(self, place: QPoint) -> None:
        head = self.sender()
        for name, one in self._heads.items():
            if one is head:
                self.menu_asked.emit((name, place))

    def _show_all(self) -> None:
        for name, dock in self._docks.items():
            dock.setVisible(not self._panels[name].on_demand)
        self._size()
        for side in Side:
            there = [n for n, panel in self._panels.items() if panel.side is side]
            for name in there[:1]:
                self._docks[name].raise_()

    def _size(self) -> None:
        """Give each side the room that it has at first, or once the window has it."""
        width = self._area.width()
        sizes = next(s for most, s in _SIZES if most is None or width < most)
        for side, size in zip((Side.LEFT, Side.RIGHT, Side.BOTTOM), sizes, strict=True):
            there = [d for d in self._docks.values() if self._at(d) is side][:1]
            across = side is not Side.BOTTOM
            way = Qt.Orientation.Horizontal if across else Qt.Orientation.Vertical
            self._area.resizeDocks(there, [size] * len(there), way)
        self._seen_later.ask()

    def _see(self) -> None:
        """See whether the sides have got their room."""
        width = self._area.width()
        sizes = next(s for most, s in _SIZES if most is None or width < most)
        first = {side: d for d in reversed(self._docks.values()) if (side := self._at(d))}
        wanted = zip((Side.LEFT, Side.RIGHT), sizes[:2], strict=True)
        self._squeezed = any(side in first and first[side].width() < size for side, size in wanted)

    def state(self) -> QByteArray:
        """Return where every panel stands."""
        return self._area.saveState(_STATE)

    def take(self, state: QByteArray | None) -> None:
        """Put every panel where it stood on another page; None puts all as at first."""
        if self._placed and (state is None or state == self.state()):
            return
        # Hidden and laid out first, or Qt leaves the tabs standing that it had, under the new.
        for dock in self._docks.values():
            dock.hide()
        layout = self._area.layout()
        if layout is not None:
            layout.invalidate()
            layout.setGeometry(self._area.rect())
        self._placed = True
        if state is None or not self._area.restoreState(state, _STATE):
            self._show_all()

    def rest(self) -> None:
        """Hide the panels that float: their page is no longer shown."""
        for dock in self._docks.values():
            if self._at(dock) is Side.APART:
                dock.hide()

    def remember(self) -> None:
        """Save where everything stands."""
        self._settings.set_window("state", self.state())

    @Slot()
    def on_reset_layout(self) -> None:
        """Put the panels where they were at first, and forget where they stood."""
        self._settings.forget_window()
        self._arrange()
        self._show_all()

    def show(self, name: str) -> None:
        """Bring a panel to the front."""
        self._docks[name].show()
        self._docks[name].raise_()

    def is_seen(self, name: str) -> bool:
        """Return True if a panel is shown, and no other one of its tabs is in front of it."""
        dock = self._docks[name]
        return dock.isVisible() and not dock.visibleRegion().isEmpty()

    def panels(self) -> list[QWidget]:
        """Return every panel."""
        return [dock.widget() for dock in self._docks.values()]

    def panel(self, name: str) -> QWidget:
        """Return a panel by its name."""
        return self._docks[name].widget()

    def set_title(self, name: str, title: str) -> None:
        """Name a panel's tab."""
        if self._docks[name].windowTitle() != title:
            self._docks[name].setWindowTitle(title)
            self._heads[name].name(title)

    @Slot(object)
    def count_problems(self, counts: Any) -> None:
        """Name the problems' tab by how many errors and warnings there are."""
        errors, warnings, _ = counts
        total = errors + warnings
        self.set_title(
            "problems", tr("Problems ({total})", total=total) if total else tr("Problems")
        )

    @Slot(int)
    def count_letters(self, count: int) -> None:
        """Name the dead letters' tab by how many are open."""
        self.set_title(
            "dead_letters",
            tr("Dead letters ({count:,})", count=count) if count else tr("Dead letters"),
        )

    @property
    def titles(self) -> dict[str, str]:
        """What people read of each panel, by its name."""
        return {name: panel.title for name, panel in self._panels.items()}

    def toggles(self) -> list[QAction]:
        """Return the actions that show and hide each panel."""
        return [dock.toggleViewAction() for dock in self._docks.values()]
