"""What differs between the pipeline on the screen and that in its file."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QVBoxLayout, QWidget

from summit_studio.app.look.words import tr
from summit_studio.document.difference import differences
from summit_studio.document.model import Document


class DifferenceDialog(QDialog):
    """A list of what differs; the person chooses on, and the document stays as it is.

    Args:
        mine: What is on the screen.
        theirs: What is in the file.
    """

    def __init__(self, mine: Document, theirs: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Here and in the file"))
        self.resize(640, 360)
        told = QLabel(tr("“Here” is the pipeline on the screen, “there” is the file as it is now."))
        told.setWordWrap(True)
        self.list = QListWidget()
        self.list.setProperty("role", "field")
        self.list.setAccessibleName(tr("What differs"))
        self.list.setWordWrap(True)
        self.list.addItems(
            differences(mine, theirs) or (tr("Nothing but how the file is written"),)
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for part in (told, self.list, buttons):
            column.addWidget(part)
