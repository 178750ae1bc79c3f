"""Keep one row of each group of equal ones."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from summit_studio.core.sql import quote_name
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
    visible,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import require, star

_SCHEMA = {"mail": "VARCHAR", "version": "BIGINT"}


class DeduplicateParams(Params):
    """Params of `deduplicate`."""

    keys: tuple[str, ...] = param(
        (),
        keywords=("by", "subset", "columns", "on"),
        doc="Rows that are equal in these columns are duplicates, two nulls too; none means all"
        " columns.",
        editor=Editor.COLUMNS,
    )
    keep: Literal["first", "last"] = param(
        "first", doc="Which of the duplicates to keep.", editor=Editor.CHOICE
    )
    order: tuple[str, ...] = param(
        (),
        keywords=("order_by", "sort_by"),
        doc="Columns that say which comes first or last, such as a time; a row without a value"
        " there is kept only where no other has one. None: the order of the input.",
        editor=Editor.COLUMNS,
    )


class Deduplicate(RelationalNode[DeduplicateParams]):
    """Keep one row of each group of duplicates.

    Both outputs keep the order of the input.
    """

    id = "deduplicate"
    title = "Deduplicate"
    category = Category.TRANSFORM
    icon = "deduplicate"
    keywords = (
        "remove duplicates", "duplicate row filter", "distinct", "unique rows", "drop duplicates",
        "dedupe", "latest",
    )  # fmt: skip
    params_class = DeduplicateParams
    passes = ("unique", "duplicates")
    origins: ClassVar[Mapping[str, str]] = {"unique": "rows", "duplicates": "rows"}
    outputs = (
        Port("unique", "One row of each group."),
        Port("duplicates", "The rows left out.", required=False),
    )
    examples = (
        Example(
            "Equal rows once, in input order",
            {},
            given={
                "rows": Rows(_SCHEMA, [("b@x", 1), ("a@x", 1), ("b@x", 1), (None, 2), (None, 2)])
            },
            expected={
                "unique": Rows(_SCHEMA, [("b@x", 1), ("a@x", 1), (None, 2)]),
                "duplicates": Rows(_SCHEMA, [("b@x", 1), (None, 2)]),
            },
        ),
        Example(
            "The newest version of each mail address",
            {"keys": ["mail"], "keep": "last", "order": ["version"]},
            given={"rows": Rows(_SCHEMA, [("a@x", 2), ("a@x", 3), ("a@x", None), ("b@x", None)])},
            expected={
                "unique": Rows(_SCHEMA, [("a@x", 3), ("b@x", None)]),
                "duplicates": Rows(_SCHEMA, [("a@x", 2), ("a@x", None)]),
            },
        ),
    )

    def summary(self) -> str:
        """Return the keys, and which row is kept."""
        order = f" by {', '.join(self.params.order)}" if self.params.order else ""
        return f"{', '.join(self.params.keys) or 'all columns'}, {self.params.keep}{order}"

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's schema for both outputs."""
        (schema,) = inputs["rows"]
        for field_name, chosen in (("keys", self.params.keys), ("order", self.params.order)):
            for index, name in enumerate(chosen):
                require(schema, name, f"{field_name}.{index}")
        return super().infer(inputs, context)

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the row kept of each group, and the others."""
        (rows,) = inputs["rows"]
        last = self.params.keep == "last"
        keys = [require(rows.schema, n, "keys").name for n in self.params.keys]
        order = [quote_name(require(rows.schema, n, "order").name) for n in self.params.order]
        partition = ", ".join(map(quote_name, keys or visible(rows.schema).names))
        ranked = ", ".join(
            [f"{name} {'DESC' if last else 'ASC'} NULLS LAST" for name in order]
            + ['"__summit_row" DESC' if last else '"__summit_row"']
        )
        numbered = f'SELECT *, row_number() OVER () AS "__summit_row" FROM {rows.table}'
        place = f"row_number() OVER (PARTITION BY {partition} ORDER BY {ranked})"
        size = f'count(*) OVER (PARTITION BY {partition}) AS "__summit_size"'
        ranks = f'{place} AS "__summit_place"'
        table = f"(SELECT *, {ranks}, {size} FROM ({numbered}))"
        chosen, tail = star(rows.schema), 'ORDER BY "__summit_row"'
        return Relation(
            ports={
                "unique": f'SELECT {chosen}, "__summit_size" FROM {table}'
                f' WHERE "__summit_place" = 1 {tail}',
                "duplicates": f'SELECT {chosen} FROM {table} WHERE "__summit_place" > 1 {tail}',
            },
            stood_for={"unique": "__summit_size"},
        )
