"""Export for a headless run: choose a folder, write it in a worker, say what came out."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.words import tr
from summit_studio.app.session.background import Job, Unsure
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice

_LIMIT_SECS = 3600.0


class ExportDialog(QDialog):
    """Writes a folder that runs on a server without the editor.

    Args:
        path: The saved pipeline.
    """

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path = Path()
        self._unsure = Unsure(_LIMIT_SECS, self)
        self.setWindowTitle(tr("Export for headless run"))
        self.setMinimumWidth(520)
        self.folder = QLineEdit()
        self.folder.setAccessibleName(tr("Folder to export to"))
        self.verify = QCheckBox(tr("Run the export once and compare its result"))
        self.verify.setChecked(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.hide()
        self.status = QLabel()
        self.status.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.go = QPushButton(tr("Export"))
        self.go.setProperty("primary", True)
        self.go.setDefault(True)
        self.go.clicked.connect(self.export)
        self.show_folder = QPushButton(tr("Open folder"))
        self.show_folder.clicked.connect(self._open)
        self.show_folder.hide()
        self._build()
        self.take(path)

    def _build(self) -> None:
        text = QLabel(
            tr(
                "Writes the pipeline, the connections it needs (references, never passwords), "
                "pinned requirements and a run script into a folder of their own."
            )
        )
        text.setProperty("role", "hint")
        text.setWordWrap(True)
        browse = QPushButton(tr("Browse…"))
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.reject)
        last = QHBoxLayout()
        last.setSpacing(8)
        last.addWidget(self.show_folder)
        last.addStretch(1)
        last.addWidget(close)
        last.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(text)
        column.addLayout(row)
        column.addWidget(self.verify)
        column.addWidget(self.bar)
        column.addWidget(self.status)
        column.addLayout(last)

    def take(self, path: Path) -> None:
        """Export another file; the same again leaves the folder as it was typed."""
        if path != self._path:
            self._path = path
            stem = path.name.partition(".")[0]
            self.folder.setText(str(path.parent / f"{stem}-bundle"))

    @Slot()
    def export(self) -> None:
        """Write the folder in a worker."""
        target, verify, path = (
            Path(self.folder.text()).expanduser(),
            self.verify.isChecked(),
            self._path,
        )

        def work() -> Any:
            from summit_studio.export.bundle import export_bundle

            return export_bundle(path, target, verify=verify)

        self.go.setEnabled(False)
        self.bar.show()
        self._tell(
            tr("Writing and checking the export…") if verify else tr("Writing the export…"), "hint"
        )
        # The dialog may be closed meanwhile: the export goes on, and nobody waits for it.
        self._unsure.start(Job(work, self._done, self._failed), self._late)

    def _late(self) -> None:
        self._tell(
            tr(
                "The export has taken more than {limit_secs:.0f} minutes.",
                limit_secs=_LIMIT_SECS / 60,
            ),
            "error",
        )

    @Slot()
    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Export to"), str(self._path.parent))
        if chosen:
            self.folder.setText(chosen)

    @Slot()
    def _open(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(self.folder.text()))

    def _done(self, report: Any) -> None:
        self.bar.hide()
        self.go.setEnabled(True)
        self.show_folder.show()
        self._tell(str(report), "strong")

    def _failed(self, error: Exception) -> None:
        self.bar.hide()
        self.go.setEnabled(True)
        notice = Notice.of(error)
        self._tell(sentences(notice.text, notice.detail), "error")

    def _tell(self, text: str, role: str) -> None:
        self.status.setProperty("role", role)
        self.status.style().unpolish(self.status)
        self.status.style().polish(self.status)
        self.status.setText(text)
        # A dialog does not grow by itself with a text that wraps.
        self.adjustSize()
        self.resize(self.width(), max(self.height(), self.heightForWidth(self.width())))
