"""The golden set: on the canvas no more edges cross, and run under cards, than in ELK's drawing."""

import random
from dataclasses import replace
from itertools import product

import pytest

from summit_studio.document.model import Layout
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
