import re

import pytest
from PySide6.QtCore import QXmlStreamReader
from PySide6.QtGui import QColor
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from summit_studio.app.look.contrast import luminance
from summit_studio.app.look.icons import icon, known_icons, pixmap
from summit_studio.app.look.theme import Theme
from summit_studio.core.resources import resource
from tests.benchmarks.contrast import THEMES

ALL = pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
WANTED = (
    "csv json parquet excel database sql generator select filter derive join union aggregate "
    "sort deduplicate lookup python rules preview unknown table-write file-write new open save "
    "undo redo run stop validate export zoom-in zoom-out fit search settings sun moon command "
    "add delete copy paste duplicate history problems log chart table key info warning error "
    "check folder play-step note chevron-right close"
)


@ALL
def test_the_style_sheet_is_whole_and_qt_takes_it(theme, qtbot):
    sheet = theme.stylesheet()
    assert "$" not in sheet
    for picture in re.findall(r'url\("([^"]+)"\)', sheet):
        assert QSvgRenderer(picture).isValid(), picture
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    primary, plain = QPushButton("Run"), QPushButton("Cancel")
    primary.setProperty("primary", True)
    for widget in (primary, plain, QLineEdit("text")):
        column.addWidget(widget)
    window.setStyleSheet(sheet)
    window.setPalette(theme.palette())
    window.show()
    inside = primary.geometry().topLeft()
    shot = window.grab().toImage()
    assert shot.pixelColor(inside.x() + 8, inside.y() + 8) == QColor(theme.accent)


def test_the_themes_differ_in_nothing_but_colours():
    light, dark = Theme.light(), Theme.dark()
    assert (light.is_dark, dark.is_dark) == (False, True)
    assert light.categories == dark.categories
    assert luminance(light.canvas) > luminance(dark.canvas)
    assert light.category("source") == "#0072B2"
    assert light.category("no such") == light.faint


@pytest.mark.parametrize("name", WANTED.split())
def test_each_icon_is_there_and_of_the_family(name):
    text = resource(f"icons/{name}.svg").read_text("utf-8")
    assert 'viewBox="0 0 24 24"' in text
    assert 'stroke-width="1.75"' in text
    assert 'stroke="currentColor"' in text
    assert not re.search(r"#[0-9a-fA-F]{3,6}", text)
    reader = QXmlStreamReader(text)
    while not reader.atEnd():
        reader.readNext()
    assert not reader.hasError()


def test_every_icon_draws_something_different_within_its_box(qapp):
    drawn = {name: pixmap(name, "#000000", 48).toImage() for name in known_icons()}
    for name, image in drawn.items():
        assert not any(image.pixelColor(x, y).alpha() for x in range(48) for y in (0, 1, 46, 47)), (
            f"{name} touches the edge"
        )
    empty = pixmap("unknown", QColor(0, 0, 0, 0), 48).toImage()
    assert all(image != empty for image in drawn.values())
    distinct = {bytes(image.constBits()) for image in drawn.values()}
    assert len(distinct) >= len(drawn) - 2


def test_icons_take_a_colour_and_stay_sharp(qapp):
    made = icon("stop", "#ff0000")
    for size in (16, 24, 48):
        picture = made.pixmap(size, size)
        assert picture.width() == size
    colours = {
        made.pixmap(48, 48).toImage().pixelColor(x, 24).name()
        for x in range(48)
        if made.pixmap(48, 48).toImage().pixelColor(x, 24).alpha() == 255
    }
    assert colours == {"#ff0000"}


def test_a_name_without_an_icon_shows_the_unknown_one(qapp):
    assert pixmap("no-such", "#000", 32).toImage() == pixmap("unknown", "#000", 32).toImage()
