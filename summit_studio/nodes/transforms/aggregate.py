"""Group rows and compute measures."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from summit_studio.core.errors import InvalidExpression, InvalidParams, SummitError, Where
from summit_studio.core.schema import BOOLEAN, REJECT_COLUMNS, REJECTED, Schema
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.expressions.check import check_expression
from summit_studio.expressions.lineage import as_written, columns_of, only_connects, shape_of
from summit_studio.nodes.contract import (
    Category,
    DesignContext,
    Example,
    Input,
    Inputs,
    Outputs,
    Relation,
    RelationalNode,
    Rows,
)
from summit_studio.nodes.made import Made, Makes, Read, by_name, reads_in, rejected, together
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import at_field, require, require_new, require_some
from summit_studio.nodes.parts.queries import embed, rejects, tried
from summit_studio.nodes.words import name_for, named, parted

_SCHEMA = {"country": "VARCHAR", "amount": "BIGINT"}
_REJECTED = {c.name: c.type for c in REJECT_COLUMNS}

_SQL = {
    "count": "count({0}){1}",
    "count_distinct": "count(DISTINCT {0}){1}",
    "sum": "sum({0}){1}",
    "avg": "avg({0}){1}",
    "min": "min({0}){1}",
    "max": "max({0}){1}",
    "median": "median({0}){1}",
    "stddev": "stddev_samp({0}){1}",
    "first": 'first({0} ORDER BY "__summit_row"){1}',
    "last": 'last({0} ORDER BY "__summit_row"){1}',
    "list": 'list({0} ORDER BY "__summit_row"){1}',
    "string_agg": "string_agg(({0})::VARCHAR, ', ' ORDER BY \"__summit_row\"){1}",
}


class Measure(Params):
    """One computed column of a group."""

    name: str = param(doc="The column to give.", keywords=("alias", "as", "output"))
    function: Literal[
        "count", "count_distinct", "sum", "avg", "min", "max", "median", "stddev", "first", "last",
        "list", "string_agg", "expression",
    ] = param(
        "count",
        doc="How a group's values become one; first, last, list and string_agg follow the order of"
        " the input; expression is any formula with aggregates, such as sum(a) / sum(b).",
        keywords=("agg", "aggregation", "op", "operation", "how"),
        editor=Editor.CHOICE,
    )  # fmt: skip
    column: str = param(
        "",
        doc="The column to measure; count without one counts rows.",
        keywords=("of", "field", "col"),
        editor=Editor.COLUMN,
    )
    expression: str = param(
        "",
        doc="What to measure instead of a column; with the function expression, the whole formula.",
        keywords=("formula", "expr"),
        editor=Editor.EXPRESSION,
        placeholder="amount * quantity",
    )
    condition: str = param(
        "",
        doc="Only rows for which this is true are measured; empty takes all.",
        keywords=("where", "filter"),
        editor=Editor.EXPRESSION,
        placeholder="status = 'paid'",
        advanced=True,
        condition=True,
    )


class AggregateParams(Params):
    """Params of `aggregate`."""

    group_by: tuple[str, ...] = param(
        (),
        doc="Rows that are equal in these columns make a group; none makes one group of all.",
        keywords=("by", "groupby", "keys", "columns", "dimensions"),
        editor=Editor.COLUMNS,
    )
    measures: tuple[Measure, ...] = param(
        (),
        doc="The columns computed for each group.",
        keywords=("aggregations", "aggregates", "aggs", "agg", "metrics", "functions", "values"),
        editor=Editor.RECORDS,
    )


class Aggregate(RelationalNode[AggregateParams]):
    """Group rows and compute counts, sums and other measures.

    The output is ordered by the group columns, nulls last. Sums of fractions (DOUBLE) may differ in
    their last digits from run to run; decimals do not.
    """

    id = "aggregate"
    title = "Aggregate"
    category = Category.TRANSFORM
    icon = "aggregate"
    keywords = (
        "group by", "summarize", "sum", "count", "average", "min", "max", "mean", "median", "total",
        "having", "roll up", "pivot table", "by month", "per day", "per group",
    )  # fmt: skip
    params_class = AggregateParams
    origins: ClassVar[Mapping[str, str]] = {REJECTED: "rows"}
    can_reject = True
    conserves = False
    examples = (
        Example(
            "Orders and turnover by country",
            {
                "group_by": ["country"],
                "measures": [
                    {"name": "orders"},
                    {"name": "turnover", "function": "sum", "column": "amount"},
                    {"name": "large", "condition": "amount > 10"},
                ],
            },
            given={"rows": Rows(_SCHEMA, [("DE", 7), ("AT", 20), (None, 1), ("AT", None)])},
            expected={
                "rows": Rows(
                    {"country": "VARCHAR", "orders": "BIGINT", "turnover": "DECIMAL(38,0)",
                     "large": "BIGINT"},
                    [("AT", 2, 20, 1), ("DE", 1, 7, 0), (None, 1, 1, 0)],
                )
            },
        ),
        Example(
            "Values in input order, and a formula over the whole input",
            {
                "measures": [
                    {"name": "first", "function": "first", "column": "country"},
                    {"name": "all", "function": "string_agg", "column": "country"},
                    {"name": "mean", "function": "expression",
                     "expression": "sum(amount) / count(*)"},
                ]
            },
            given={"rows": Rows(_SCHEMA, [("DE", 7), ("AT", 20), (None, 3)])},
            expected={
                "rows": Rows(
                    {"first": "VARCHAR", "all": "VARCHAR", "mean": "DOUBLE"},
                    [("DE", "DE, AT", 10.0)],
                )
            },
        ),
        Example(
            "A row whose value cannot be computed is rejected, not silently left out",
            {
                "measures": [
                    {"name": "total", "function": "sum", "expression": "CAST(amount AS INTEGER)"}
                ]
            },
            given={"rows": Rows({"amount": "VARCHAR"}, [("1",), ("x",), (None,), ("2",)])},
            expected={
                "rows": Rows({"total": "DECIMAL(38,0)"}, [(3,)]),
                "rejected": Rows(
                    {"amount": "VARCHAR"} | _REJECTED,
                    [
                        ("x", "expression_failed", None,
                         "Measure 'total' cannot be computed: CAST(amount AS INTEGER).", None),
                    ],
                ),
            },
        ),
    )  # fmt: skip

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return what `sum(amount) as turnover, count() by country, year` stands for."""
        halves = re.split(r"(?:^|\s+)by\s+", words, maxsplit=1, flags=re.IGNORECASE)
        if len(halves) == 1 and "(" not in words:
            return {"group_by": parted(words)}
        groups = parted(halves[1]) if len(halves) > 1 else []
        return {"group_by": groups, "measures": [_measure(m) for m in parted(halves[0])]}

    def summary(self) -> str:
        """Return measures and groups: `orders, turnover by country`."""
        measures = ", ".join(measure.name for measure in self.params.measures)
        groups = ", ".join(self.params.group_by)
        return f"{measures} by {groups}".strip() if groups else measures

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the group columns and the measures."""
        (schema,) = inputs["rows"]
        require_some(
            (*self.params.group_by, *self.params.measures),
            "measures",
            "Neither groups nor measures are given",
            "add a measure, such as a count, or choose columns to group by",
        )
        taken: list[str] = []
        for index, name in enumerate(self.params.group_by):
            place = f"group_by.{index}"
            require_new(require(schema, name, place).name, taken, place)
            taken.append(name)
        for index, measure in enumerate(self.params.measures):
            require_new(measure.name, taken, f"measures.{index}.name")
            taken.append(measure.name)
            _check_measure(measure, f"measures.{index}", schema, context)
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the group columns, and the measures with what they measure."""
        (schema,) = inputs["rows"]
        found = [
            Made(require(schema, n, "group_by").name, (Read("rows", n),), "", f"group_by.{index}")
            for index, n in enumerate(self.params.group_by)
        ]
        known = by_name(schema)
        for index, measure in enumerate(self.params.measures):
            of = measure.expression or (measure.column and as_written(measure.column)) or ""
            formula = measure.function == "expression"
            how = of if formula else f"{measure.function}({of or '*'})"
            how += f" where {measure.condition}" if measure.condition else ""
            parts = [reads_in(text, known) for text in (of, measure.condition) if text]
            place = f"measures.{index}"
            found.append(Made(measure.name, together(*parts), how, place, f"{place}.name"))
        made = {"rows": tuple(found), REJECTED: rejected(schema, "rows")}
        return {port: columns for port, columns in made.items() if port in outputs}

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the groups in order of their columns, and the rows that cannot be measured."""
        (rows,) = inputs["rows"]
        groups = [
            quote_name(require(rows.schema, n, "group_by").name) for n in self.params.group_by
        ]
        computed = tuple(self._computed(rows.schema))
        values = "".join(f", {tried(part.expression)} AS {part.hidden}" for part in computed)
        number = ', row_number() OVER () AS "__summit_row"' if self._ordered else ""
        source = f"(SELECT *{values}{number} FROM {rows.table})"
        measures = [
            f"{self._measure(i, m, rows.schema)} AS {quote_name(m.name)}"
            for i, m in enumerate(self.params.measures)
        ]
        size = 'count(*) AS "__summit_size"'
        query = f"SELECT {', '.join([*groups, *measures, size])} FROM {source}"
        if computed:
            query += " WHERE " + " AND ".join(f"{part.hidden} IS NOT NULL" for part in computed)
        if groups:
            order = ", ".join(f"{group} NULLS LAST" for group in groups)
            query += f" GROUP BY {', '.join(groups)} ORDER BY {order}"
        if not computed:
            return Relation(ports={"rows": query}, stood_for={"rows": "__summit_size"})
        rejected = rejects(
            Input(source, rows.schema),
            " OR ".join(f"{part.hidden} IS NULL" for part in computed),
            code=quote_text("expression_failed"),
            column="NULL",
            reason=_reason(computed),
        )
        ports = {"rows": query, "rejected": rejected}
        return Relation(ports=ports, stood_for={"rows": "__summit_size"})

    @property
    def _ordered(self) -> bool:
        return any('"__summit_row"' in _SQL.get(m.function, "") for m in self.params.measures)

    def _computed(self, schema: Schema) -> Iterator["_Part"]:
        """Yield all that is computed a row at a time, before grouping."""
        for index, measure in enumerate(self.params.measures):
            if measure.function == "expression":
                continue
            if measure.expression:
                yield _Part(f'"__summit_value{index}"', measure.name, measure.expression)
            if measure.condition and not _never_fails(measure.condition, schema):
                yield _Part(f'"__summit_when{index}"', measure.name, measure.condition)

    def _measure(self, index: int, measure: Measure, schema: Schema) -> str:
        if measure.function == "expression":
            return embed(measure.expression)
        value = "*"
        if measure.expression:
            value = f'"__summit_value{index}".v'
        elif measure.column:
            value = quote_name(require(schema, measure.column, "measures").name)
        when = ""
        if measure.condition:
            safe = _never_fails(measure.condition, schema)
            condition = embed(measure.condition) if safe else f'"__summit_when{index}".v'
            when = f" FILTER (WHERE {condition})"
        return _SQL[measure.function].format(value, when)


def _never_fails(condition: str, schema: Schema) -> bool:
    columns = [schema.find(name) for name in columns_of(condition)]
    flags = all(column is not None and column.type == BOOLEAN for column in columns)
    return flags and only_connects(condition)


@dataclass(frozen=True, slots=True)
class _Part:
    """An expression of a measure, computed into a hidden column."""

    hidden: str
    measure: str
    expression: str


def _reason(computed: tuple[_Part, ...]) -> str:
    if not computed:
        return "NULL"
    arms = []
    for part in computed:
        text = " ".join(part.expression.split())
        reason = quote_text(f"Measure '{part.measure}' cannot be computed: {text}.")
        arms.append(f"WHEN {part.hidden} IS NULL THEN {reason}")
    return f"CASE {' '.join(arms)} END"


def _check_measure(measure: Measure, place: str, schema: Schema, context: DesignContext) -> None:
    if measure.function == "expression":
        _check_formula(measure, place, schema, context)
        return
    if measure.condition:
        with at_field(f"{place}.condition"):
            check_expression(measure.condition, schema, context.binder, expect=BOOLEAN)
    if measure.expression:
        with at_field(f"{place}.expression"):
            check_expression(measure.expression, schema, context.binder, rowwise=True)
        value, field_name = embed(measure.expression), f"{place}.expression"
    elif measure.column or measure.function != "count":
        field_name = f"{place}.column"
        value = quote_name(require(schema, measure.column, field_name).name)
    else:
        return
    call = _SQL[measure.function].format(value, "")
    try:
        query = f'SELECT {call} AS v FROM (SELECT *, 1 AS "__summit_row" FROM rows)'
        context.binder.describe(query, {"rows": schema})
    except SummitError:
        raise InvalidParams(
            f"The function '{measure.function}' cannot measure this",
            why=_type_of(value, schema, context),
            do="choose another function, or cast the column to a number before",
            code="measure_type",
            where=Where(param=field_name),
        ) from None


def _type_of(value: str, schema: Schema, context: DesignContext) -> str:
    (column,) = context.binder.describe(f"SELECT {value} AS v FROM rows", {"rows": schema})
    return f"its type is {column.type}"


def _check_formula(measure: Measure, place: str, schema: Schema, context: DesignContext) -> None:
    if measure.condition:
        raise InvalidParams(
            "A formula takes no condition of its own",
            do="write it inside the formula, such as sum(a) FILTER (WHERE b > 0)",
            code="condition_unusable",
            where=Where(param=f"{place}.condition"),
        )
    with at_field(f"{place}.expression"):
        check_expression(measure.expression, schema, context.binder)
        if shape_of(measure.expression) != "aggregate":
            raise InvalidExpression(
                "A formula needs an aggregate",
                why="without one it has a value for each row, not for each group",
                do="wrap it, such as max(amount), or choose another function",
            )


def _measure(words: str) -> dict[str, str]:
    name, formula = named(words)
    call = re.fullmatch(r"(\w+)\s*\(\s*(\*|\w*)\s*\)", formula)
    function = call[1].lower() if call else ""
    if call is None or function not in _SQL:
        return {"name": name or name_for(words), "function": "expression", "expression": formula}
    column = call[2].replace("*", "")
    own = {"name": name or "_".join(filter(None, (function, column))), "function": function}
    return own | ({"column": column} if column else {})
