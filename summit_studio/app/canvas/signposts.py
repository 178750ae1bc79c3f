"""Says at each side of the canvas how many nodes lie that way, out of view."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Slot
from PySide6.QtWidgets import QToolButton

from summit_studio.app.canvas.camera import Camera
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.background import Debounce

_QUIET_MS = 60
_MARGIN = 8
_STEP = 0.6
"""The share of the view that a click moves it by: some of what was seen stays."""
_SLACK = 1.0
_GRAIN = 8
"""In steps of so many pixels a free place is looked for."""
_PORT = 8.0
"""So far ports stick out of a card."""


class Side(Enum):
    """A side of the view: the way there in views, and what a sign of `{count}` nodes says."""

    LEFT = (-1, 0, mark("\N{LEFTWARDS ARROW} {count} more"))
    RIGHT = (1, 0, mark("{count} more \N{RIGHTWARDS ARROW}"))
    ABOVE = (0, -1, mark("\N{UPWARDS ARROW} {count} more"))
    BELOW = (0, 1, mark("\N{DOWNWARDS ARROW} {count} more"))


class Signposts(QObject):
    """A sign at each side with nodes beyond it; a click on one moves the view there.

    A sign stands as near to the middle of its side as it covers no card, note, count or name there;
    where no place is free, it covers as little as it can.

    Args:
        canvas: What is looked at; the signs lie over its sides.
    """

    def __init__(self, canvas: Camera) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.signs = {side: self._sign() for side in Side}
        self._debounce = Debounce(_QUIET_MS, self.refresh, self)
        canvas.view_changed.connect(self._debounce.ask)
        canvas.scene().selection_changed.connect(self._chosen)
        canvas.installEventFilter(self)

    def _sign(self) -> QToolButton:
        sign = QToolButton(self._canvas)
        sign.setProperty("role", "sign")
        sign.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sign.setCursor(Qt.CursorShape.PointingHandCursor)
        sign.setToolTip(tr("Move the view there"))
        sign.clicked.connect(self._go)
        sign.hide()
        return sign

    @Slot()
    def refresh(self) -> None:
        """Count and place anew, once the view has come to rest."""
        view = self._canvas.viewport().rect()
        seen = self._canvas.mapToScene(view).boundingRect()
        shown = self._canvas.scene().shown
        counts = beyond(seen, map(shown.rect_of, shown.nodes))
        placed = [self._canvas.covered]
        for side, sign in self.signs.items():
            sign.setVisible(counts[side] > 0)
            if counts[side]:
                sign.setText(tr(side.value[2], count=f"{counts[side]:,}"))
                sign.adjustSize()
                sign.move(self._place(side, sign.rect(), placed))
                placed.append(sign.geometry())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count in time, as the canvas shows itself."""
        if event.type() == QEvent.Type.Show:
            self._debounce.ask()
        return super().eventFilter(watched, event)

    @Slot(object)
    def _chosen(self, _selection: object) -> None:
        self._debounce.ask()  # The names of other ports are shown.

    def _place(self, side: Side, sign: QRect, placed: Sequence[QRect]) -> QPoint:
        """Return where a sign goes: `placed` are the others, and what else lies over the view."""
        view = self._canvas.viewport().rect()
        places = list(_along(side, sign, view))
        strip = places[0].united(places[-1]).united(places[-2])
        taken = [box for box in (*placed, *self._drawn(strip)) if box.intersects(strip)]
        return min(places, key=lambda p: _hidden(p, taken)).topLeft()

    def _drawn(self, strip: QRect) -> Iterator[QRect]:
        """Yield what of cards, notes, counts and names lies in a part of the view."""
        scene, part = self._canvas.scene(), self._canvas.mapToScene(strip).boundingRect()
        box = part.left() - _PORT, part.top(), part.right() + _PORT, part.bottom()
        crowd = scene.stage.crowd
        boxes = [(b[0] - _PORT, b[1], b[2] + _PORT, b[3]) for b in crowd.cards.within(box)]
        boxes += crowd.pills.within(box)
        if scene.names.isVisible():
            boxes += [label.box for label in scene.names.labels()]
        rects = [QRectF(b[0], b[1], b[2] - b[0], b[3] - b[1]) for b in boxes]
        rects += [n.mapRectToScene(n.rect()) for n in scene.shown.notes.values() if n.isVisible()]
        for rect in rects:
            if rect.intersects(part):
                yield self._canvas.mapFromScene(rect).boundingRect()

    @Slot()
    def _go(self) -> None:
        side = next(s for s, sign in self.signs.items() if sign is self.sender())
        across, down, _ = side.value
        size = self._canvas.viewport().size()
        self._canvas.glide_by(
            round(across * size.width() * _STEP), round(down * size.height() * _STEP)
        )


def beyond(seen: QRectF, frames: Iterable[QRectF]) -> Mapping[Side, int]:
    """Count what is not wholly seen, each at the one side where it sticks out the farthest."""
    counts = [0] * len(Side)
    left, right, top, bottom = seen.left(), seen.right(), seen.top(), seen.bottom()
    for frame in frames:
        across = left - frame.left(), frame.right() - right
        out = (*across, top - frame.top(), frame.bottom() - bottom)
        farthest = max(out)
        if farthest > _SLACK:
            counts[out.index(farthest)] += 1
    return dict(zip(Side, counts, strict=True))


def _along(side: Side, sign: QRect, view: QRect) -> Iterator[QRect]:
    """Yield the places of a sign on a side of the view, from its middle to its ends."""
    across, down, _ = side.value
    right, bottom = view.width() - sign.width() - _MARGIN, view.height() - sign.height() - _MARGIN
    middle = QPoint((view.width() - sign.width()) // 2, (view.height() - sign.height()) // 2)
    room = (bottom if across else right) - _MARGIN
    reach = max(room // 2 // _GRAIN, 1)
    for step in sorted(range(-reach, reach + 1), key=abs):
        if across:
            at = QPoint(_MARGIN if across < 0 else right, middle.y() + step * _GRAIN)
        else:
            at = QPoint(middle.x() + step * _GRAIN, _MARGIN if down < 0 else bottom)
        yield QRect(at, sign.size())


def _hidden(place: QRect, taken: Iterable[QRect]) -> int:
    """Return how many pixels of what is taken a sign would hide."""
    met = (place.intersected(box) for box in taken)
    return sum(box.width() * box.height() for box in met if not box.isEmpty())
