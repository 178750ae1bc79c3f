"""Query the inputs by SQL."""

from collections.abc import Mapping

from summit_studio.core.errors import InvalidParams
from summit_studio.core.schema import Schema
from summit_studio.core.sql import quote_name
from summit_studio.expressions.guard import guard_query
from summit_studio.expressions.query_lineage import Followed, followed, renamed
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
from summit_studio.nodes.made import Made, Makes, Read, Use
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import at_field, star

_SCHEMA = {"id": "BIGINT", "amount": "BIGINT"}
_SHOWN_CHARACTERS = 80


class SqlParams(Params):
    """Params of `sql`."""

    query: str = param(
        "SELECT * FROM input",
        keywords=("sql", "code", "statement"),
        doc="A SELECT in Summit SQL. The inputs are the tables input_1, input_2 and so on, in the"
        " order of their edges; input is the first. Rows come in the query's order only with"
        " ORDER BY.",
        editor=Editor.SQL,
        placeholder="SELECT country, count(*) AS orders FROM input GROUP BY country ORDER BY 1",
    )


class SqlQuery(RelationalNode[SqlParams]):
    """Query the inputs with SQL.

    A value that cannot be computed ends the run; TRY_CAST and TRY give null instead.
    """

    id = "sql"
    title = "SQL query"
    category = Category.TRANSFORM
    icon = "sql"
    keywords = (
        "custom sql", "select", "window function", "row number", "over partition", "with", "pivot",
        "cte",
    )  # fmt: skip
    params_class = SqlParams
    untold = "its query cannot be followed"
    inputs = (Port("rows", "The tables input_1, input_2 ... in edge order.", many=True),)
    conserves = False
    examples = (
        Example(
            "A running total; nulls count as nothing",
            {
                "query": "SELECT id, CAST(sum(amount) OVER (ORDER BY id) AS BIGINT) AS total\n"
                "FROM input ORDER BY id"
            },
            given={"rows": [Rows(_SCHEMA, [(2, 5), (1, 10), (3, None)])]},
            expected={
                "rows": Rows({"id": "BIGINT", "total": "BIGINT"}, [(1, 10), (2, 15), (3, 15)])
            },
        ),
        Example(
            "Two inputs",
            {
                "query": "WITH both_sides AS (\n"
                "  SELECT a.id, b.amount FROM input_1 AS a JOIN input_2 AS b USING (id)\n"
                ")\nSELECT * FROM both_sides ORDER BY id;"
            },
            given={
                "rows": [
                    Rows({"id": "BIGINT"}, [(2,), (1,), (None,)]),
                    Rows(_SCHEMA, [(1, 10), (2, None), (None, 3)]),
                ]
            },
            expected={"rows": Rows(_SCHEMA, [(1, 10), (2, None)])},
        ),
    )

    def summary(self) -> str:
        """Return the query on one line."""
        text = " ".join(self.params.query.split())
        return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 3]}..."

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns the query gives."""
        schemas = inputs["rows"]
        with at_field("query"):
            known = {f"input_{i}": schema for i, schema in enumerate(schemas, start=1)}
            query = guard_query(self.params.query, ("input", *known))
            context.binder.describe(query, {"input": schemas[0], **known})
            return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return what the query makes of which columns, where it can be followed."""
        found, given = self._followed(inputs, outputs), outputs.get("rows")
        if found is None or given is None:
            return {}
        return {
            "rows": tuple(
                Made(name, tuple(map(_read, column.reads)), column.how, "query")
                for name, column in zip(given.names, found.columns, strict=True)
            )
        }

    def uses(self, inputs: Inputs, outputs: Outputs) -> tuple[Use, ...]:
        """Return all columns that the query speaks of."""
        found = self._followed(inputs, outputs)
        if found is None:
            return ()
        return (Use("query", tuple(map(_read, found.reads)), self.params.query.strip()),)

    def renamed(self, field: str, text: str, inputs: Inputs, names: Mapping[Read, str]) -> str:
        """Return the query with columns of its inputs named otherwise.

        Raises:
            InvalidParams: It cannot be followed.
        """
        if field != "query":
            return text
        tables = self._tables(inputs)
        by_table = {
            (table, read.column.casefold()): name
            for read, name in names.items()
            for table in tables
            if _read((table, read.column)) == read
        }
        found = renamed(text, tables, by_table)
        if found is None:
            raise InvalidParams(
                "The query cannot be renamed in", why=self.untold, do="change it by hand"
            )
        return found

    def _tables(self, inputs: Inputs) -> dict[str, Schema]:
        schemas = tuple(visible(schema) for schema in inputs["rows"])
        tables = {f"input_{i}": schema for i, schema in enumerate(schemas, start=1)}
        return {"input": schemas[0], **tables}

    def _followed(self, inputs: Inputs, outputs: Outputs) -> Followed | None:
        query = self.params.query.strip().rstrip(";")
        given = outputs.get("rows")
        if given is None:
            return None
        return followed(query, self._tables(inputs), given.names)

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the query over the inputs."""
        tables = inputs["rows"]
        known = {f"input_{i}": f"__summit_input_{i}" for i in range(1, len(tables) + 1)}
        query = guard_query(self.params.query, ("input", *known))
        # All inputs are read before any gets its name here: one may be called input_2 outside.
        read = [
            f"{quote_name(hidden)} AS (SELECT {star(rows.schema)} FROM {rows.table})"
            for hidden, rows in zip(known.values(), tables, strict=True)
        ]
        named = [
            f"{quote_name(name)} AS (FROM {quote_name(hidden)})"
            for name, hidden in {"input": known["input_1"], **known}.items()
        ]
        return Relation(
            ports={"rows": f"WITH {', '.join(read + named)} SELECT * FROM (\n{query}\n)"}
        )


def _read(named: tuple[str, str]) -> Read:
    """Return a column of one of the tables `input`, `input_1`, `input_2` and so on."""
    table, column = named
    number = table.partition("_")[2]
    return Read("rows", column, int(number) - 1 if number else 0)
