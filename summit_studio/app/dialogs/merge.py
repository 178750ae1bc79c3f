"""Where document and file were both changed: which of the two holds, one by one."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.words import tr
from summit_studio.app.session.merging import MergeQuestion, Merger
from summit_studio.document.merging import Conflict

_SIZE = (640, 420)


class ConflictChoice(QWidget):
    """One conflict: what it is about, what it is here and what there."""

    def __init__(self, conflict: Conflict, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.conflict = conflict
        head = QLabel(conflict.what)
        head.setProperty("role", "strong")
        head.setTextFormat(Qt.TextFormat.PlainText)
        head.setWordWrap(True)
        self.mine = QRadioButton(tr("Mine"))
        self.theirs = QRadioButton(tr("Theirs"))
        self.mine.setChecked(True)
        sides = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(head)
        for side, value in ((self.mine, conflict.mine), (self.theirs, conflict.theirs)):
            side.setAccessibleName(f"{conflict.what}: {side.text()}, {value}")
            side.setMinimumWidth(80)
            sides.addButton(side)
            told = QLabel(value)
            told.setTextFormat(Qt.TextFormat.PlainText)
            told.setWordWrap(True)
            told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            line = QHBoxLayout()
            line.setSpacing(12)
            line.addWidget(side, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(told, 1)
            column.addLayout(line)


class MergeDialog(QDialog):
    """Lists what both changed. Merge makes one version of the two; Cancel leaves all as it is."""

    def __init__(
        self, question: MergeQuestion, merger: Merger, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._question = question
        self._merger = merger
        self.setWindowTitle(tr("Changed here and in the file"))
        self.resize(*_SIZE)
        count = len(question.conflicts)
        told = QLabel(
            tr(
                "{things} changed both here and in the file. Choose which holds; all that only "
                "one of them changed is kept.",
                things=tr("One thing was")
                if count == 1
                else tr("{count} things were", count=count),
            )
        )
        told.setWordWrap(True)
        self.choices = [ConflictChoice(c) for c in question.conflicts]
        self.all_mine = self._make_all(tr("All mine"), self._choose_mine)
        self.all_theirs = self._make_all(tr("All theirs"), self._choose_theirs)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.done_button = buttons.addButton(tr("Merge"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.done_button.setDefault(True)
        self.done_button.setProperty("primary", True)
        buttons.accepted.connect(self._finish)
        buttons.rejected.connect(self.reject)
        lower = QHBoxLayout()
        lower.addWidget(self.all_mine)
        lower.addWidget(self.all_theirs)
        lower.addWidget(buttons, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(told)
        column.addWidget(self._list(), 1)
        column.addLayout(lower)

    def _make_all(self, text: str, act: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(act)
        button.setVisible(len(self.choices) > 1)
        return button

    def _list(self) -> QScrollArea:
        body = QWidget()
        body.setProperty("role", "panel")
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(16)
        for choice in self.choices:
            column.addWidget(choice)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.StyledPanel)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return scroll

    @Slot()
    def _choose_mine(self) -> None:
        for choice in self.choices:
            choice.mine.setChecked(True)

    @Slot()
    def _choose_theirs(self) -> None:
        for choice in self.choices:
            choice.theirs.setChecked(True)

    @Slot()
    def _finish(self) -> None:
        self.accept()
        taken = [c.conflict.key for c in self.choices if c.theirs.isChecked()]
        self._merger.finish(self._question, taken)
