"""The status bar: what runs, what is wrong, how large the view is."""

from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QStatusBar, QWidget

from summit_studio.app.look.words import tr
from summit_studio.app.panels.chart import short
from summit_studio.app.session.run_state import RunState

_TOLD_MS = 6000


class Status(QStatusBar):
    """Quiet figures at the lower edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.run = QLabel(tr("Ready"))
        self.problems = QLabel("")
        self.zoom = QLabel("100 %")
        self.run.setToolTip(tr("The run, and the speed at which its sources read"))
        self.problems.setToolTip(tr("Errors and warnings found"))
        self.zoom.setToolTip(tr("Zoom of the canvas"))
        self.addWidget(self.run)
        self.addPermanentWidget(self.problems)
        self.addPermanentWidget(self.zoom)

    def set_ready(self) -> None:
        """Say that nothing has run yet."""
        self.run.setText(tr("Ready"))

    def set_run(self, run: RunState, *, cancelling: bool) -> None:
        """Show how a run stands."""
        if run.finished:
            self.run.setText(
                tr(
                    "Run {value} in {seconds:.2f} s",
                    value=run.status.value.replace("_", " "),
                    seconds=run.seconds,
                )
            )
        elif cancelling:
            self.run.setText(tr("Cancelling…"))
        elif run.starting:
            self.run.setText(tr("Starting…"))
        else:
            self.run.setText(tr("Running  ·  {short} rows/s", short=short(run.speed)))

    @Slot(object)
    def tell(self, text: str) -> None:
        """Say something for a few seconds."""
        self.showMessage(text, _TOLD_MS)

    @Slot(object)
    def set_problems(self, counts: Any) -> None:
        """Show how many errors and warnings there are; hints where there is nothing else."""
        errors, warnings, hints = counts
        parts = [
            f"{count} {noun}{'' if count == 1 else 's'}"
            for count, noun in ((errors, "error"), (warnings, "warning"))
            if count
        ]
        calm = tr("1 hint") if hints == 1 else tr("{hints} hints", hints=hints)
        self.problems.setText(", ".join(parts) or (calm if hints else tr("No problems")))

    @Slot(object)
    def set_zoom(self, zoom: float) -> None:
        """Show the zoom."""
        self.zoom.setText(f"{zoom * 100:.0f} %")
