"""Notes in the window: made, coloured, and where their links lead."""

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QContextMenuEvent, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from summit_studio.app.session.selection import Selection
from summit_studio.app.shell.links import target
from summit_studio.document.edits import SetNote


@pytest.fixture
def canvas(window, pipeline, settle):
    window.session.bridge.set_document(pipeline)
    settle()
    window.canvas.setFocus()
    return window.canvas


def write(canvas, text: str) -> None:
    field = canvas.viewport().focusWidget()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Escape)


def test_a_key_makes_a_note_below_what_is_selected_in_one_step(window, canvas):
    before = window.session.document
    canvas.select(["paid"])
    QTest.keyClick(canvas, Qt.Key.Key_N)
    write(canvas, "Only what was paid")
    document = window.session.document
    assert document.notes["note"].text == "Only what was paid"
    x, y, *_ = document.layout.notes["note"]
    assert x == 304
    assert y >= 64
    assert canvas.scene().selection.notes == ("note",)
    window.session.bridge.undo()
    assert window.session.document == before
    QTest.keyClick(canvas, Qt.Key.Key_N)
    write(canvas, "  ")
    assert window.session.document == before
    assert not window.session.bridge.can_undo


def test_the_menu_of_the_empty_canvas_makes_one_where_it_was_asked_for(window, canvas):
    spot = canvas.mapFromScene(80, 300)
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, spot, canvas.viewport().mapToGlobal(spot)
    )
    QApplication.sendEvent(canvas.viewport(), event)
    menu = window.findChild(QMenu)
    menu.close()
    window.actions_table.trigger("add_note")
    write(canvas, "Here")
    assert window.session.document.layout.notes["note"][:2] == (80, 304)


def test_a_colour_is_kept_beside_the_place_and_means_nothing(window, canvas):
    session = window.session
    session.do(SetNote("why", "Because", (0, 200, 224, 96)))
    session.bridge.flush()
    before = session.document
    canvas.select(Selection(notes=("why",)))
    window.actions_table.trigger("colour_green")
    session.bridge.flush()
    assert session.document.layout.colours == {"why": "green"}
    assert session.document.meaning() == before.meaning()
    assert canvas.scene().shown.notes["why"].colour == "green"
    window.actions_table.trigger("colour_yellow")
    assert session.document == before
    canvas.select(["paid"])
    window.actions_table.refresh()
    assert not window.actions_table["colour_green"].isEnabled()


def test_links_lead_into_the_web_and_the_folder_and_nowhere_else(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "rules.md").write_text("x")
    (folder / "run.sh").write_text("x")
    (folder / "quiet").write_text("x")
    (folder / "quiet").chmod(0o755)
    (tmp_path / "secret.txt").write_text("x")
    (folder / "way").symlink_to(tmp_path)
    assert target("https://a.org/x", folder)[0] == QUrl("https://a.org/x")
    inside = QUrl.fromLocalFile(str((folder / "rules.md").resolve()))
    for link in ("rules.md", "./rules.md", f"file://{folder}/rules.md"):
        assert target(link, folder)[0] == inside
    refused = {
        "../secret.txt": "out of the folder",
        "way/secret.txt": "out of the folder",
        "file:///etc/passwd": "out of the folder",
        "file://host/work/rules.md": "out of the folder",
        "gone.md": "no such file",
        "run.sh": "program",
        "quiet": "program",
        "javascript:alert(1)": "Only http",
        "ftp://a.org/x": "Only http",
        "https:rules.md": "Only http",
    }
    for link, why in refused.items():
        url, told = target(link, folder)
        assert url is None, link
        assert why in told, link


class Browser(QObject):
    """Takes what would go to the browser of the system."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[QUrl] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url)


def test_a_click_opens_a_link_and_one_that_may_not_says_why(window, canvas):
    session, browser = window.session, Browser()
    session.do(SetNote("n", "[web](https://a.org)\n\n[out](/etc/hosts)", (0, 200, 224, 96)))
    session.bridge.flush()
    item = canvas.scene().shown.notes["n"]
    canvas.ensure_seen(item.frame)
    QDesktopServices.setUrlHandler("https", browser, "open")
    try:
        for down in (18, 36):
            spot = canvas.mapFromScene(item.left + 18, item.top + down)
            QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    finally:
        QDesktopServices.unsetUrlHandler("https")
    assert browser.opened == [QUrl("https://a.org")]
    assert window.banner.text.text() == "The link to '/etc/hosts' was not opened"
