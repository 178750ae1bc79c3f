from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from summit_studio.app.session import examples
from summit_studio.app.shell.welcome import Card, WelcomePage
from summit_studio.document.files import load, save
from summit_studio.document.model import Document
from summit_studio.workspace.trust import is_trusted


def test_cards_open_by_mouse_and_keyboard(qtbot, home, tmp_path):
    from summit_studio.app.session.settings import Settings
    from summit_studio.app.shell.starting import make_application

    make_application([])
    path = tmp_path / "orders.summit.json"
    save(Document(name="Orders", extra={"description": "Loads orders.\nMore."}), path)
    settings = Settings()
    settings.add_recent(path)
    page = WelcomePage(settings, [path])
    qtbot.addWidget(page)
    page.show()
    cards = page.findChildren(Card)
    assert [c.accessibleName() for c in cards] == ["Orders", "orders"]
    assert cards[0].accessibleDescription() == "Loads orders."
    with qtbot.waitSignal(page.asked) as asked:
        QTest.mouseClick(cards[0], Qt.MouseButton.LeftButton)
    assert asked.args == [path]
    with qtbot.waitSignal(page.asked) as asked:
        QTest.keyClick(cards[1], Qt.Key.Key_Return)
    assert asked.args == [path]


def test_an_example_is_opened_as_the_users_own_trusted_copy(home, tmp_path, monkeypatch):
    ours = tmp_path / "ours"
    (ours / "data").mkdir(parents=True)
    (ours / "data" / "orders.csv").write_text("id\n1\n")
    save(Document(name="Orders"), ours / "orders.summit.json")
    monkeypatch.setattr(examples, "resource", lambda _name: ours)
    (found,) = examples.examples()
    assert examples.is_example(found)
    copy = examples.copy_of(found)
    assert copy.is_relative_to(home)
    assert not examples.is_example(copy)
    assert is_trusted(copy.parent)
    assert (copy.parent / "data" / "orders.csv").read_text() == "id\n1\n"
    save(Document(name="Mine"), copy)
    assert load(examples.copy_of(found)).document.name == "Mine"
    assert load(found).document.name == "Orders"
