"""The style of the editor's own roles, on top of the theme's sheet; colours by meaning."""

from string import Template

from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication

from summit_studio.app.look.contrast import PART, TEXT, seen_on
from summit_studio.app.look.theme import Theme
from summit_studio.app.look.words import tr
from summit_studio.core.problems import Severity

_SHEET = Template(
    """
QLabel[role="label"] { font-weight: 600; }
QLabel[role="info"] { color: $muted; font-size: 11px; }
QLabel[role="error"] { color: $danger; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="success"] { color: $success; }
QLabel[role="strong"], QLabel[role="empty-title"] { font-weight: 600; }
QLabel[role="dock-title"] {
  padding: 8px 12px; border-bottom: 1px solid $border; background: $window;
}
QDockWidget#inspector > QWidget { border-top: none; }
QToolButton[role="dock-menu"] { padding: 0 6px; font-weight: 600; color: $muted; }
QToolButton[role="dock-menu"]:hover { color: $accent; }
QLabel[role="display"] { font-weight: 600; font-size: 28px; }
QLineEdit[role="title"] {
  font-size: ${heading}px; font-weight: 600; border-color: transparent; background: transparent;
  padding-left: 4px;
}
QLineEdit[role="title"]:hover { border-color: $border; }
QLineEdit[role="title"]:focus { border-color: $accent; background: $surface; }
QLineEdit[invalid="error"], QPlainTextEdit[invalid="error"], QComboBox[invalid="error"],
QListWidget[invalid="error"], QTableView[invalid="error"] { border: 1px solid $danger; }
QLineEdit[invalid="warning"], QPlainTextEdit[invalid="warning"], QComboBox[invalid="warning"],
QListWidget[invalid="warning"], QTableView[invalid="warning"] { border: 1px solid $warning; }
QPushButton[role="remedy"] {
  border: none; background: transparent; color: $accent; padding: 0; font-weight: 600;
}
QPushButton[role="remedy"]:hover, QPushButton[role="remedy"]:focus { text-decoration: underline; }
QToolButton[role="fold"] {
  border: none; background: transparent; color: $muted; font-weight: 600; padding: 4px;
}
QFrame[role="card"] {
  background: $raised; border: 1px solid $border; border-radius: ${card}px;
}
QPushButton[compact="true"] { padding: 2px 10px; }
QToolButton[role="sign"] {
  background: $surface; border: 1px solid $border_strong; border-radius: ${radius}px;
  color: $muted; font-size: 11px; padding: 2px 8px;
}
QToolButton[role="sign"]:hover { border-color: $accent; }
QToolButton[role="sign"]:checked { border-color: $accent; color: $accent; }
QFrame[role="popup"] { background: $surface; border: 1px solid $border_strong; }
QFrame[role="find"] {
  background: $surface; border: 1px solid $border_strong; border-radius: ${card}px;
}
QPlainTextEdit[role="log"] { border: none; border-radius: 0; background: $surface; }
QListView[role="legend"] { border: none; font-size: 11px; }
QWidget[role="legend-frame"] { border-left: 1px solid $border; background: $surface; }
QListWidget[role="choices"] { border: none; background: transparent; }
QListWidget[role="choices"]::item, QListWidget[role="rows"]::item { padding: 0; }
QListWidget[role="rows"]::item { border-bottom: 1px solid $border; border-radius: 0; }
QListWidget[role="choices"]::item:selected { background: $accent_soft; border-radius: ${radius}px; }
QScrollArea[role="welcome"], QWidget[role="welcome"] { background: $canvas; }
QFrame[role="welcome-card"] {
  background: $surface; border: 1px solid $border; border-radius: ${card}px;
}
QFrame[role="welcome-card"]:hover, QFrame[role="welcome-card"]:focus { border-color: $accent; }
QFrame[role="welcome-card"]:focus { background: $accent_soft; }
QMainWindow > QTabBar { background: $window; }
QMainWindow > QTabBar::tab { padding: 7px 9px; }
QTabBar[role="documents"] { background: $window; border-bottom: 1px solid $border; }
QTabBar[role="documents"]::tab {
  padding: 6px 8px 6px 12px; margin: 0; border: none; border-right: 1px solid $border;
  border-top: 2px solid transparent; max-width: 240px; min-width: 56px;
}
QTabBar[role="documents"]::tab:selected {
  background: $surface; border-top: 2px solid $accent; border-bottom: none;
}
QTabBar[role="documents"]::close-button { width: 9px; height: 9px; margin: 2px; }
QTabBar[role="documents"]::close-button:hover { background: $border; border-radius: 4px; }
QLabel[role="picture"] { border: 1px solid $border; }
QLabel[role="note"] {
  background: $surface; color: $warning; border: 1px solid $border; border-radius: ${radius}px;
  padding: 4px 8px; font-size: 11px;
}
QScrollArea[role="panel"], QWidget[role="panel"] { background: $surface; }
QTableView[role="field"], QListWidget[role="field"] {
  border: 1px solid $border_strong; border-radius: ${radius}px;
}
QToolButton[role="side"] {
  border: none; background: transparent; color: $muted; font-size: 11px; padding: 1px 6px;
}
QToolButton[role="side"]:checked { color: $accent; font-weight: 600; }
QToolButton[role="side"]:focus { text-decoration: underline; }
QTableView[role="live"] { background: transparent; }
QTableView[role="live"]::item:disabled { color: $muted; }
QTableView[role="field"]#mapping::item { padding: 0 2px; }
QTableView[role="field"]#mapping QHeaderView::section { padding: 6px 4px; }
QTableView[role="field"]:focus, QListWidget[role="field"]:focus { border-color: $accent; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QStatusBar QLabel { padding: 2px 8px; color: $muted; }
QWidget[role="breadcrumb"] { background: $surface; border-bottom: 1px solid $border; }
QWidget[role="banner"] { background: $accent_soft; border-bottom: 1px solid $border; }
QWidget[role="banner"][severity="error"], QWidget[role="banner"][severity="warning"] {
  background: $danger_soft;
}
QWidget[role="banner"][floating="true"] {
  border: 1px solid $border_strong; border-radius: ${radius}px;
}
QProgressBar { border: none; border-radius: 0; background: $border; }
QProgressBar::chunk { background: $accent; border-radius: 0; }
QProgressBar[status="succeeded"]::chunk { background: $success; }
QProgressBar[status="failed"]::chunk, QProgressBar[status="quality_failed"]::chunk {
  background: $danger;
}
QProgressBar[status="cancelled"]::chunk { background: $warning; }
"""
)


