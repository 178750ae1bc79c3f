import pytest

KEY = [{"left": "id", "right": "id"}]


def join(runner, keys=KEY, **params: object):
    return runner.bind("join", keys=keys, **params)


def test_order_is_left_then_right_on_many_rows_and_threads(runner):
    given = {
        "left": "SELECT (i * 7919) % 100003 AS id, i AS n FROM range(300000) t(i)",
        "right": "SELECT i // 2 AS id, i AS m FROM range(150000) t(i)",
    }
    rows = runner.rows(join(runner), given)["joined"]
    places = [(row[1], row[2]) for row in rows]
    assert len(places) > 300_000
    assert places == sorted(places)


@pytest.mark.parametrize("how", ["right", "full"])
def test_keys_of_one_name_stand_for_both_sides(runner, how):
    given = {"left": "SELECT 1 AS id, 'a' AS x", "right": "SELECT 2::SMALLINT AS id, 'b' AS y"}
    rows = runner.rows(join(runner, how=how), given)["joined"]
    assert (2, None, "b") in rows
    assert len(rows) == (1 if how == "right" else 2)


def test_clashing_names_get_the_suffix(runner):
    node = join(runner, [{"left": "id", "right": "customer"}], suffix="_2")
    given = {"left": "SELECT 1 AS id, 5 AS v", "right": "SELECT 1 AS customer, 9 AS ID, 8 AS v"}
    found = runner.tables(node, given)["joined"]
    assert found.column_names == ["id", "v", "customer", "ID_2", "v_2"]
    assert found.to_pylist() == [{"id": 1, "v": 5, "customer": 1, "ID_2": 9, "v_2": 8}]


def test_a_suffix_that_is_taken_too_is_an_error(runner):
    given = {"left": "SELECT 1 AS id, 2 AS v, 3 AS v_right", "right": "SELECT 1 AS id, 2 AS v"}
    error = runner.error(join(runner), given)
    assert (error.where.param, error.code) == ("suffix", "name_taken")


def test_keys_of_different_types_are_a_problem_with_a_fix(runner):
    given = {"left": "SELECT 1 AS id", "right": "SELECT '1' AS id, 'b' AS y"}
    (problem,) = runner.problems(join(runner), given)
    assert problem.code == "key_types_differ"
    assert problem.where.param == "keys.0.right"
    (fix,) = problem.fixes
    assert fix.node_id == "n"
    fixed = runner.bind("join", **({"keys": KEY} | dict(fix.params)))
    assert runner.problems(fixed, given) == []
    assert runner.rows(fixed, given)["joined"] == [(1, "b")]


def test_types_that_never_compare_still_infer(runner):
    given = {"left": "SELECT DATE '2024-01-01' AS id", "right": "SELECT true AS id"}
    assert runner.infer(join(runner, how="full"), given)["joined"].names == ("id", "id_right")
    assert len(runner.problems(join(runner), given)) == 1


@pytest.mark.parametrize("how", ["inner", "left", "right", "full", "semi", "anti"])
def test_unmatched_ports_do_not_depend_on_the_kind(runner, how):
    given = {"left": "VALUES (1), (2), (NULL)", "right": "VALUES (2), (3), (NULL)"}
    given = {side: f"SELECT * FROM ({query}) t(id)" for side, query in given.items()}
    found = runner.rows(join(runner, how=how), given)
    assert found["left_unmatched"] == [(1,), (None,)]
    assert found["right_unmatched"] == [(3,), (None,)]


def test_columns_called_like_our_aliases(runner):
    given = {
        "left": "SELECT 1 AS id, {'l': 5} AS l, 3 AS r",
        "right": "SELECT 1 AS id, 'x' AS l, {'id': 9} AS r",
    }
    assert runner.rows(join(runner), given)["joined"] == [(1, {"l": 5}, 3, "x", {"id": 9})]


def test_without_order_the_rows_are_the_same(runner):
    given = {"left": "SELECT i AS id FROM range(1000) t(i)", "right": "SELECT 5 AS id, 1 AS v"}
    assert runner.rows(join(runner, keep_order=False), given)["joined"] == [(5, 1)]


def test_errors_name_their_field(runner):
    given = {"left": "SELECT 1 AS id", "right": "SELECT 1 AS idd"}
    error = runner.error(join(runner), given)
    assert error.where.param == "keys.0.right"
    assert "'idd'" in error.do
    assert runner.error(join(runner, []), given).where.param == "keys"


def test_summary(runner):
    keys = [{"left": "customer_id", "right": "id"}]
    assert join(runner, keys, how="left").summary() == "customer_id = id, left"
