"""The golden set: on the canvas no more edges cross, and run under cards, than in ELK's drawing."""

import hashlib
import os
import random
import subprocess
import sys
from dataclasses import replace
from itertools import product

import pytest
from PySide6.QtCore import Qt

from summit_studio.document.edits import AddEdge
from summit_studio.document.model import Edge, Layout
from tests.app.canvas.conftest import sample
from tests.benchmarks.layout import (
    SIZES,
    Golden,
    ratio,
    scene_boxes,
    scene_ways,
    shown,
    under_cards,
)

_MOST = 1.1


@pytest.mark.parametrize("size", SIZES)
def test_edges_cross_no_more_than_in_the_drawing_of_elk(qapp, size):
    golden = Golden(size)
    ours, elk = golden.ours(), golden.elk()
    assert elk["crossings"] > 0
    assert ratio(ours["crossings"], elk["crossings"]) <= _MOST
    assert ratio(ours["under_cards"], elk["under_cards"]) <= _MOST


def test_a_pipeline_is_drawn_the_same_in_every_process(qapp):
    code = "from tests.app.canvas.test_canvas_layout import drawing; print(drawing())"
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == drawing()


def drawing() -> str:
    """Return where all edges of a graph run, in short."""
    golden = Golden(60)
    edges = shown(golden.document, golden).shown.edges
    return hashlib.sha256(repr([(str(e), i.curve) for e, i in edges.items()]).encode()).hexdigest()


@pytest.mark.parametrize("seed", range(4))
def test_edges_keep_clear_of_cards_wherever_these_stand(qapp, seed):
    golden, chance = Golden.grown(40), random.Random(seed)
    # Odd ones are scattered a little, as by hand; there is room between them for an edge to turn.
    jitter = 32 if seed % 2 else 8
    spots = [
        (280 * x + chance.randrange(0, jitter, 8), 140 * y + chance.randrange(0, 40, 8))
        for x, y in product(range(9), range(8))
    ]
    places = dict(zip(golden.document.nodes, chance.sample(spots, 40), strict=True))
    scene = shown(replace(golden.document, layout=Layout(places)), golden)
    assert any(item.backward for item in scene.shown.edges.values())
    assert under_cards(scene_boxes(scene), scene_ways(scene)) == []


def test_a_file_without_places_stands_as_it_is_when_one_node_is_moved(make_canvas):
    pipeline = replace(sample(), layout=Layout())
    canvas = make_canvas(pipeline)
    before = canvas.scene.shown.places()
    assert before["orders"][0] < before["paid"][0] < before["both"][0] < before["out"][0]
    canvas.bridge.do(AddEdge(Edge.parse("people.rows -> both.right")))
    canvas.settle()
    assert canvas.scene.shown.places() == before  # Edges come and nothing jumps.
    canvas.view.select(("paid",))
    canvas.key(Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    x, y = before["paid"]
    assert canvas.document.layout.nodes == {**before, "paid": (x, y + 8)}
    canvas.bridge.undo()
    assert canvas.document.layout == Layout()
