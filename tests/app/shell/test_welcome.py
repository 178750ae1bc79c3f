from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest

from summit_studio.app.canvas.picture import picture
from summit_studio.app.look.theme import Theme
from summit_studio.app.session import examples
from summit_studio.app.session.examples import Example
from summit_studio.app.shell.welcome import Card, WelcomePage
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Edge, Layout, Node
from summit_studio.workspace.trust import is_trusted


def pictured(document: Document, size: QSize) -> QPixmap:
    return picture(document, lambda _: "source", Theme.light(), size)


def test_a_picture_shows_each_card_in_its_colour_and_the_lines_between(qapp):
    nodes = {i: Node(i, "csv_source", {}) for i in ("a", "b")}
    document = Document(
        "two", nodes=nodes, edges=(Edge.parse("a.rows -> b.rows"),),
        layout=Layout(nodes={"a": (0, 0), "b": (400, 0)}),
    )  # fmt: skip
    theme = Theme.light()
    image = picture(
        document, lambda node: "source" if node.id == "a" else "sink", theme, QSize(300, 112)
    ).toImage()
    colours = {image.pixelColor(x, y).name().upper() for x in range(300) for y in range(112)}
    assert {theme.category("source"), theme.category("sink"), theme.canvas} <= colours
    middle = {image.pixelColor(150, y).name().upper() for y in range(112)}
    assert middle != {theme.canvas}
    empty = picture(Document("none"), lambda _: "", theme, QSize(300, 112)).toImage()
    assert {empty.pixelColor(x, 50).name().upper() for x in range(300)} == {theme.canvas}


def test_the_gallery_shows_every_example_with_its_picture(window):
    page = window.owner.windows[0].welcome if hasattr(window, "owner") else window.welcome
    shown = {card.accessibleName() for card in page.findChildren(Card)}
    ours = examples.examples()
    assert len(ours) >= 12
    assert {each.document.name for each in ours} <= shown
    assert all(each.text.endswith(".") and len(each.text) < 140 for each in ours)


def test_cards_open_by_mouse_and_keyboard(qtbot, home, tmp_path):
    from summit_studio.app.session.settings import Settings
    from summit_studio.app.shell.starting import make_application

    make_application([])
    path = tmp_path / "orders.summit.json"
    save(Document(name="Orders", extra={"description": "Loads orders.\nMore."}), path)
    settings = Settings()
    settings.add_recent(path)
    page = WelcomePage(settings, [Example(path, load(path).document)], pictured)
    qtbot.addWidget(page)
    page.show()
    cards = page.findChildren(Card)
    assert [c.accessibleName() for c in cards] == ["orders", "Orders"]
    assert cards[1].accessibleDescription() == "Loads orders."
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
    (ours / "broken.summit.json").write_text("{")
    (found,) = (each.path for each in examples.examples())
    assert examples.is_example(found)
    copy = examples.copy_of(found)
    assert copy.is_relative_to(home)
    assert not examples.is_example(copy)
    assert is_trusted(copy.parent)
    assert (copy.parent / "data" / "orders.csv").read_text() == "id\n1\n"
    save(Document(name="Mine"), copy)
    assert load(examples.copy_of(found)).document.name == "Mine"
    assert load(found).document.name == "Orders"
