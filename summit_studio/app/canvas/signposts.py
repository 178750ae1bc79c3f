"""Says at each side of the canvas how many nodes lie that way, out of view."""

from collections.abc import Iterable, Mapping
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Slot
from PySide6.QtWidgets import QToolButton

from summit_studio.app.canvas.camera import Camera
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.background import Debounce

_QUIET_MS = 60
_MARGIN = 8
_STEP = 0.6
"""The share of the view that a click moves it by: some of what was seen stays."""
_SLACK = 1.0


class Side(Enum):
    """A side of the view: the way there in views, and what a sign of `{count}` nodes says."""

    LEFT = (-1, 0, mark("\N{LEFTWARDS ARROW} {count} more"))
    RIGHT = (1, 0, mark("{count} more \N{RIGHTWARDS ARROW}"))
    ABOVE = (0, -1, mark("\N{UPWARDS ARROW} {count} more"))
    BELOW = (0, 1, mark("\N{DOWNWARDS ARROW} {count} more"))


class Signposts(QObject):
    """A sign at each side with nodes beyond it; a click on one moves the view there.

    Args:
        canvas: What is looked at; the signs lie over its sides.
    """

    def __init__(self, canvas: Camera) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.signs = {side: self._sign() for side in Side}
        self._debounce = Debounce(_QUIET_MS, self.refresh, self)
        canvas.view_changed.connect(self._debounce.ask)
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
        """Count anew, once the view has come to rest."""
        view = self._canvas.viewport().rect()
        seen = self._canvas.mapToScene(view).boundingRect()
        shown = self._canvas.scene().shown
        counts = beyond(seen, map(shown.rect_of, shown.nodes))
        for side, sign in self.signs.items():
            sign.setVisible(counts[side] > 0)
            if counts[side]:
                sign.setText(tr(side.value[2], count=f"{counts[side]:,}"))
                sign.adjustSize()
                self._place(side, sign, view)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count in time, as the canvas shows itself."""
        if event.type() == QEvent.Type.Show:
            self._debounce.ask()
        return super().eventFilter(watched, event)

    def _place(self, side: Side, sign: QToolButton, view: QRect) -> None:
        place = QRect(sign.rect())
        place.moveCenter(view.center())
        across, down, _ = side.value
        if across:
            place.moveLeft(_MARGIN if across < 0 else view.width() - place.width() - _MARGIN)
        else:
            place.moveTop(_MARGIN if down < 0 else view.height() - place.height() - _MARGIN)
        sign.move(place.topLeft())

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