def apply(theme: Theme) -> None:
    """Draw the whole application in a theme."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)  # noqa: S101 - holds by construction
    app.setPalette(theme.palette())
    app.setFont(theme.font())
    app.setStyleSheet(theme.stylesheet() + sheet(theme))


def sheet(theme: Theme) -> str:
    """Return the style of the editor's own roles."""
    return _SHEET.substitute(
        muted=theme.muted,
        danger=theme.danger,
        danger_soft=theme.danger_soft,
        warning=theme.warning,
        success=theme.success,
        accent=theme.accent,
        accent_soft=theme.accent_soft,
        surface=theme.surface,
        window=theme.window,
        raised=theme.raised,
        canvas=theme.canvas,
        border=theme.border,
        border_strong=theme.border_strong,
        heading=theme.HEADING,
        radius=theme.RADIUS,
        card=theme.CARD_RADIUS,
    )


def category_colour(theme: Theme, category: str) -> str:
    """Return a category's colour for thin lines; that of second lines for none."""
    colour = theme.categories.get(str(category))
    least = TEXT if theme.is_contrast else PART
    return theme.muted if colour is None else seen_on(colour, theme.raised, least)


def severity_colour(theme: Theme, severity: Severity) -> str:
    """Return the colour of a severity."""
    colours = {Severity.ERROR: theme.danger, Severity.WARNING: theme.warning}
    return colours.get(severity, theme.accent)


def severity_word(severity: Severity) -> str:
    """Return what a severity is called."""
    words = {Severity.ERROR: tr("error"), Severity.WARNING: tr("warning")}
    return words.get(severity, tr("info"))


def icon_colour(theme: Theme) -> str:
    """Return the colour of icons in menus and bars."""
    return theme.text


def muted_colour() -> QColor:
    """Return the colour of hints. A widget's own palette shows what style sheets made of it."""
    return QGuiApplication.palette().placeholderText().color()


def accent_colour() -> QColor:
    """Return the accent."""
    return QGuiApplication.palette().highlight().color()
