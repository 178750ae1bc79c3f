from PySide6.QtCore import Qt

from summit_studio.app.canvas.gestures.cutting import crosses
from summit_studio.document.model import Edge

ALT = Qt.KeyboardModifier.AltModifier


def stroke(canvas, *places: tuple[float, float], modifiers=ALT):
    spots = [canvas.at(*p) for p in places]
    canvas.press(spots[0], modifiers)
    for spot in spots[1:]:
        canvas.move(spot)
    return spots[-1]


def test_a_stroke_marks_what_it_crosses_and_cuts_it_in_one_step(canvas):
    before = canvas.edges
    end = stroke(canvas, (244, -80), (244, 200), (524, 200), (524, -40))
    items = canvas.scene.shown.edges
    doomed = {str(e) for e, item in items.items() if item.doomed}
    assert doomed == {"orders.rows -> paid.rows", "paid.kept -> both.left"}
    assert canvas.scene.stroke.isVisible()
    assert canvas.edges == before
    canvas.release(end, ALT)
    assert canvas.edges == ["both.rows -> out.rows"]
    assert canvas.bridge.undo_text == "Cut 2 edges"
    assert not canvas.scene.stroke.isVisible()
    canvas.bridge.undo()
    assert canvas.edges == before
    assert not canvas.bridge.can_undo


def test_escape_takes_the_stroke_back(canvas):
    end = stroke(canvas, (244, -80), (244, 200))
    canvas.key(Qt.Key.Key_Escape)
    assert not any(item.doomed for item in canvas.scene.shown.edges.values())
    assert not canvas.scene.stroke.isVisible()
    canvas.release(end, ALT)
    assert not canvas.bridge.can_undo


def test_a_stroke_over_nothing_is_no_edit(canvas):
    canvas.release(stroke(canvas, (0, 300), (900, 320)), ALT)
    assert not canvas.bridge.can_undo


def test_a_stroke_that_was_asked_for_needs_no_modifier_and_is_one_alone(canvas):
    none = Qt.KeyboardModifier.NoModifier
    canvas.view.cut_next()
    canvas.release(stroke(canvas, (244, -80), (244, 200), modifiers=none))
    assert "orders.rows -> paid.rows" not in canvas.edges
    canvas.release(stroke(canvas, (524, 250), (524, -80), modifiers=none))
    assert "paid.kept -> both.left" in canvas.edges
    canvas.view.cut_next()
    canvas.key(Qt.Key.Key_Escape)
    canvas.release(stroke(canvas, (524, 250), (524, -80), modifiers=none))
    assert "paid.kept -> both.left" in canvas.edges


def test_a_line_crosses_a_curve_where_it_changes_sides():
    way = (0.0, 0.0, 50.0, 0.0, 50.0, 100.0, 100.0, 100.0)
    assert crosses(way, (50, 0), (51, 100))
    assert not crosses(way, (0, 90), (40, 90))
    assert not crosses((0, 0, 30, 0, 60, 0, 90, 0), (20, 0), (50, 0))


def test_a_stroke_beside_an_edge_leaves_it(canvas):
    item = canvas.scene.shown.edges[Edge.parse("paid.kept -> both.left")]
    room = item.sceneBoundingRect()
    corner = (room.left() + 2, room.bottom() - 2), (room.left() + 12, room.bottom() - 2)
    canvas.release(stroke(canvas, *corner), ALT)
    assert not canvas.bridge.can_undo
