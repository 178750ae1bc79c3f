"""Filter rows."""

from collections.abc import Mapping

from summit_studio.core.schema import BOOLEAN, REJECT_COLUMNS
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
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import at_field
from summit_studio.nodes.parts.queries import embed, failed, tried

_SCHEMA = {"id": "BIGINT", "status": "VARCHAR"}
_FAILED = "The condition cannot be computed."


class FilterParams(Params):
    """Params of `filter`."""

    condition: str = param(
        doc="Rows for which this is true are kept; false and null are dropped.",
        keywords=("where", "expression", "expr", "predicate", "query", "filter", "rule", "by"),
        editor=Editor.EXPRESSION,
        placeholder="status <> 'cancelled'",
        condition=True,
    )


class Filter(RelationalNode[FilterParams]):
    """Keep the rows that meet a condition."""

    id = "filter"
    title = "Filter rows"
    category = Category.TRANSFORM
    icon = "filter"
    keywords = (
        "where", "row filter", "condition", "keep", "drop", "remove rows", "only", "remove nulls",
        "dropna", "regex", "if", "rule-based",
    )  # fmt: skip
    params_class = FilterParams
    passes = ("kept", "dropped")
    outputs = (
        Port("kept", "Rows for which the condition is true."),
        Port("dropped", "Rows for which it is false or null.", required=False),
    )
    can_reject = True
    rowwise = True
    examples = (
        Example(
            "Leave out cancelled orders",
            {"condition": "status <> 'cancelled'"},
            given={"rows": Rows(_SCHEMA, [(1, "paid"), (2, "cancelled"), (3, None)])},
            expected={
                "kept": Rows(_SCHEMA, [(1, "paid")]),
                "dropped": Rows(_SCHEMA, [(2, "cancelled"), (3, None)]),
            },
        ),
        Example(
            "A row for which the condition cannot be computed is rejected",
            {"condition": "CAST(status AS BIGINT) > 1"},
            given={"rows": Rows(_SCHEMA, [(1, "2"), (2, "1"), (3, "paid")])},
            expected={
                "kept": Rows(_SCHEMA, [(1, "2")]),
                "dropped": Rows(_SCHEMA, [(2, "1")]),
                "rejected": Rows(
                    _SCHEMA | {c.name: c.type for c in REJECT_COLUMNS},
                    [(3, "paid", "expression_failed", None, _FAILED, None)],
                ),
            },
        ),
    )

    def summary(self) -> str:
        """Return the condition."""
        return self.params.condition

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's schema for both ports."""
        (schema,) = inputs["rows"]
        with at_field("condition"):
            check_expression(self.params.condition, schema, context.binder, expect=BOOLEAN)
        return super().infer(inputs, context)

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the rows of each port; a row on which the condition fails is rejected."""
        (rows,) = inputs["rows"]
        value = tried(self.params.condition)
        return Relation(
            ports={
                "kept": f"SELECT * FROM {rows.table} WHERE coalesce({value}.v, false)",
                "dropped": (
                    f"SELECT * FROM {rows.table} "
                    f"WHERE {value} IS NOT NULL AND NOT coalesce({value}.v, false)"
                ),
                "rejected": failed(rows, f"{value} IS NULL", _FAILED),
            },
            fast=f"SELECT * FROM {rows.table} WHERE {embed(self.params.condition)}",
            filters=("dropped",),
            counts={
                "dropped": f"SELECT count(*) FROM {rows.table}"
                f" WHERE {embed(self.params.condition)} IS NOT TRUE"
            },
        )
