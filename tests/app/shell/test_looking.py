"""What is in view: all of a pipeline where it can be read so, and signs where it cannot."""

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtTest import QTest

from summit_studio.app.canvas.signposts import Side
from summit_studio.app.look.roles import category_colour
from summit_studio.app.session.examples import copy_of, examples
from summit_studio.document.files import load
from summit_studio.document.model import Document, Edge, Layout, Node

CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def chain(count: int, title: str = "") -> Document:
    """A chain of filters, each with a condition of its own."""
    nodes = {
        f"f{i}": Node(f"f{i}", "filter", {"condition": f"amount > {i}"}, title)
        for i in range(count)
    }
    edges = tuple(Edge.parse(f"f{i}.kept -> f{i + 1}.rows") for i in range(count - 1))
    places = {f"f{i}": (300 * (i % 20), 160 * (i // 20)) for i in range(count)}
    return Document(nodes=nodes, edges=edges, layout=Layout(places))


@pytest.fixture
def show(window, qtbot):
    """Return a function that opens a document in the window, 1280 by 800."""

    def open_it(document: Document):
        window.resize(1280, 800)
        window.session.bridge.set_document(document)
        window.session.bridge.flush()
        window.showing.look_at_start()
        window.signposts.refresh()
        window.canvas.setFocus()
        return window

    return open_it


def in_view(window, node_id: str) -> bool:
    """Whether a card is wholly seen."""
    canvas = window.canvas
    frame = canvas.mapFromScene(canvas.scene().shown.nodes[node_id].frame).boundingRect()
    return canvas.viewport().rect().contains(frame)


def test_the_example_is_shown_whole_and_can_be_read(window, qtbot):
    window.resize(1280, 800)
    path = copy_of(examples()[-1].path)
    window.show_file(path, load(path))
    assert window.page.canvas.shows_everything()
    assert window.page.canvas.zoom >= 0.55
    window.page.signposts.refresh()
    assert not any(sign.isVisible() for sign in window.page.signposts.signs.values())


def test_what_cannot_be_read_whole_begins_with_its_sources_and_signs_say_what_follows(show, qtbot):
    window = show(chain(20))
    canvas, sign = window.canvas, window.signposts.signs[Side.RIGHT]
    assert canvas.zoom == pytest.approx(0.7)
    assert in_view(window, "f0")
    hidden = sum(not in_view(window, i) for i in window.session.document.nodes)
    assert sign.isVisible()
    assert sign.text() == f"{hidden} more \N{RIGHTWARDS ARROW}"
    assert not window.signposts.signs[Side.LEFT].isVisible()
    with qtbot.waitSignal(canvas.view_changed):
        QTest.mouseClick(sign, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.signposts.signs[Side.LEFT].isVisible)
    assert not in_view(window, "f0")


def test_signs_follow_the_view_by_themselves(show, qtbot):
    window = show(chain(20))
    window.canvas.zoom_to_fit()
    qtbot.waitUntil(lambda: not window.signposts.signs[Side.RIGHT].isVisible())
    assert window.canvas.shows_everything()


def test_a_key_shows_what_is_selected_as_large_as_it_goes(show):
    window = show(chain(20))
    window.session.choose_nodes(["f15", "f16"])
    QTest.keyClick(window.canvas, Qt.Key.Key_F, SHIFT)
    assert in_view(window, "f15")
    assert in_view(window, "f16")
    assert window.canvas.zoom == pytest.approx(1.0)


def test_back_and_forward_lead_through_the_places_that_were_left(show):
    window = show(chain(20))
    canvas, actions = window.canvas, window.actions_table
    window.trail.begin()
    assert not actions["go_back"].isEnabled()
    start = canvas.middle(), canvas.zoom
    for node_id in ("f10", "f19"):
        window.showing.bring(node_id)
    actions.refresh()
    QTest.keyClick(canvas, Qt.Key.Key_Left, ALT)
    assert in_view(window, "f10")
    QTest.keyClick(canvas, Qt.Key.Key_Left, ALT)
    assert (canvas.middle() - start[0]).manhattanLength() < 4
    assert canvas.zoom == pytest.approx(start[1])
    assert not actions["go_back"].isEnabled()
    QTest.keyClick(canvas, Qt.Key.Key_Right, ALT)
    QTest.keyClick(canvas, Qt.Key.Key_Right, ALT)
    assert in_view(window, "f19")
    assert not actions["go_forward"].isEnabled()
    QTest.keyClick(canvas, Qt.Key.Key_Left, ALT)
    canvas.zoom_to_fit()
    assert not window.trail.goes_forward
    QTest.keyClick(canvas, Qt.Key.Key_Left, ALT)
    assert in_view(window, "f10")
    assert canvas.zoom == pytest.approx(start[1])


def test_the_minimap_stands_where_not_all_is_in_view_and_leads_there(show, qtbot):
    window = show(chain(60))
    canvas, small = window.canvas, window.minimap
    qtbot.waitUntil(small.isVisible)
    assert canvas.rect().contains(small.geometry())
    place = small._map(canvas.scene().shown.nodes["f19"].frame).center().toPoint()
    QTest.mouseClick(small, Qt.MouseButton.LeftButton, pos=place)
    assert in_view(window, "f19")
    first = small._map(canvas.scene().shown.nodes["f40"].frame).center().toPoint()
    QTest.mousePress(small, Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(small, first)
    QTest.mouseRelease(small, Qt.MouseButton.LeftButton, pos=first)
    assert in_view(window, "f40")
    assert small._map(small._seen()).contains(first.toPointF())
    canvas.zoom_to_fit()
    qtbot.waitUntil(lambda: not small.isVisible())


def test_the_minimap_shows_each_card_in_the_colour_of_its_kind(show, qtbot):
    window = show(chain(60))
    small, theme = window.minimap, window.session.theme
    qtbot.waitUntil(small.isVisible)
    picture = small.grab().toImage()
    ratio = picture.devicePixelRatio()
    dot = small._map(window.canvas.scene().shown.nodes["f59"].frame).center() * ratio
    assert picture.pixelColor(dot.toPoint()).name() == category_colour(theme, "transform").lower()


def test_the_minimap_can_be_switched_off_for_good(show, qtbot):
    window = show(chain(60))
    qtbot.waitUntil(window.minimap.isVisible)
    assert window.actions_table["minimap"].isChecked()
    window.actions_table["minimap"].trigger()
    assert not window.minimap.isVisible()
    window.canvas.zoom_in()
    window.minimap.refresh()
    assert not window.minimap.isVisible()
    assert not window.settings.minimap
    window.actions_table["minimap"].trigger()
    assert window.minimap.isVisible()


def test_signs_cover_no_card_where_there_is_a_free_place(show):
    window = show(chain(60))
    canvas = window.canvas
    canvas.set_zoom(1.0)
    cards = [item.frame for item in canvas.scene().shown.nodes.values()]
    # Two cards lie in the middle of the right and of the lower side.
    canvas.centerOn(cards[24].center().x() + 150, cards[24].center().y())
    for by in range(0, 160, 40):
        canvas.verticalScrollBar().setValue(canvas.verticalScrollBar().value() + by)
        window.minimap.refresh()
        window.signposts.refresh()
        seen = [canvas.mapFromScene(card).boundingRect() for card in cards]
        signs = [s.geometry() for s in window.signposts.signs.values() if s.isVisible()]
        assert len(signs) >= 3
        for sign in signs:
            assert canvas.rect().contains(sign)
            assert not any(sign.intersects(card) for card in seen)
            assert not sign.intersects(canvas.covered)


def test_an_edge_that_waits_for_an_answer_strikes_through_no_name_and_no_card(show, qtbot):
    window = show(chain(1))
    canvas = window.canvas
    window.session.choose_nodes(["f0"])
    qtbot.waitUntil(canvas.scene().names.isVisible)
    boxes = [
        QRectF(QPointF(*n.box[:2]), QPointF(*n.box[2:])) for n in canvas.scene().names.labels()
    ]
    names = [canvas.mapFromScene(b).boundingRect().adjusted(4, 3, -4, -3) for b in boxes]
    pictures = lambda: [canvas.viewport().grab(n).toImage() for n in names]  # noqa: E731
    before = pictures()
    window.actions_table.trigger("add_node")
    qtbot.waitUntil(window.quick_add.isVisible)
    assert canvas.scene().ghost.isVisible()
    assert pictures() == before
    window.quick_add.close()
