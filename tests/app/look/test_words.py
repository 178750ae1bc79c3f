"""The texts of the editor in other languages."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from summit_studio.app.look.words import CONTEXT, PSEUDO, fitting, languages, speak, tr

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def spoken(qapp):
    """Speak a language for the time of a test."""
    before = set(qapp.findChildren(QTranslator))
    yield lambda code: speak(qapp, code)
    for translator in set(qapp.findChildren(QTranslator)) - before:
        QApplication.removeTranslator(translator)
        translator.deleteLater()


def test_the_catalogues_are_up_to_date():
    command = [sys.executable, str(ROOT / "packaging" / "words.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_wanted_language_that_there_is_is_spoken():
    assert {"en", "de", PSEUDO} <= set(languages())
    assert fitting(["xx", "de_AT", "en"]) == "de"
    assert fitting(["xx"]) == "en"


def test_english_loads_nothing(qapp, spoken):
    before = qapp.findChildren(QTranslator)
    assert spoken("en") == "en"
    assert qapp.findChildren(QTranslator) == before


def test_a_broken_translation_falls_back_to_english(qapp, spoken):
    class Broken(QTranslator):
        def translate(self, context, source, comment=None, n=-1):
            del comment, n
            wrong = {
                "Stop {name}": "Halt {nam}",
                "Go {name}": "Los {name",
                "In {name}": "Im {name}",
            }
            return wrong.get(source, source) if context == CONTEXT else source

        def isEmpty(self):  # noqa: N802 - as Qt calls it
            return False

    qapp.installTranslator(Broken(qapp))
    assert tr("Stop {name}", name="a") == "Stop a"
    assert tr("Go {name}", name="a") == "Go a"
    assert tr("In {name}", name="a{") == "Im a{"


def test_menus_and_panels_speak_german(spoken, request):
    spoken("de")
    window = request.getfixturevalue("window")
    menus = [a.text().replace("&", "") for a in window.menuBar().actions()]
    assert menus[:2] == ["Datei", "Bearbeiten"]
    assert window.docks.toggles()[0].text() == "Bibliothek"


def test_every_action_and_menu_goes_through_the_catalogue(spoken, request):
    spoken(PSEUDO)
    window = request.getfixturevalue("window")
    said = [a.text() for a in window.menuBar().actions()]
    for action in window.menuBar().actions():
        said += [a.text() for a in action.menu().actions() if not a.isSeparator()]
    said += [a.text() for a in window.docks.toggles()]
    assert [t for t in said if "⟦" not in t] == []
