"""Put rows of several inputs under one another."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from summit_studio.core.errors import InvalidParams, Where
from summit_studio.core.problems import Problem, Severity
from summit_studio.core.schema import VARCHAR, Column, Schema
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
    hidden,
    visible,
)
from summit_studio.nodes.made import Made, Makes, Read
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import comparable, star


class UnionParams(Params):
    """Params of `union`."""

    match: Literal["name", "position"] = param(
        "name",
        doc="How columns find each other: by name, missing ones null; or by position.",
        keywords=("by", "how"),
        editor=Editor.CHOICE,
    )


class Union(RelationalNode[UnionParams]):
    """Put the rows of several inputs under one another.

    Rows come in the order of the edges: an input is read once the one before has ended. Types
    widen: whole numbers and fractions become fractions.
    """

    id = "union"
    title = "Union"
    category = Category.TRANSFORM
    icon = "union"
    keywords = (
        "concatenate", "append rows", "union all", "stack", "combine", "merge rows", "concat",
        "put files together", "on top of each other",
    )  # fmt: skip
    params_class = UnionParams
    apart = ("rows",)
    in_turn = "rows"
    origins: ClassVar[Mapping[str, str]] = {"rows": "rows"}
    inputs = (Port("rows", "The inputs, one an edge.", many=True),)
    examples = (
        Example(
            "By name: what one input lacks is null",
            {},
            given={
                "rows": [
                    Rows({"id": "BIGINT", "city": "VARCHAR"}, [(1, "Graz"), (2, None)]),
                    Rows({"amount": "DOUBLE", "id": "INTEGER"}, [(9.5, 3)]),
                ]
            },
            expected={
                "rows": Rows(
                    {"id": "BIGINT", "city": "VARCHAR", "amount": "DOUBLE"},
                    [(1, "Graz", None), (2, None, None), (3, None, 9.5)],
                )
            },
        ),
        Example(
            "By position: names of the first input, types widened",
            {"match": "position"},
            given={
                "rows": [
                    Rows({"id": "INTEGER"}, [(1,), (None,)]),
                    Rows({"number": "BIGINT"}, [(3_000_000_000,)]),
                ]
            },
            expected={"rows": Rows({"id": "BIGINT"}, [(1,), (None,), (3_000_000_000,)])},
        ),
    )

    def summary(self) -> str:
        """Return how columns find each other."""
        return f"by {self.params.match}"

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield a warning for each column that becomes text because the inputs' types differ."""
        del context
        for name, first, other in self._clashes(inputs["rows"]):
            if VARCHAR in {first.type, other.type}:
                yield self.problem(
                    "union_types_differ",
                    f"Column '{name}' becomes text",
                    why=f"one input has {first}, another {other}",
                    do="cast it in a Select columns node before, if it should be something else",
                    severity=Severity.WARNING,
                )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns of all inputs, each with a type that holds them all."""
        schemas = inputs["rows"]
        if self.params.match == "position":
            _require_same_width(schemas)
        for name, first, other in self._clashes(schemas):
            if VARCHAR not in {first.type, other.type}:
                raise InvalidParams(
                    f"Cannot put the columns '{name}' under one another",
                    why=f"one input has {first}, another {other}",
                    do="cast one of them in a Select columns node before",
                    code="union_types_clash",
                    where=Where(column=name),
                )
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the columns of all inputs, each of all those that meet in it."""
        del outputs
        groups = self._meeting(inputs["rows"])
        return {"rows": tuple(Made(reads[0].column, reads) for reads in groups)}

    def alike(self, inputs: Inputs) -> tuple[tuple[Read, ...], ...]:
        """Return the columns that meet by their names."""
        return self._meeting(inputs["rows"]) if self.params.match == "name" else ()

    def _meeting(self, schemas: tuple[Schema, ...]) -> tuple[tuple[Read, ...], ...]:
        found: dict[str | int, list[Read]] = {}
        for edge, schema in enumerate(schemas):
            for index, column in enumerate(visible(schema)):
                key = column.name.casefold() if self.params.match == "name" else index
                found.setdefault(key, []).append(Read("rows", column.name, edge))
        return tuple(map(tuple, found.values()))

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the rows of the first edge, then of the second, and so on."""
        word = " UNION ALL BY NAME " if self.params.match == "name" else " UNION ALL "
        further = {c.name for rows in inputs["rows"] for c in hidden(rows.schema)}
        tables = [_select(rows, further) for rows in inputs["rows"]]
        return Relation(ports={"rows": word.join(tables)})

    def _clashes(self, schemas: tuple[Schema, ...]) -> Iterator[tuple[str, Column, Column]]:
        """Yield columns that meet in one output column and do not compare."""
        first: dict[str | int, Column] = {}
        for schema in schemas:
            for index, column in enumerate(schema):
                key = column.name.casefold() if self.params.match == "name" else index
                known = first.setdefault(key, column)
                if not comparable(known.type, column.type):
                    yield known.name, known, column


def _select(rows: Input, further: set[str]) -> str:
    """Return the query of one input; `further` columns come last, also where it lacks them."""
    own = [
        quote_name(name) if name in rows.schema else f"NULL AS {quote_name(name)}"
        for name in sorted(further)
    ]
    return f"SELECT {', '.join([star(visible(rows.schema)), *own])} FROM {rows.table}"


def _require_same_width(schemas: tuple[Schema, ...]) -> None:
    widths = [len(schema) for schema in schemas]
    if len(set(widths)) > 1:
        raise InvalidParams(
            "Cannot match the inputs by position",
            why=f"they have {', '.join(map(str, widths))} columns",
            do="choose the same columns in a Select columns node before, or match by name",
            code="union_widths_differ",
            where=Where(param="match"),
        )
