"""Add columns computed from others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from summit_studio.core.schema import REJECT_COLUMNS, Column, Schema
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.expressions.check import check_expression
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
    visible,
)
from summit_studio.nodes.made import Made, Makes, by_name, passed, reads_in
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import at_field, require_new, require_some, star
from summit_studio.nodes.parts.queries import embed, rejects, tried
from summit_studio.nodes.words import named, not_understood, parted

_SCHEMA = {"id": "BIGINT", "amount": "VARCHAR"}


class Derivation(Params):
    """One computed column."""

    name: str = param(
        doc="The column to add, or to replace where it exists.",
        keywords=("column", "alias", "as"),
        replaces="rows",
    )
    expression: str = param(
        doc="Its value. It may use the columns computed above it.",
        keywords=("formula", "expr", "value", "sql"),
        editor=Editor.EXPRESSION,
        placeholder="round(amount * 1.19, 2)",
        above="name",
    )


class DeriveParams(Params):
    """Params of `derive`."""

    columns: tuple[Derivation, ...] = param(
        (),
        doc="The computed columns, from top to bottom.",
        keywords=("expressions", "formulas", "assign", "derivations", "fields"),
        editor=Editor.RECORDS,
    )


@dataclass(frozen=True, slots=True)
class _Layer:
    """Derivations that do not use one another, so that one SELECT computes them together.

    Args:
        first: Index of the first of them.
    """

    first: int
    columns: tuple[Derivation, ...]


class Derive(RelationalNode[DeriveParams]):
    """Add or replace columns computed from other columns."""

    id = "derive"
    title = "Derive columns"
    category = Category.TRANSFORM
    icon = "derive"
    keywords = (
        "formula", "calculate", "compute", "expression", "add column", "new column", "assign",
        "case when", "regex", "string manipulation", "math", "substring", "replace text",
        "split column", "extract year from date", "uppercase", "lowercase", "trim", "round",
    )  # fmt: skip
    params_class = DeriveParams
    can_reject = True
    rowwise = True
    builds_on_names = True
    examples = (
        Example(
            "Compute the gross amount, then a label from it",
            {
                "columns": [
                    {"name": "gross", "expression": "net * 2"},
                    {"name": "big", "expression": "gross >= 20"},
                ]
            },
            given={"rows": Rows({"net": "BIGINT"}, [(10,), (3,), (None,)])},
            expected={
                "rows": Rows(
                    {"net": "BIGINT", "gross": "BIGINT", "big": "BOOLEAN"},
                    [(10, 20, True), (3, 6, False), (None, None, None)],
                )
            },
        ),
        Example(
            "Replace a text by a number; rows on which that fails are rejected",
            {"columns": [{"name": "amount", "expression": "CAST(amount AS BIGINT)"}]},
            given={"rows": Rows(_SCHEMA, [(1, "12"), (2, "twelve"), (3, None)])},
            expected={
                "rows": Rows({"id": "BIGINT", "amount": "BIGINT"}, [(1, 12), (3, None)]),
                "rejected": Rows(
                    _SCHEMA
                    | {c.name: c.type for c in REJECT_COLUMNS},
                    [
                        (2, "twelve", "expression_failed", "amount",
                         "Column 'amount' cannot be computed: CAST(amount AS BIGINT).", None),
                    ],
                ),
            },
        ),
    )  # fmt: skip

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return the columns of `gross = net * 2, big = gross > 20`."""
        pairs = [named(part) for part in parted(words)]
        if not pairs or not all(name for name, _ in pairs):
            raise not_understood(words, "each new column needs a name", "gross = net * 1.19")
        return {"columns": [{"name": name, "expression": formula} for name, formula in pairs]}

    def summary(self) -> str:
        """Return the names of the computed columns."""
        return ", ".join(column.name for column in self.params.columns)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's columns with the computed ones replaced or appended."""
        (schema,) = inputs["rows"]
        require_some(
            self.params.columns, "columns", "No column is computed", "add at least one column"
        )
        known = schema
        for index, column in enumerate(self.params.columns):
            require_new(column.name, (), f"columns.{index}.name")
            with at_field(f"columns.{index}.expression"):
                kind = check_expression(column.expression, known, context.binder, rowwise=True)
            known = known.with_columns(Column(column.name, kind))
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the input's columns with the computed ones replaced or appended."""
        (schema,) = inputs["rows"]
        names = [column.name.casefold() for column in self.params.columns]
        found = {m.name.casefold(): m for m in passed(visible(schema), "rows")}
        behind = by_name(schema)
        for index, column in enumerate(self.params.columns):
            folded = column.name.casefold()
            place = f"columns.{index}"
            # By another name, one that takes the place of a column would no longer do so.
            new = column.name not in schema and names.count(folded) == 1
            reads = reads_in(column.expression, behind)
            behind[folded] = reads
            found[folded] = Made(
                column.name, reads, column.expression, place, f"{place}.name" if new else ""
            )
        return {**super().made(inputs, outputs), "rows": tuple(found.values())}

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the rows with the computed columns, and the rows on which one fails."""
        (rows,) = inputs["rows"]
        layers = tuple(self._layers())
        query, out = self._exact(rows, layers)
        succeeded = " AND ".join(
            quote_name(f"__summit_ok{i}") for i in range(len(self.params.columns))
        )
        originals = ", ".join(
            f"{quote_name(f'__summit_was{i}')} AS {quote_name(c.name)}"
            for i, c in enumerate(rows.schema)
        )
        hidden = ", ".join(quote_name(f"__summit_ok{i}") for i in range(len(self.params.columns)))
        before = Input(f"(SELECT {originals}, {hidden} FROM {query})", rows.schema)
        return Relation(
            ports={
                "rows": f"SELECT {star(out)} FROM {query} WHERE {succeeded}",
                "rejected": rejects(
                    before,
                    f"NOT ({succeeded})",
                    code=quote_text("expression_failed"),
                    column=self._first([quote_text(c.name) for c in self.params.columns]),
                    reason=self._first([quote_text(_reason(c)) for c in self.params.columns]),
                ),
            },
            fast=_fast(rows, layers),
        )

    def _layers(self) -> Iterator[_Layer]:
        """Cut the columns where one may use, or replaces, another of the same layer.

        Looking for the name in the text errs on the safe side: a layer too many is only slower.
        """
        start = 0
        columns = self.params.columns
        for index, column in enumerate(columns):
            text = f"{column.name} {column.expression}".casefold()
            if any(other.name.casefold() in text for other in columns[start:index]):
                yield _Layer(start, columns[start:index])
                start = index
        yield _Layer(start, columns[start:])

    def _exact(self, rows: Input, layers: tuple[_Layer, ...]) -> tuple[str, Schema]:
        """Return outputs, originals (`..._wasN`) and successes (`..._okN`), in brackets."""
        known = rows.schema
        was = ", ".join(
            f"{quote_name(c.name)} AS {quote_name(f'__summit_was{i}')}"
            for i, c in enumerate(rows.schema)
        )
        query = f"(SELECT {star(rows.schema)}, {was} FROM {rows.table})"
        carried = [quote_name(f"__summit_was{i}") for i in range(len(rows.schema))]
        for layer in layers:
            tries = ", ".join(
                f"{tried(c.expression)} AS {quote_name(f'__summit_try{layer.first + i}')}"
                for i, c in enumerate(layer.columns)
            )
            values = {
                c.name: f"{quote_name(f'__summit_try{layer.first + i}')}.v"
                for i, c in enumerate(layer.columns)
            }
            parts, known = _replaced(known, values)
            flags = [
                f"{quote_name(f'__summit_try{layer.first + i}')} IS NOT NULL"
                f" AS {quote_name(f'__summit_ok{layer.first + i}')}"
                for i in range(len(layer.columns))
            ]
            inner = f"(SELECT *, {tries} FROM {query})"
            query = f"(SELECT {', '.join(parts + carried + flags)} FROM {inner})"
            carried += [
                quote_name(f"__summit_ok{layer.first + i}") for i in range(len(layer.columns))
            ]
        return query, known

    def _first(self, results: list[str]) -> str:
        arms = " ".join(
            f"WHEN NOT {quote_name(f'__summit_ok{i}')} THEN {result}"
            for i, result in enumerate(results)
        )
        return f"CASE {arms} END"


def _fast(rows: Input, layers: tuple[_Layer, ...]) -> str:
    known = rows.schema
    table, query = rows.table, ""
    for layer in layers:
        parts, known = _replaced(known, {c.name: embed(c.expression) for c in layer.columns})
        query = f"SELECT {', '.join(parts)} FROM {table}"
        table = f"({query})"
    return query


def _replaced(known: Schema, values: Mapping[str, str]) -> tuple[list[str], Schema]:
    """Return select items with columns replaced or appended, and the columns that gives."""
    after = known.with_columns(*(Column(name, "") for name in values))
    by_fold = {name.casefold(): sql for name, sql in values.items()}
    parts = []
    for column in after:
        name = quote_name(column.name)
        sql = by_fold.get(column.name.casefold())
        parts.append(name if sql is None else f"{sql} AS {name}")
    return parts, after


def _reason(column: Derivation) -> str:
    return f"Column '{column.name}' cannot be computed: {' '.join(column.expression.split())}."
