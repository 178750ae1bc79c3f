"""Where rows pile up: a line on the canvas says what the colours and widths of edges mean."""

from html import escape

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QWidget

from summit_studio.app.canvas.style import fill_colours, fill_step
from summit_studio.app.look.words import tr
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.session import Session

_MARGIN, _GAP = 12, 6
_BARS = "\u2582\u2583\u2585\u2587"


class Queues(QLabel):
    """The legend, over the upper left corner of the canvas while a run has queues.

    It takes no click.

    Args:
        session: Whose nodes these are.
        canvas: Where the edges are.
        above: What has that corner before it.
    """

    def __init__(self, session: Session, canvas: QWidget, above: QWidget) -> None:
        super().__init__(canvas)
        self._session = session
        self._above = above
        self.setProperty("role", "note")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Where rows pile up"))
        self.hide()

    @Slot(object)
    def show_run(self, run: RunState | None) -> None:
        """Say what the edges of a run mean; nothing where none has a queue."""
        if run is None or not run.queues:
            self.hide()
            return
        theme = self._session.theme
        bars = "".join(
            f'<span style="color:{colour}">{bar}</span>'
            for colour, bar in zip(fill_colours(theme), _BARS, strict=True)
        )
        where = self._where(run)
        words = tr("Rows that wait: few {bars} queue full{where}", bars=bars, where=escape(where))
        self.setText(f'<span style="color:{theme.text}">{words}</span>')
        self.setAccessibleDescription(where.lstrip(", "))
        self.adjustSize()
        below = self._above.geometry().bottom() + _GAP if self._above.isVisible() else _MARGIN
        self.move(_MARGIN, below)
        self.show()

    def _where(self, run: RunState) -> str:
        fills = run.edge_fills
        fullest = max(fills, key=lambda edge: fills[edge], default=None)
        if fullest is None or not fill_step(fills[fullest]):
            return tr(", no node is behind")
        title = self._session.title_of(fullest.target.node, run.document)
        return tr(", most before '{title}', {fills:.0%}", title=title, fills=fills[fullest])
