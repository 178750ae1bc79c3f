"""Fill missing values."""

from collections.abc import Mapping

from summit_studio.core.schema import REJECT_COLUMNS, VARCHAR, Schema
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
from summit_studio.nodes.made import Made, Makes, Read, by_name, reads_in, together
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import (
    at_field,
    require,
    require_castable,
    require_new,
    require_some,
)
from summit_studio.nodes.parts.queries import embed, rejects

_SCHEMA = {"name": "VARCHAR", "amount": "BIGINT"}


class Filling(Params):
    """One column to fill."""

    column: str = param(doc="The column.", editor=Editor.COLUMN)
    value: str = param(
        doc="What stands in for a missing value, as an expression; it takes the column's type.",
        keywords=("default", "with", "fill_value"),
        editor=Editor.EXPRESSION,
        placeholder="'unknown'",
    )


class FillMissingParams(Params):
    """Params of `fill_missing`."""

    columns: tuple[Filling, ...] = param(
        (), doc="The columns to fill.", keywords=("fields", "subset", "fill"), editor=Editor.RECORDS
    )
    blank: bool = param(
        False,
        doc="Count text that is empty, or only spaces, as missing too.",
        editor=Editor.TOGGLE,
    )


class FillMissing(RelationalNode[FillMissingParams]):
    """Put values in the place of nulls."""

    id = "fill_missing"
    title = "Fill missing"
    category = Category.TRANSFORM
    icon = "fill"
    keywords = (
        "null", "missing values", "fillna", "default", "coalesce", "ifnull", "impute", "replace",
        "blank", "empty", "data cleansing",
    )  # fmt: skip
    params_class = FillMissingParams
    can_reject = True
    rowwise = True
    examples = (
        Example(
            "Defaults for null and blank",
            {
                "columns": [
                    {"column": "name", "value": "'unknown'"},
                    {"column": "amount", "value": "0"},
                ],
                "blank": True,
            },
            given={"rows": Rows(_SCHEMA, [("Ada", 1), (None, None), ("  ", 3)])},
            expected={"rows": Rows(_SCHEMA, [("Ada", 1), ("unknown", 0), ("unknown", 3)])},
        ),
        Example(
            "From another column; where that does not fit, the row is rejected",
            {"columns": [{"column": "amount", "value": "name"}]},
            given={"rows": Rows(_SCHEMA, [("Ada", 1), ("7", None), ("Ben", None), (None, None)])},
            expected={
                "rows": Rows(_SCHEMA, [("Ada", 1), ("7", 7), (None, None)]),
                "rejected": Rows(
                    _SCHEMA
                    | {c.name: c.type for c in REJECT_COLUMNS},
                    [
                        ("Ben", None, "expression_failed", "amount",
                         "Column 'amount' cannot be filled: name is no BIGINT.", None),
                    ],
                ),
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the columns and what fills them."""
        return ", ".join(f"{filling.column}: {filling.value}" for filling in self.params.columns)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's schema."""
        (schema,) = inputs["rows"]
        require_some(self.params.columns, "columns", "No column is filled", "choose at least one")
        taken: list[str] = []
        for index, filling in enumerate(self.params.columns):
            place = f"columns.{index}.column"
            column = require(schema, filling.column, place)
            require_new(column.name, taken, place)
            taken.append(column.name)
            with at_field(f"columns.{index}.value"):
                kind = check_expression(filling.value, schema, context.binder, rowwise=True)
            require_castable(kind, column.type, f"columns.{index}.value", "The value")
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the input's columns, the filled ones made of what fills them as well."""
        (schema,) = inputs["rows"]
        fillings = {f.column.casefold(): (i, f) for i, f in enumerate(self.params.columns)}
        found = []
        for column in visible(schema):
            reads: tuple[Read, ...] = (Read("rows", column.name),)
            how = field_name = ""
            if column.name.casefold() in fillings:
                index, filling = fillings[column.name.casefold()]
                reads = together(reads, reads_in(filling.value, by_name(schema)))
                how, field_name = f"{filling.value} where it is missing", f"columns.{index}"
            found.append(Made(column.name, reads, how, field_name))
        return {**super().made(inputs, outputs), "rows": tuple(found)}

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the filled rows, and those whose filling cannot be computed."""
        (rows,) = inputs["rows"]
        fillings = {require(rows.schema, f.column, "columns").name: f for f in self.params.columns}
        values = {name: self._value(name, f, rows.schema) for name, f in fillings.items()}
        tried = {name: f"TRY({{'v': {value}}})" for name, value in values.items()}
        fails = {name: f"{value} IS NULL" for name, value in tried.items()}
        wrong = " OR ".join(fails.values())
        quick = _select(rows, values)
        safe = _select(rows, {name: f"{value}.v" for name, value in tried.items()})
        reasons = {n: quote_text(_reason(f, rows.schema)) for n, f in fillings.items()}
        return Relation(
            ports={
                "rows": f"{safe} WHERE NOT ({wrong})",
                "rejected": rejects(
                    rows,
                    wrong,
                    code=quote_text("expression_failed"),
                    column=_first(fails, {name: quote_text(name) for name in fillings}),
                    reason=_first(fails, reasons),
                ),
            },
            fast=quick,
        )

    def _value(self, name: str, filling: Filling, schema: Schema) -> str:
        """Return SQL of the filled value; what fills is computed only where it is needed."""
        column = require(schema, name, "columns")
        quoted = quote_name(column.name)
        missing = f"{quoted} IS NULL"
        if self.params.blank and column.type == VARCHAR:
            missing += f" OR trim({quoted}) = ''"
        value = f"CAST({embed(filling.value)} AS {column.type})"
        return f"CASE WHEN {missing} THEN {value} ELSE {quoted} END"


def _select(rows: Input, values: Mapping[str, str]) -> str:
    parts = [
        f"{values[c.name]} AS {quote_name(c.name)}" if c.name in values else quote_name(c.name)
        for c in rows.schema
    ]
    return f"SELECT {', '.join(parts)} FROM {rows.table}"


def _first(fails: Mapping[str, str], results: Mapping[str, str]) -> str:
    arms = " ".join(f"WHEN {fails[name]} THEN {result}" for name, result in results.items())
    return f"CASE {arms} END"


def _reason(filling: Filling, schema: Schema) -> str:
    column = require(schema, filling.column, "columns")
    value = " ".join(filling.value.split())
    return f"Column '{column.name}' cannot be filled: {value} is no {column.type}."
