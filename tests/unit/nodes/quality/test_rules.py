import pytest

from summit_studio.nodes.contract import Rule

GIVEN = {"rows": "SELECT * FROM (VALUES (1, 'a'), (-1, 'b'), (NULL, 'c'), (5, NULL)) t(v, s)"}


def rules(runner, *entries: dict[str, object]):
    return runner.bind("rules", rules=list(entries))


def entry(rule_id, kind="expression", **more: object):
    return {"id": rule_id, "kind": kind} | more


def flags(tables, column):
    """Return the flags of one rule over all ports: what the engine sums for the score."""
    return [flag for table in tables.values() for flag in table.column(column).to_pylist()]


@pytest.mark.parametrize("action", ["keep", "tag", "reject", "drop"])
def test_failures_are_counted_whatever_happens_to_the_row(runner, action):
    positive = entry("positive", expression="v > 0", action=action)
    known = entry("known", "not_null", column="s", action="reject")
    node = rules(runner, positive, known)
    tables = runner.tables(node, GIVEN)
    assert sorted(flags(tables, "__summit_rule_0")) == [False, False, True, True]
    assert sorted(flags(tables, "__summit_rule_1")) == [False, True, True, True]


def test_a_row_goes_to_one_port_and_reject_wins(runner):
    node = rules(
        runner,
        entry("small", expression="v < 3", action="drop"),
        entry("named", "not_null", column="s", action="reject"),
    )
    tables = runner.tables(node, GIVEN)
    assert {port: table.column("v").to_pylist() for port, table in tables.items()} == {
        "passed": [1, -1],
        "dropped": [None],
        "rejected": [5],
    }
    assert tables["rejected"].column("reject_code").to_pylist() == ["named"]


def test_the_first_failed_reject_rule_is_the_reason(runner):
    node = rules(
        runner,
        entry("counted", expression="v > 100"),
        entry("one", expression="v >= 0", action="reject"),
        entry("two", expression="v > 2", action="reject"),
    )
    rejected = runner.tables(node, GIVEN)["rejected"]
    assert rejected.column("reject_code").to_pylist() == ["two", "one", "one"]
    assert rejected.column("reject_column").to_pylist() == [None, None, None]
    assert rejected.column("reject_reason").to_pylist()[0] == "Rule 'two' is not met: v > 2."


@pytest.mark.parametrize(
    ("rule", "met"),
    [
        (entry("r", "between", column="v", low="1", high="5"), [True, False, False, True]),
        (entry("r", "between", column="v", low="0"), [True, False, False, True]),
        (entry("r", "between", column="v", high="v"), [True, True, False, True]),
        (entry("r", "matches", column="s", pattern="[ab]"), [True, True, False, False]),
        (entry("r", "in_list", column="v", values="1\n -1 \n"), [True, True, False, False]),
        (entry("r", "in_list", column="s", values="it's\na"), [True, False, False, False]),
        (entry("r", "length", column="s", low="1", high="1"), [True, True, True, False]),
        (entry("r", expression="CAST(s AS BIGINT) > 0"), [False, False, False, False]),
    ],
)
def test_kinds(runner, rule, met):
    tables = runner.tables(rules(runner, rule), GIVEN)
    assert tables["passed"].column("__summit_rule_0").to_pylist() == met


def test_fast_gives_the_same_passed_rows(runner):
    node = rules(
        runner,
        entry("positive", expression="v > 0", action="reject"),
        entry("named", "not_null", column="s", action="tag"),
    )
    fast = runner.tables(node, GIVEN, fast=True)["fast"]
    assert fast.equals(runner.tables(node, GIVEN)["passed"])
    assert fast.column("named_ok").to_pylist() == [True, False]


def test_scored_rules(runner):
    node = rules(
        runner,
        entry("a", expression="v > 0", threshold=0.9, critical=True, dimension="accuracy"),
        entry("b", "not_null", column="s", dimension="completeness"),
    )
    assert node.rules() == (
        Rule("a", "accuracy", 0.9, critical=True),
        Rule("b", "completeness", 1.0, critical=False),
    )


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        (entry("r", expression="w > 0"), "rules.1.expression"),
        (entry("r", expression="v"), "rules.1.expression"),
        (entry("r"), "rules.1.expression"),
        (entry("r", "not_null", column="vv"), "rules.1.column"),
        (entry("r", "between", column="v"), "rules.1.low"),
        (entry("r", "between", column="v", low="1 +"), "rules.1.low"),
        (entry("r", "matches", column="s", pattern="("), "rules.1.pattern"),
        (entry("r", "in_list", column="s", values=" \n"), "rules.1.values"),
        (entry("first", expression="v > 0"), "rules.1.id"),
        (entry("s", expression="v > 0", action="tag"), "rules.1.id"),
    ],
)
def test_errors_name_their_field(runner, rule, place):
    node = rules(runner, entry("first", expression="v > 0"), rule)
    given = {"rows": "SELECT 1 AS v, 'x' AS s, true AS s_ok"}
    error = runner.error(node, given)
    assert error.where.param == place
    assert error.do


def test_no_rule(runner):
    assert runner.error(rules(runner), GIVEN).where.param == "rules"


def test_hostile_names_are_only_names(runner):
    rule_id = 'it\'s "x"; --'
    node = rules(runner, entry(rule_id, expression="v > 0 -- why", action="reject"))
    rejected = runner.tables(node, GIVEN)["rejected"]
    assert rejected.column("reject_code").to_pylist() == [rule_id, rule_id]
