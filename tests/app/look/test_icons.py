"""Icons: sharp at any scale of the screen, and faded where disabled."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QPixmap

from summit_studio.app.look.icons import icon, pixmap


def _ink(picture: QPixmap) -> int:
    image = picture.toImage()
    alphas = (
        image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())
    )
    return sum(alphas)


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_an_icon_has_as_many_pixels_as_the_screen(qapp, ratio):
    drawn = icon("play", "#123456").pixmap(QSize(20, 20), ratio)
    assert drawn.size() == QSize(round(20 * ratio), round(20 * ratio))
    assert drawn.devicePixelRatio() == ratio
    assert drawn.toImage().pixelColor(drawn.rect().center()) == pixmap(
        "play", "#123456", drawn.width()
    ).toImage().pixelColor(drawn.rect().center())


def test_a_disabled_icon_is_faded(qapp):
    made = icon("play", "#123456")
    plain = _ink(made.pixmap(QSize(32, 32)))
    faded = _ink(made.pixmap(QSize(32, 32), 1.0, QIcon.Mode.Disabled))
    assert 0.3 * plain < faded < 0.5 * plain


def test_a_name_without_a_picture_has_that_of_the_unknown(qapp):
    asked = icon("../icons/play", "#123456").pixmap(QSize(24, 24)).toImage()
    assert asked == icon("unknown", "#123456").pixmap(QSize(24, 24)).toImage()
