"""Where the time of a run goes: cards coloured by their share, and a line that says so."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QWidget

from summit_studio.app.canvas.style import heat_colours, in_percent
from summit_studio.app.look.words import tr
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.session import Session
from summit_studio.app.shell.marking import Marking

_MARGIN = 12
_BLOCK = "\N{BLACK SQUARE}"


class Heat(QLabel):
    """The legend, over the upper left corner of the canvas; it takes no click.

    Args:
        session: Whose nodes these are.
        marking: Colours the cards.
        canvas: Where they are.
    """

    def __init__(self, session: Session, marking: Marking, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._session = session
        self._marking = marking
        self.setProperty("role", "note")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Where time goes"))
        self.hide()

    @Slot(bool)
    def on_heat(self, on: bool) -> None:  # noqa: FBT001 - as Qt calls it
        """Colour cards by their share of time, or no longer."""
        self._marking.show_heat(on=on)
        self.show_run(self._marking.run)

    @Slot(object)
    def show_run(self, run: RunState | None) -> None:
        """Say what the colours mean for a run; nothing while they are off."""
        shares = run.shares if run is not None else {}
        if not (self._marking.heat and shares):
            self.hide()
            return
        hottest = max(shares, key=lambda i: shares[i])
        title = self._session.title_of(hottest, run.document if run is not None else None)
        share = in_percent(shares[hottest])
        colours = heat_colours(self._session.theme)
        blocks = "".join(f'<span style="color:{c}">{_BLOCK}</span>' for c in colours)
        words = tr(
            "Share of time: little {blocks} most, {share} at {plain}",
            blocks=blocks,
            share=share,
            plain=_plain(title),
        )
        self.setText(f'<span style="color:{self._session.theme.text}">{words}</span>')
        self.setAccessibleDescription(
            tr("Most time, {share}, goes at {title}", share=share, title=title)
        )
        self.adjustSize()
        self.move(_MARGIN, _MARGIN)
        self.show()

    @Slot(object)
    def set_theme(self, _theme: object) -> None:
        """Take the colours of another theme."""
        self.show_run(self._marking.run)


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
