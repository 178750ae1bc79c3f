"""A picture of the pipeline: of all or a part, light or dark, with a run's counts or without."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.canvas.printing import Print
from summit_studio.app.canvas.scene import CanvasScene
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr

_PREVIEW = QSize(560, 260)


class PictureDialog(QDialog):
    """Shows the picture as it will be; `Save…` and `Copy` take it.

    Args:
        scene: What is drawn.
        save: Asks for a file and writes the picture.
        copy: Puts it on the clipboard.
        run: True where there is a run to show.
    """

    def __init__(
        self,
        scene: CanvasScene,
        save: Callable[[Print], None],
        copy: Callable[[Print], None],
        parent: QWidget | None = None,
        *,
        run: bool,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Picture of the pipeline"))
        self._scene, self._save, self._copy = scene, save, copy
        self.print: Print | None = None
        self.what, self.look = QComboBox(), QComboBox()
        self.what.addItem(tr("Whole pipeline"), None)
        chosen = scene.selection.nodes
        if chosen:
            noun = tr("node") if len(chosen) == 1 else tr("nodes")
            self.what.addItem(
                tr("Selection, {count:,} {noun}", count=len(chosen), noun=noun), chosen
            )
        theme = scene.stage.style.theme
        for name, dark in ((tr("Light"), False), (tr("Dark"), True)):
            self.look.addItem(name, Theme.of(dark=dark, contrast=theme.is_contrast))
        self.look.setCurrentIndex(int(theme.is_dark))
        self.run = QCheckBox(tr("With the states and counts of the run"))
        self.run.setVisible(run)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setFrameShape(QFrame.Shape.StyledPanel)
        self.picture.setProperty("role", "picture")
        self.picture.setFixedSize(_PREVIEW)
        self.picture.setAccessibleName(tr("The picture as it will be"))
        self._place()
        for combo in (self.what, self.look):
            combo.currentIndexChanged.connect(self._draw)
        self.run.toggled.connect(self._draw)
        self._draw()

    def _place(self) -> None:
        fields = QFormLayout()
        fields.setHorizontalSpacing(16)
        for name, field in ((tr("Of"), self.what), (tr("Colours"), self.look)):
            field.setAccessibleName(name)
            label = QLabel(name)
            label.setProperty("role", "label")
            fields.addRow(label, field)
        fields.addRow("", self.run)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        act = QDialogButtonBox.ButtonRole.ActionRole
        self.save_button = buttons.addButton(tr("Save…"), act)
        self.copy_button = buttons.addButton(tr("Copy"), act)
        self.save_button.setDefault(True)
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self._on_save)
        self.copy_button.clicked.connect(self._on_copy)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.picture)
        column.addLayout(fields)
        column.addWidget(buttons)

    @Slot()
    def _draw(self) -> None:
        self._drop()
        run = self.run.isChecked()
        self.print = Print(self._scene, self.look.currentData(), self.what.currentData(), run=run)
        ratio = self.devicePixelRatioF()
        image = self.print.image(_PREVIEW * ratio)
        image.setDevicePixelRatio(ratio)
        self.picture.setPixmap(QPixmap.fromImage(image))

    def done(self, result: int) -> None:
        """Let the picture go."""
        self._drop()
        super().done(result)

    def _drop(self) -> None:
        if self.print is not None:
            self.print.close()
            self.print = None

    @Slot()
    def _on_save(self) -> None:
        if self.print is not None:
            self._save(self.print)

    @Slot()
    def _on_copy(self) -> None:
        if self.print is not None:
            self._copy(self.print)
            self.copy_button.setText(tr("Copied"))
