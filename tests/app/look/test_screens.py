"""Screens: asked for by place, since to ask a widget for its screen ends in a crash."""

import re
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication

import summit_studio.app
from summit_studio.app.look.screens import room_at


def test_a_place_on_no_screen_is_taken_for_one_on_the_first(qapp):
    whole = QGuiApplication.primaryScreen().availableGeometry()
    assert room_at(whole.center()) == whole
    assert room_at(QPoint(-90_000, 70_000)) == whole


def test_nothing_asks_a_widget_for_its_screen():
    folder = Path(summit_studio.app.__file__).parent
    asking = re.compile(r"\.screen\(\)\.|= \w+(?:\.\w+)*\.screen\(\)")
    found = [f.name for f in folder.rglob("*.py") if asking.search(f.read_text("utf-8"))]
    assert found == []
