"""Frames by hand: drawn, moved, resized, collapsed, joined and left."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest

from summit_studio.app.canvas.face import NodeLive, NodeState
from summit_studio.app.session.selection import Selection
from summit_studio.document.model import Edge, Frame
from tests.app.canvas.conftest import document

INTO = Edge.parse("orders.rows -> paid.rows")
INSIDE = Edge.parse("paid.kept -> both.left")
OUT = Edge.parse("both.rows -> out.rows")
NONE = Qt.KeyboardModifier.NoModifier


def shown(make_canvas, **frame):
    """The sample with a frame around the filter, the join and a note."""
    plain = document(
        {
            "orders": ("read", 0, 0),
            "paid": ("filter", 280, 40),
            "both": ("join", 560, 40),
            "out": ("write", 860, 200),
            "late": ("read", 0, 320),
        },
        str(INTO),
        str(INSIDE),
        str(OUT),
        remark="Why",
    )
    boxed = Frame((256, -8, 536, 240), "Clean", nodes=("paid", "both"), notes=("remark",))
    layout = replace(
        plain.layout,
        frames={"frame": replace(boxed, **frame)},
        notes={"remark": (288, 140, 120, 48)},
    )
    canvas = make_canvas(replace(plain, layout=layout))
    canvas.view.centerOn(450, 150)
    return canvas


@pytest.fixture
def framed(make_canvas):
    return shown(make_canvas)


@pytest.fixture
def folded(make_canvas):
    return shown(make_canvas, collapsed=True)


def frame(canvas, frame_id: str = "frame") -> Frame:
    return canvas.document.layout.frames[frame_id]


def test_its_title_moves_it_with_what_it_holds_in_one_step_and_the_middle_does_not(framed):
    before = framed.document
    framed.drag(framed.at(450, 8), framed.at(450, 8) + QPoint(40, 24))
    layout = framed.document.layout
    assert frame(framed).box == (296, 16, 536, 240)
    assert layout.nodes["paid"] == (320, 64)
    assert layout.nodes["both"] == (600, 64)
    assert layout.notes["remark"] == (328, 164, 120, 48)
    assert layout.nodes["orders"] == (0, 0)
    framed.bridge.undo()
    assert framed.document == before
    framed.drag(framed.at(520, 200), framed.at(700, 225))
    assert framed.document == before
    assert framed.scene.selection.nodes == ()


def test_escape_puts_a_frame_and_all_in_it_back(framed):
    framed.press(framed.at(450, 8))
    framed.move(framed.at(520, 60))
    assert framed.scene.shown.frames["frame"].left != 256
    framed.key(Qt.Key.Key_Escape)
    assert framed.scene.shown.frames["frame"].left == 256
    assert framed.scene.shown.nodes["paid"].left == 280
    framed.release(framed.at(520, 60))
    assert not framed.bridge.can_undo


def test_ctrl_arrows_move_a_frame_and_all_in_it(framed):
    framed.view.select(Selection(frames=("frame",)))
    framed.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert frame(framed).box == (256, 0, 536, 240)
    assert framed.document.layout.nodes["paid"] == (280, 48)


def test_resizing_moves_nothing_that_it_holds(framed):
    corner = framed.at(788, 228)
    framed.drag(corner, corner + QPoint(64, 40))
    assert frame(framed).box == (256, -8, 600, 280)
    assert framed.document.layout.nodes["both"] == (560, 40)


def test_a_node_dropped_in_it_belongs_to_it_and_one_dropped_clear_of_it_does_not(framed):
    spot = framed.node("late")
    framed.press(spot)
    framed.move(framed.at(590, 200))
    assert framed.scene.shown.frames["frame"].target
    framed.release(framed.at(590, 200))
    assert frame(framed).nodes == ("paid", "both", "late")
    assert not framed.scene.shown.frames["frame"].target
    framed.bridge.undo()
    assert frame(framed).nodes == ("paid", "both")
    framed.settle()
    # Half way out it stays in.
    framed.drag(framed.node("paid"), framed.node("paid") + QPoint(-160, 0))
    assert framed.document.layout.nodes["paid"] == (120, 40)
    assert frame(framed).nodes == ("paid", "both")
    framed.drag(framed.node("paid"), framed.node("paid") + QPoint(0, -200))
    assert frame(framed).nodes == ("both",)
    framed.bridge.undo()
    assert frame(framed).nodes == ("paid", "both")


def test_one_is_drawn_and_named(framed):
    framed.view.frame_next()
    framed.drag(framed.at(-40, 270), framed.at(240, 420))
    field = framed.view.viewport().focusWidget()
    QTest.keyClicks(field, "Late")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    made = frame(framed, "frame_2")
    assert made.title == "Late"
    assert made.nodes == ("late",)
    assert made.box == (-40, 272, 280, 144)
    assert framed.scene.selection == Selection(frames=("frame_2",))
    framed.bridge.undo()
    framed.bridge.undo()
    assert "frame_2" not in framed.document.layout.frames
    framed.view.frame_next()
    framed.key(Qt.Key.Key_Escape)
    framed.drag(framed.at(-40, 270), framed.at(240, 420))
    assert "frame_2" not in framed.document.layout.frames


def test_its_sign_collapses_it_to_a_card_where_edges_end(framed):
    item = framed.scene.shown.frames["frame"]
    framed.click(framed.at(item.left + 18, item.top + 18))
    assert frame(framed).collapsed
    assert framed.bridge.undo_text == "Collapse frame"
    nodes, edges = framed.scene.shown.nodes, framed.scene.shown.edges
    assert [i for i, n in nodes.items() if not n.isVisible()] == ["paid", "both"]
    assert not framed.scene.shown.notes["remark"].isVisible()
    assert not edges[INSIDE].isVisible()
    assert edges[INTO].curve[-2:] == item.port_place(INTO.target, output=False)
    assert edges[OUT].curve[:2] == item.port_place(OUT.source, output=True)
    assert item.port_place(INTO.target, output=False)[0] == 256
    assert item.port_place(OUT.source, output=True)[0] == 256 + 208
    assert item.face.summary == "2 nodes"
    assert "In: orders.rows -> paid.rows" in item.tip()
    QTest.mouseDClick(framed.view.viewport(), Qt.MouseButton.LeftButton, NONE, framed.at(400, 20))
    framed.settle()
    assert not frame(framed).collapsed
    assert all(n.isVisible() for n in nodes.values())
    assert edges[INSIDE].isVisible()
    assert edges[INTO].curve[-2:] == nodes["paid"].port_place("rows", output=False)


def test_a_collapsed_one_sums_up_the_run(folded):
    item = folded.scene.shown.frames["frame"]
    counts = {INTO: 100, INSIDE: 90, OUT: 80}
    done, failed = NodeLive(NodeState.DONE, 100, 90, 10), NodeLive(NodeState.FAILED, 90, 80, 2)
    folded.scene.set_live(counts, {"paid": done, "both": failed})
    assert item.live == NodeLive(NodeState.FAILED, 100, 80, 12)
    folded.scene.set_live(counts, {"paid": done, "both": replace(done, rejected=0)})
    assert item.live.state is NodeState.DONE


def test_a_collapsed_one_moves_its_edges_and_hidden_nodes(folded):
    edge = folded.scene.shown.edges[INTO]
    end = edge.curve[-2:]
    folded.drag(folded.at(400, 10), folded.at(400, 10) + QPoint(32, 80))
    assert edge.curve[-2:] == (end[0] + 32, end[1] + 80)
    assert folded.document.layout.nodes["paid"] == (312, 120)
    assert frame(folded).box[:2] == (288, 72)
    assert frame(folded).nodes == ("paid", "both")


def test_what_is_hidden_is_not_hit_nor_caught_nor_walked_to(folded):
    hit = folded.scene.hit(660, 70)
    assert (hit.node, hit.edge, hit.note) == (None, None, None)
    folded.drag(folded.at(540, -60), folded.at(760, 60))
    assert folded.scene.selection == Selection()
    folded.view.select(["orders"])
    folded.key(Qt.Key.Key_Right)
    assert not {"paid", "both"} & set(folded.scene.selection.nodes)
    folded.view.set_zoom(0.3)
    assert folded.scene.hit(660, 70).node is None
    folded.view.set_zoom(1.0)
    assert not folded.scene.shown.nodes["paid"].isVisible()


def test_a_hidden_node_is_shown_where_its_frame_stands(folded):
    folded.view.select(["both"])
    card = QRectF(256, -8, 208, folded.scene.shown.frames["frame"].card.height)
    assert folded.scene.shown.rect_of("both") == card
    assert folded.scene.shown.frames["frame"].selected
    folded.view.zoom_to_selection()
    assert folded.scene.contents(["both"]) == card


def test_deleting_a_frame_leaves_its_nodes_and_a_node_deleted_comes_back_into_it(folded):
    before = folded.document
    folded.view.select(Selection(frames=("frame",)))
    folded.delete()
    assert not folded.document.layout.frames
    assert folded.document.nodes == before.nodes
    assert folded.scene.shown.nodes["paid"].isVisible()
    folded.bridge.undo()
    folded.settle()
    assert folded.document == before
    assert not folded.scene.shown.nodes["paid"].isVisible()
    folded.view.select(["paid"])
    folded.delete()
    assert frame(folded).nodes == ("both",)
    folded.bridge.undo()
    assert folded.document == before


def test_far_off_it_is_drawn_whether_open_or_collapsed(make_canvas):
    for collapsed in (False, True):
        canvas = shown(make_canvas, collapsed=collapsed, colour="green")
        canvas.view.set_zoom(0.3)
        canvas.view.centerOn(450, 100)
        picture = canvas.view.grab().toImage()
        spot = canvas.at(300, 10) if collapsed else canvas.at(520, 210)
        tint = canvas.scene.stage.style.tint("green").colours
        colour = picture.pixelColor(spot).name().upper()
        assert colour == (tint.sheet if collapsed else tint.area)
        canvas.view.hide()
