"""Why a port has no rows to show, and what to do about it; it lies over the grid's cells."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import QAbstractScrollArea, QPushButton

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.words import tr

if TYPE_CHECKING:
    from summit_studio.engine.sides import Sides


class Way(Enum):
    """What one can do where no rows are."""

    REJECTED = auto()  # Look at those that were rejected.
    FURTHER = auto()  # Read on.


@dataclass(frozen=True, slots=True)
class Why:
    """Why no rows are there, in a few words, what more is known, and what to do."""

    title: str
    text: str = ""
    way: Way | None = None


def why_none(sides: "Sides", *, sifts: bool) -> Why:
    """Return why a port has no rows.

    Args:
        sides: What was looked at.
        sifts: True where rows go to the port by a condition.
    """
    came = sum(before.rows.table.num_rows for before in sides.before)
    out = sides.rejected
    if out and out >= came:
        if not sides.complete:
            return Why(tr("All of the first {out:,} rows went to rejected", out=out),
                       way=Way.REJECTED)  # fmt: skip
        one = tr("The only row went to rejected")
        title = one if out == 1 else tr("All {out:,} rows went to rejected", out=out)
        return Why(title, way=Way.REJECTED)
    if not sides.complete:
        return Why(_first(came, sifts=sifts), tr("The rest was not read yet."), Way.FURTHER)
    text = tr("{out:,} of them went to rejected.", out=out) if out else ""
    way = Way.REJECTED if out else None
    if came and sifts:
        one = tr("The only row does not match")
        title = one if came == 1 else tr("None of the {came:,} rows matches", came=came)
        return Why(title, text, way)
    return Why(tr("No rows"), text or tr("None comes out here."), way)


def _first(came: int, *, sifts: bool) -> str:
    if not came:
        return tr("None among the first rows")
    if sifts:
        return tr("No row of the first {came:,} matches", came=came)
    return tr("None comes out here of the first {came:,} rows", came=came)


class NoRows(EmptyState):
    """`chosen` carries the Way that a person takes.

    Args:
        view: The grid, over whose cells it lies; its heads are seen.
    """

    chosen = Signal(object)

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__("table", "", "", view.viewport())
        self._way: Way | None = None
        self.button = QPushButton()
        self.button.setProperty("compact", True)
        self.button.clicked.connect(self._clicked)
        self.add(self.button)
        self.setAutoFillBackground(True)
        self._view = view
        view.viewport().installEventFilter(self)
        self.hide()

    def tell(self, why: Why) -> None:
        """Say why no rows are there."""
        self._way = why.way
        self.say(why.title, why.text)
        further, rejected = tr("Look further"), tr("Look at them")
        self.button.setText(further if why.way is Way.FURTHER else rejected)
        self.button.setVisible(why.way is not None)
        self.setGeometry(self._view.viewport().rect())
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the cells at every size."""
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.viewport().rect())
        return super().eventFilter(watched, event)

    @Slot()
    def _clicked(self) -> None:
        self.chosen.emit(self._way)
