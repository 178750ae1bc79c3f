"""Finds nodes, notes and frames on the canvas, and goes to them."""

from PySide6.QtCore import QEvent, QObject, QPointF, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.view import CanvasView
from summit_studio.app.dialogs.find_panel import FindPanel
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour, icon_colour
from summit_studio.app.session.finding import Finder, Found, Place
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Session

_MARGIN = 12
_NARROWEST = 240
_READABLE = 0.7
"""A hit is shown no smaller than can be read with ease."""


class Finding(QObject):
    """Asks in a panel over the upper right corner of the canvas.

    Args:
        session: What is open.
        finder: Searches it.
        canvas: Where hits are shown.
        place: What the canvas and the panel lie in.
    """

    def __init__(
        self, session: Session, finder: Finder, canvas: CanvasView, place: QWidget
    ) -> None:
        super().__init__(canvas)
        self._session = session
        self._finder = finder
        self._canvas = canvas
        self._hits: list[Found] = []
        self._at = -1
        self._icons: dict[tuple[str, str], QIcon] = {}
        self.panel = FindPanel(place)
        self.panel.typed.connect(self._typed)
        self.panel.stepped.connect(self._step)
        self.panel.picked.connect(self._go)
        self.panel.left.connect(canvas.setFocus)
        session.bridge.changed.connect(self._changed)
        session.checked_changed.connect(self._changed)
        canvas.installEventFilter(self)

    @Slot()
    def on_find(self) -> None:
        """Ask what to find."""
        self._search()
        self.panel.open_panel()
        self._put()

    @Slot()
    def on_find_next(self) -> None:
        """Go to the next hit, round the end."""
        self._step_or_ask(1)

    @Slot()
    def on_find_previous(self) -> None:
        """Go to the hit before, round the beginning."""
        self._step_or_ask(-1)

    def _step_or_ask(self, by: int) -> None:
        if self.panel.line.text().strip():
            if not self.panel.isVisible():
                self._search()
            self._step(by)
        else:
            self.on_find()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the panel in the corner."""
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Move}:
            self._put()
        return super().eventFilter(watched, event)

    def _put(self) -> None:
        room = self._canvas.geometry()
        left = max(room.left(), room.right() - self.panel.width() - _MARGIN)
        self.panel.move(left, room.top() + _MARGIN)

    @Slot(object)
    def _typed(self, _text: str) -> None:
        self._at = -1
        self._search()

    @Slot(object)
    def _changed(self, _change: object) -> None:
        if self.panel.isVisible():
            self._search()

    @Slot(object)
    def set_theme(self, theme: object) -> None:
        """List what was found in another theme's colours."""
        self._changed(theme)

    def _search(self) -> None:
        """Search anew; the hit that is shown stays the one."""
        shown = self._hits[self._at] if self._at >= 0 else None
        self._hits = self._finder.find(self.panel.line.text())
        ids = [(h.id, kind_of(h)) for h in self._hits]
        key = (shown.id, kind_of(shown)) if shown else None
        self._at = ids.index(key) if key in ids else -1
        self.panel.show_hits(self._hits, self._icon)
        self.panel.say(self._at, len(self._hits))

    @Slot(object)
    def _step(self, by: int) -> None:
        if self._hits:
            first = 0 if by > 0 else -1
            self._go((self._at + by if self._at >= 0 else first) % len(self._hits))

    @Slot(object)
    def _go(self, at: int) -> None:
        """Select a hit and bring it to the middle."""
        self._at = at
        self.panel.say(at, len(self._hits))
        hit, shown = self._hits[at], self._canvas.scene().shown
        if hit.place is Place.NOTE:
            note = shown.notes[hit.id]
            self._session.choose(Selection(notes=(hit.id,)))
            middle = note.middle
        elif hit.place is Place.FRAME:
            self._session.choose(Selection(frames=(hit.id,)))
            middle = shown.frames[hit.id].middle
        else:
            self._session.choose_nodes([hit.id])
            center = shown.rect_of(hit.id).center()
            middle = center.x(), center.y()
        zoom = max(self._canvas.zoom, _READABLE)
        self._canvas.leap_to(QPointF(middle[0] + self._covered() / 2 / zoom, middle[1]), zoom)

    def _covered(self) -> int:
        """Return how much of the canvas the panel covers, so that hits are shown beside it."""
        covered = self.panel.width() + _MARGIN if self.panel.isVisible() else 0
        return covered if self._canvas.width() - covered >= _NARROWEST else 0

    def _icon(self, hit: Found) -> QIcon:
        name, category = "note", ""
        if hit.place is Place.FRAME:
            name = "select"
        elif hit.place is not Place.NOTE:
            kind = self._session.kind_of(self._session.document.nodes[hit.id])
            name, category = (kind.icon, kind.category.value) if kind else ("unknown", "")
        theme = self._session.theme
        colour = category_colour(theme, category) if category else icon_colour(theme)
        if (name, colour) not in self._icons:
            self._icons[name, colour] = icon(name, colour)
        return self._icons[name, colour]


def kind_of(hit: Found) -> str:
    """Return what a hit is: ids of nodes, notes and frames may be the same."""
    return {Place.NOTE: "note", Place.FRAME: "frame"}.get(hit.place, "node")
