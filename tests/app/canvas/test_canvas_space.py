import random

from summit_studio.app.canvas.geometry import GRID
from summit_studio.app.canvas.space import ONE, Space

WIDTH, HEIGHT = ONE[2], ONE[3]


def card(x: int, y: int, height: int = HEIGHT):
    return x, y, x + WIDTH, y + height


def apart(one, other) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_free_place_is_kept_but_for_the_grid():
    assert Space({"a": card(0, 0)}).place((301, 3)) == (304, 0)


def test_a_taken_place_gives_way_to_the_nearest_below_or_to_the_right():
    assert Space({"a": card(0, 0)}).place((0, 0)) == (0, 120)
    assert Space({"a": card(0, 0, 400)}).place((0, 16)) == (280, 16)
    assert Space({"a": card(0, 0)}).place((48, 48)) == (48, 120)


def test_beside_a_node_is_one_column_further_and_below_where_that_is_taken():
    space = Space({"a": card(0, 0), "b": card(280, 0)})
    assert space.right_of(["b"]) == (560, 0)
    assert space.right_of(["a"]) == (280, 120)
    assert space.left_of("a") == (-280, 0)
    assert space.below(["a", "b"]) == (0, 120)


def test_cards_never_overlap_however_many_come():
    rng = random.Random(3)
    cards = {}
    space = Space({})
    for number in range(120):
        height = rng.choice([64, 64, 88, 240])
        at = rng.randrange(-300, 300), rng.randrange(-300, 300)
        x, y = space.place(at, (card(0, 0, height),))
        assert (x % GRID, y % GRID) == (0, 0)
        made = card(x, y, height)
        assert all(apart(made, other) for other in cards.values())
        cards[f"n{number}"] = made
        space.take(f"n{number}", made)


def test_a_group_keeps_its_shape():
    space = Space({"a": card(0, 0), "b": card(280, 0)})
    group = [card(0, 0), card(280, 40)]
    x, y = space.place((0, 0), group)
    moved = [card(x, y), card(x + 280, y + 40)]
    assert all(apart(m, card(*at)) for m in moved for at in ((0, 0), (280, 0)))
    assert (x, y) == (0, 120)


def test_into_a_wide_edge_nobody_moves():
    space = Space({"a": card(0, 0), "b": card(600, 0)})
    assert space.between("a", "b", {"b"}, (290, 5)) == ((290 // 8 * 8, 0), {})


def test_into_a_narrow_edge_what_is_behind_makes_room_and_pushes_what_it_would_cover():
    cards = {
        "a": card(0, 0), "b": card(280, 0), "c": card(560, 0),
        "other": card(840, 40), "above": card(280, -300), "far": card(2000, 0),
    }  # fmt: skip
    at, moved = Space(cards).between("a", "b", {"b", "c"}, (140, 0))
    assert at == (280, 0)
    assert moved == {"b": (560, 0), "c": (840, 0), "other": (1120, 40)}
    after = cards | {i: card(*p) for i, p in moved.items()} | {"new": card(*at)}
    boxes = list(after.values())
    assert all(apart(a, b) for n, a in enumerate(boxes) for b in boxes[:n])


def test_into_an_edge_that_runs_back_the_card_steps_aside():
    space = Space({"a": card(600, 0), "b": card(0, 0)})
    at, moved = space.between("a", "b", {"b"}, (590, 0))
    assert moved == {}
    assert apart(card(*at), card(600, 0))
