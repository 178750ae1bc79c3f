"""Check rows against quality rules."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from pydantic import field_validator

from summit_studio.core.errors import InvalidParams, Where
from summit_studio.core.schema import BOOLEAN, REJECT_COLUMNS, VARCHAR, Schema
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.expressions.check import check_expression
from summit_studio.nodes.contract import (
    Category,
    DesignContext,
    Example,
    Input,
    Inputs,
    Outputs,
    Port,
    Relation,
    RelationalNode,
    Rows,
    Rule,
    visible,
)
from summit_studio.nodes.made import Made, Makes, Use, by_name, passed, reads_in
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import at_field, require, require_new, require_some, star
from summit_studio.nodes.parts.queries import embed, rejects, tried
from summit_studio.nodes.words import name_for, parted, renamed

_SCHEMA = {"mail": "VARCHAR", "amount": "BIGINT"}
_REJECTED = {c.name: c.type for c in REJECT_COLUMNS}

_NEEDS = {
    "expression": ("expression",),
    "not_null": ("column",),
    "between": ("column", "low", "high"),
    "matches": ("column", "pattern"),
    "in_list": ("column", "values"),
    "length": ("column", "low", "high"),
}
"""The fields each kind of rule speaks through; of low and high one is enough."""


class QualityRule(Params):
    """One rule that each row should meet."""

    id: str = param(doc="A short name, unique in this node, such as amount_positive.")
    kind: Literal["expression", "not_null", "between", "matches", "in_list", "length"] = param(
        "expression", doc="What is asked of a row; null never meets a rule.", editor=Editor.CHOICE
    )
    column: str = param("", doc="The column, for all kinds but expression.", editor=Editor.COLUMN)
    expression: str = param(
        "",
        doc="For expression: what must be true.",
        editor=Editor.EXPRESSION,
        placeholder="updated_at >= created_at",
        condition=True,
    )
    low: str = param(
        "",
        doc="For between and length: the lowest value, itself allowed; an expression.",
        editor=Editor.EXPRESSION,
        placeholder="0",
    )
    high: str = param(
        "",
        doc="For between and length: the highest value, itself allowed; an expression.",
        editor=Editor.EXPRESSION,
        placeholder="9000",
    )
    pattern: str = param(
        "",
        doc="For matches: a regular expression that the whole text must fit.",
        placeholder="[^@ ]+@[^@ ]+",
    )
    values: str = param(
        "",
        doc="For in_list: the allowed values, one a line, compared as text.",
        editor=Editor.MULTILINE,
    )
    dimension: Literal[
        "validity", "accuracy", "completeness", "consistency", "uniqueness", "timeliness"
    ] = param("validity", doc="The side of quality it speaks of.", editor=Editor.CHOICE)
    action: Literal["keep", "tag", "reject", "drop"] = param(
        "keep",
        doc="What happens to a row that fails: keep only counts it, tag adds a true/false column"
        " ID_ok to all rows, reject sends it to the rejected port, drop to the dropped port.",
        editor=Editor.CHOICE,
    )
    threshold: float = param(
        1.0,
        doc="The share of rows that should meet it.",
        editor=Editor.NUMBER,
        unit="0 to 1",
        minimum=0,
        maximum=1,
    )
    critical: bool = param(
        False,
        doc="Below the threshold the run stops before anything is published; else it warns.",
        editor=Editor.TOGGLE,
    )

    @field_validator("id")
    @classmethod
    def _id_is_name(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("a rule needs a name")
        return value.strip()


class RulesParams(Params):
    """Params of `rules`."""

    rules: tuple[QualityRule, ...] = param(
        (),
        doc="The rules; a row that fails several is rejected for the first.",
        editor=Editor.RECORDS,
        keywords=("checks", "expectations", "assertions"),
    )


class Rules(RelationalNode[RulesParams]):
    """Check rows against quality rules, and score each rule.

    A rule whose value is null, or cannot be computed, counts as failed. A row that fails both a
    reject and a drop rule is rejected.
    """

    id = "rules"
    title = "Quality rules"
    category = Category.QUALITY
    icon = "rules"
    keywords = (
        "data validation", "quality", "check", "expectation", "assert", "constraint", "test",
        "reject", "score", "regex", "not null",
    )  # fmt: skip
    params_class = RulesParams
    passes = ("dropped",)
    outputs = (
        Port("passed", "Rows that fail no reject or drop rule."),
        Port("dropped", "Rows that fail a drop rule.", required=False),
    )
    can_reject = True
    rowwise = True
    examples = (
        Example(
            "Rows with a bad amount are rejected, a missing mail is only tagged",
            {
                "rules": [
                    {"id": "amount_range", "kind": "between", "column": "amount", "low": "0",
                     "high": "9000", "action": "reject"},
                    {"id": "mail", "kind": "not_null", "column": "mail", "action": "tag",
                     "dimension": "completeness"},
                ]
            },
            given={
                "rows": Rows(_SCHEMA, [("a@x", 5), (None, 9000), ("b@x", -1), ("c@x", None)])
            },
            expected={
                "passed": Rows(
                    _SCHEMA | {"mail_ok": "BOOLEAN"}, [("a@x", 5, True), (None, 9000, False)]
                ),
                "dropped": Rows(_SCHEMA),
                "rejected": Rows(
                    _SCHEMA | _REJECTED,
                    [
                        ("b@x", -1, "amount_range", "amount",
                         "Rule 'amount_range' is not met: amount between 0 and 9000.", None),
                        ("c@x", None, "amount_range", "amount",
                         "Rule 'amount_range' is not met: amount between 0 and 9000.", None),
                    ],
                ),
            },
        ),
        Example(
            "All kinds; a rule that cannot be computed is not met",
            {
                "rules": [
                    {"id": "form", "kind": "matches", "column": "mail", "pattern": "[^@ ]+@[^@ ]+",
                     "action": "drop"},
                    {"id": "known", "kind": "in_list", "column": "amount", "values": "1\n2\n3"},
                    {"id": "short", "kind": "length", "column": "mail", "high": "5"},
                    {"id": "number", "expression": "CAST(mail AS BIGINT) > 0", "critical": True,
                     "threshold": 0.5},
                ]
            },
            given={"rows": Rows(_SCHEMA, [("a@x", 5), ("12", 1), (None, None)])},
            expected={
                "passed": Rows(_SCHEMA, [("a@x", 5)]),
                "dropped": Rows(_SCHEMA, [("12", 1), (None, None)]),
                "rejected": Rows(_SCHEMA | _REJECTED),
            },
        ),
    )  # fmt: skip

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return the rules of `amount > 0, country is not null as known`; failing rows go out."""
        pairs = [renamed(part) for part in parted(words)]
        return {
            "rules": [
                {"id": name or name_for(asked), "expression": asked, "action": "reject"}
                for name, asked in pairs
            ]
        }

    def summary(self) -> str:
        """Return the names of the rules."""
        return ", ".join(rule.id for rule in self.params.rules)

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules as the engine scores them."""
        return tuple(
            Rule(rule.id, rule.dimension, rule.threshold, rule.critical)
            for rule in self.params.rules
        )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's schema, with the tags in the passed port."""
        (schema,) = inputs["rows"]
        require_some(self.params.rules, "rules", "No rule is given", "add at least one rule")
        ids: set[str] = set()
        taken = list(schema.names)
        for index, rule in enumerate(self.params.rules):
            place = f"rules.{index}"
            if rule.id in ids:
                raise InvalidParams(
                    f"Two rules are called '{rule.id}'",
                    do="give one another name; scores are kept by name",
                    code="rule_twice",
                    where=Where(param=f"{place}.id"),
                )
            ids.add(rule.id)
            _check_rule(rule, place, schema, context)
            if rule.action == "tag":
                require_new(_tag(rule), taken, f"{place}.id")
                taken.append(_tag(rule))
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the input's columns, in the passed port with the tags."""
        (schema,) = inputs["rows"]
        tags = []
        for index, rule in enumerate(self.params.rules):
            if rule.action == "tag":
                condition = _condition(rule, schema)
                reads = reads_in(condition, by_name(schema))
                tags.append(Made(_tag(rule), reads, condition, f"rules.{index}"))
        return {
            **super().made(inputs, outputs),
            "passed": (*passed(visible(schema), "rows"), *tags),
        }

    def uses(self, inputs: Inputs, outputs: Outputs) -> tuple[Use, ...]:
        """Return what each rule asks of a row."""
        del outputs
        (schema,) = inputs["rows"]
        asked = [_condition(rule, schema) for rule in self.params.rules]
        known = by_name(schema)
        return tuple(Use(f"rules.{i}", reads_in(c, known), c) for i, c in enumerate(asked))

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the rows of each port; all carry a hidden flag for each rule."""
        (rows,) = inputs["rows"]
        conditions = [_condition(rule, rows.schema) for rule in self.params.rules]
        exact = _flagged(rows, [f"coalesce({tried(c)}.v, false)" for c in conditions])
        quick = _flagged(rows, [f"coalesce({embed(c)}, false)" for c in conditions])
        hidden = [_flag(index) for index in range(len(conditions))]
        tags = [
            f"{_flag(i)} AS {quote_name(_tag(rule))}"
            for i, rule in enumerate(self.params.rules)
            if rule.action == "tag"
        ]
        kept, passed = ", ".join([star(rows.schema), *hidden]), self._all("reject", "drop")
        first = ", ".join([star(rows.schema), *tags, *hidden])
        rejected = self._rejected(Input(exact, rows.schema), hidden)
        return Relation(
            ports={
                "passed": f"SELECT {first} FROM {exact} WHERE {passed}",
                "dropped": f"SELECT {kept} FROM {exact}"
                f" WHERE {self._all('reject')} AND NOT ({self._all('drop')})",
                "rejected": rejected,
            },
            fast=f"SELECT {first} FROM {quick} WHERE {passed}",
            filters=self._leaves_out(),
            measures={rule.id: f"__summit_rule_{i}" for i, rule in enumerate(self.params.rules)},
        )

    def _leaves_out(self) -> tuple[str, ...]:
        """Return the ports that rules of this node can send rows to."""
        actions = {rule.action for rule in self.params.rules}
        ports = {"dropped": "drop", "rejected": "reject"}
        return tuple(port for port, action in ports.items() if action in actions)

    def _all(self, *actions: str) -> str:
        """Return SQL: all rules with one of these actions are met."""
        met = [_flag(i) for i, rule in enumerate(self.params.rules) if rule.action in actions]
        return " AND ".join(met) or "true"

    def _rejected(self, flagged: Input, hidden: list[str]) -> str:
        query = rejects(
            flagged,
            f"NOT ({self._all('reject')})",
            code=self._first(lambda rule: quote_text(rule.id)),
            column=self._first(lambda rule: quote_text(rule.column) if rule.column else "NULL"),
            reason=self._first(lambda rule: quote_text(_reason(rule))),
        )
        return query.replace("SELECT ", f"SELECT {', '.join(hidden)}, ", 1) if hidden else query

    def _first(self, result: Callable[[QualityRule], str]) -> str:
        """Return SQL of `result` for the first reject rule that is not met."""
        arms = " ".join(
            f"WHEN NOT {_flag(i)} THEN {result(rule)}"
            for i, rule in enumerate(self.params.rules)
            if rule.action == "reject"
        )
        return f"CASE {arms} END" if arms else "NULL"


def _flag(index: int) -> str:
    return quote_name(f"__summit_rule_{index}")


def _tag(rule: QualityRule) -> str:
    return f"{rule.id}_ok"


def _flagged(rows: Input, conditions: list[str]) -> str:
    flags = [f"{condition} AS {_flag(i)}" for i, condition in enumerate(conditions)]
    return f"(SELECT {', '.join([star(rows.schema), *flags])} FROM {rows.table})"


def _condition(rule: QualityRule, schema: Schema) -> str:
    """Return the rule as one expression of Summit SQL."""
    if rule.kind == "expression":
        return rule.expression
    column = require(schema, rule.column, "rules")
    name = quote_name(column.name)
    text = name if column.type == VARCHAR else f"CAST({name} AS VARCHAR)"
    if rule.kind == "not_null":
        return f"{name} IS NOT NULL"
    if rule.kind == "matches":
        return f"regexp_full_match({text}, {quote_text(rule.pattern)})"
    if rule.kind == "in_list":
        return f"{text} IN ({', '.join(map(quote_text, _values(rule)))})"
    measured = f"length({text})" if rule.kind == "length" else name
    bounds = ((">=", rule.low), ("<=", rule.high))
    return " AND ".join(f"{measured} {sign} {embed(bound)}" for sign, bound in bounds if bound)


def _values(rule: QualityRule) -> list[str]:
    return [line.strip() for line in rule.values.splitlines() if line.strip()]


def _check_rule(rule: QualityRule, place: str, schema: Schema, context: DesignContext) -> None:
    needs = _NEEDS[rule.kind]
    if "column" in needs:
        require(schema, rule.column, f"{place}.column")
    if not any(getattr(rule, name).strip() for name in needs if name != "column") and needs[1:]:
        raise InvalidParams(
            f"The rule '{rule.id}' says nothing yet",
            why=f"a rule of kind {rule.kind} needs {' or '.join(needs[1:])}",
            do="fill it in",
            code="rule_empty",
            where=Where(param=f"{place}.{needs[1]}"),
        )
    for name in ("low", "high"):
        if name in needs and getattr(rule, name):
            with at_field(f"{place}.{name}"):
                check_expression(getattr(rule, name), schema, context.binder, rowwise=True)
    with at_field(f"{place}.{needs[-1]}"):
        check_expression(_condition(rule, schema), schema, context.binder, expect=BOOLEAN)


def _reason(rule: QualityRule) -> str:
    low, high = " ".join(rule.low.split()), " ".join(rule.high.split())
    if low and high:
        bounds = f"between {low} and {high}"
    else:
        bounds = f"at least {low}" if low else f"at most {high}"
    said = {
        "expression": " ".join(rule.expression.split()),
        "not_null": f"{rule.column} is filled",
        "between": f"{rule.column} {bounds}",
        "matches": f"{rule.column} fits {rule.pattern}",
        "in_list": f"{rule.column} is one of {', '.join(_values(rule)[:12])}",
        "length": f"length of {rule.column} {bounds}",
    }
    return f"Rule '{rule.id}' is not met: {said[rule.kind]}."
