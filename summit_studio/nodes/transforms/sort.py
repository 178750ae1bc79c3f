"""Sort rows."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from summit_studio.core.schema import Schema
from summit_studio.core.sql import quote_name
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
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import require, require_some, star
from summit_studio.nodes.words import parted

_SCHEMA = {"id": "BIGINT", "name": "VARCHAR"}


class SortKey(Params):
    """One column to sort by."""

    column: str = param(
        doc="The column.", keywords=("by", "name", "col", "field"), editor=Editor.COLUMN
    )
    direction: Literal["ascending", "descending"] = param(
        "ascending",
        doc="Smallest or largest first.",
        keywords=("order", "ascending", "descending", "how"),
        editor=Editor.CHOICE,
    )
    nulls: Literal["last", "first"] = param(
        "last",
        doc="Where rows without a value go, in either direction.",
        keywords=("na_position", "nulls_first", "nulls_last"),
        editor=Editor.CHOICE,
    )


class SortParams(Params):
    """Params of `sort`."""

    columns: tuple[SortKey, ...] = param(
        (),
        doc="The columns to sort by, the most important first.",
        keywords=("by", "order_by", "sort_by", "keys", "on"),
        editor=Editor.RECORDS,
    )


class Sort(RelationalNode[SortParams]):
    """Sort rows by one or more columns.

    Rows that are equal in all of them keep their order. Text sorts by code point: Z before a.
    """

    id = "sort"
    title = "Sort"
    category = Category.TRANSFORM
    icon = "sort"
    keywords = ("order by", "sorter", "sort values", "rank", "ascending", "descending")
    params_class = SortParams
    passes = ("rows",)
    apart = ("rows",)
    origins: ClassVar[Mapping[str, str]] = {"rows": "rows"}
    examples = (
        Example(
            "By name, those without one first; equal names keep their order",
            {"columns": [{"column": "name", "nulls": "first"}]},
            given={"rows": Rows(_SCHEMA, [(1, "Cy"), (2, "Al"), (3, None), (4, "Al")])},
            expected={"rows": Rows(_SCHEMA, [(3, None), (2, "Al"), (4, "Al"), (1, "Cy")])},
        ),
        Example(
            "Largest first",
            {"columns": [{"column": "name"}, {"column": "id", "direction": "descending"}]},
            given={"rows": Rows(_SCHEMA, [(1, "Al"), (2, None), (3, "Al"), (None, "Al")])},
            expected={"rows": Rows(_SCHEMA, [(3, "Al"), (1, "Al"), (None, "Al"), (2, None)])},
        ),
    )

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return the keys of `country, amount desc`."""
        keys = list[dict[str, str]]()
        for part in parted(words):
            column, _, way = part.rpartition(" ")
            down = column and way.lower() in {"desc", "descending"}
            up = column and way.lower() in {"asc", "ascending"}
            keys.append({"column": (column if up or down else part).strip().strip('"')})
            if down:
                keys[-1]["direction"] = "descending"
        return {"columns": keys}

    def summary(self) -> str:
        """Return the columns, descending ones marked."""
        return ", ".join(
            key.column + " descending" * (key.direction == "descending")
            for key in self.params.columns
        )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's schema."""
        (schema,) = inputs["rows"]
        require_some(
            self.params.columns, "columns", "No column to sort by", "choose at least one column"
        )
        for index, key in enumerate(self.params.columns):
            require(schema, key.column, f"columns.{index}.column")
        return super().infer(inputs, context)

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the rows in order; their number breaks ties."""
        (rows,) = inputs["rows"]
        keys = [_order(key, rows.schema) for key in self.params.columns]
        order = ", ".join([*keys, '"__summit_row"'])
        numbered = f'(SELECT *, row_number() OVER () AS "__summit_row" FROM {rows.table})'
        return Relation(
            ports={"rows": f"SELECT {star(rows.schema)} FROM {numbered} ORDER BY {order}"}
        )


def _order(key: SortKey, schema: Schema) -> str:
    name = quote_name(require(schema, key.column, "columns").name)
    direction = "DESC" if key.direction == "descending" else "ASC"
    return f"{name} {direction} NULLS {key.nulls.upper()}"
