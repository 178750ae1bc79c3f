"""Add columns from a lookup table."""

from collections.abc import Collection, Iterator, Mapping
from typing import ClassVar, Literal

from summit_studio.core.problems import Problem
from summit_studio.core.schema import REJECT_COLUMNS, REJECTED, Schema
from summit_studio.core.sql import quote_name, quote_text
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
from summit_studio.nodes.made import Made, Makes, Read, passed
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import comparable, require, require_new, require_some, star
from summit_studio.nodes.parts.queries import rejects

_SALES = {"id": "BIGINT", "code": "VARCHAR"}
_COUNTRIES = {"iso": "VARCHAR", "name": "VARCHAR"}
_GIVEN = {
    "rows": Rows(_SALES, [(1, "AT"), (2, "XX"), (3, None), (4, "DE"), (5, "AT")]),
    "table": Rows(
        _COUNTRIES, [("AT", "Austria"), ("DE", "Germany"), ("DE", "Allemagne"), (None, "none")]
    ),
}
_TWICE = Rows(_COUNTRIES, [("DE", "Germany"), ("DE", "Allemagne")])
_REJECTED = {c.name: c.type for c in REJECT_COLUMNS}
_RANKED = quote_name("table_ranked")
_TIMES = quote_name("table_times")


class LookupKey(Params):
    """A pair of columns that must be equal."""

    column: str = param(doc="The column of the rows.", editor=Editor.COLUMN)
    table_column: str = param(
        doc="The column of the lookup table.", editor=Editor.COLUMN, port="table"
    )


class LookupColumn(Params):
    """A column taken from the lookup table."""

    column: str = param(doc="The column of the lookup table.", editor=Editor.COLUMN, port="table")
    name: str = param("", doc="Its name in the output; empty keeps it.")


class LookupParams(Params):
    """Params of `lookup`."""

    keys: tuple[LookupKey, ...] = param(
        (),
        doc="The columns that must be equal, pair by pair; a null equals nothing.",
        keywords=("on", "by"),
        editor=Editor.RECORDS,
    )
    columns: tuple[LookupColumn, ...] = param(
        (),
        doc="The columns to add; none means all but the keys.",
        keywords=("fields", "values"),
        editor=Editor.RECORDS,
    )
    unmatched: Literal["null", "reject", "drop"] = param(
        "null",
        doc="What happens to a row without a match: it gets nulls, is rejected, or is left out.",
        keywords=("missing", "default", "on_missing"),
        editor=Editor.CHOICE,
    )
    several: Literal["first", "last", "reject"] = param(
        "first",
        doc="What happens where the table has several matches: the first or last of them in the"
        " table's order is taken, or the row is rejected.",
        editor=Editor.CHOICE,
    )


class Lookup(RelationalNode[LookupParams]):
    """Add columns from a lookup table by key, one row out for each row in.

    The table is taken in whole before the rows stream past it; they keep their order. Table rows
    whose key stands there more than once are reported at the port `duplicates`.
    """

    id = "lookup"
    title = "Lookup"
    category = Category.TRANSFORM
    icon = "lookup"
    keywords = (
        "vlookup", "stream lookup", "find replace", "enrich", "reference", "dimension", "translate",
        "map values", "value mapper",
    )  # fmt: skip
    params_class = LookupParams
    apart = ("rows",)
    origins: ClassVar[Mapping[str, str]] = {"rows": "rows", REJECTED: "rows", "duplicates": "table"}
    inputs = (Port("rows", "The rows to complete."), Port("table", "The lookup table."))
    outputs = (
        Port("rows", "The rows with the added columns."),
        Port("duplicates", "Table rows whose key is not unique.", required=False),
    )
    can_reject = True
    conserves = False
    examples = (
        Example(
            "Country names; what is not found stays null",
            {
                "keys": [{"column": "code", "table_column": "iso"}],
                "columns": [{"column": "name", "name": "country"}],
            },
            given=_GIVEN,
            expected={
                "rows": Rows(
                    _SALES | {"country": "VARCHAR"},
                    [
                        (1, "AT", "Austria"), (2, "XX", None), (3, None, None),
                        (4, "DE", "Germany"), (5, "AT", "Austria"),
                    ],
                ),
                "duplicates": _TWICE,
            },
        ),
        Example(
            "What is unknown or ambiguous is rejected",
            {
                "keys": [{"column": "code", "table_column": "iso"}],
                "unmatched": "reject",
                "several": "reject",
            },
            given=_GIVEN,
            expected={
                "rows": Rows(
                    _SALES | {"name": "VARCHAR"}, [(1, "AT", "Austria"), (5, "AT", "Austria")]
                ),
                "rejected": Rows(
                    _SALES | _REJECTED,
                    [
                        (2, "XX", "lookup_unmatched", "code",
                         "The lookup table has no row for this key.", None),
                        (3, None, "lookup_unmatched", "code",
                         "The lookup table has no row for this key.", None),
                        (4, "DE", "lookup_ambiguous", "code",
                         "The lookup table has 2 rows for this key.", None),
                    ],
                ),
                "duplicates": _TWICE,
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the keys and the added columns."""
        keys = ", ".join(f"{key.column} = {key.table_column}" for key in self.params.keys)
        added = ", ".join(c.name or c.column for c in self.params.columns) or "all columns"
        return f"{added} by {keys}" if keys else ""

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield key pairs whose types do not compare."""
        del context
        ((rows,), (table,)) = (inputs["rows"], inputs["table"])
        for index, key in enumerate(self.params.keys):
            ours, theirs = rows.find(key.column), table.find(key.table_column)
            if ours and theirs and not comparable(ours.type, theirs.type):
                yield self.problem(
                    "key_types_differ",
                    f"Cannot compare '{ours.name}' with '{theirs.name}'",
                    field_name=f"keys.{index}.table_column",
                    why=f"the rows have {ours.type} and the table has {theirs.type}",
                    do="cast one of them in a Select columns node before",
                )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns of the rows, then the added ones."""
        ((rows,), (table,)) = (inputs["rows"], inputs["table"])
        require_some(
            self.params.keys, "keys", "No key is given", "name a column of each input to match by"
        )
        for index, key in enumerate(self.params.keys):
            require(rows, key.column, f"keys.{index}.column")
            require(table, key.table_column, f"keys.{index}.table_column", "table")
        taken = list(rows.names)
        listed = bool(self.params.columns)
        for index, (column, name) in enumerate(self._added(table)):
            place = f"columns.{index}" if listed else "columns"
            require(table, column, f"{place}.column", "table")
            require_new(name, taken, f"{place}.name" if listed else place)
            taken.append(name)
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the columns of the rows, then the added ones, each of one of the table."""
        ((rows,), (table,)) = (inputs["rows"], inputs["table"])
        listed = bool(self.params.columns)
        added = []
        for index, (column, name) in enumerate(self._added(table)):
            place = f"columns.{index}" if listed else ""
            reads = (Read("table", require(table, column, "columns").name),)
            added.append(Made(name, reads, "", place, f"{place}.name" if listed else ""))
        made = {
            "rows": (*passed(visible(rows), "rows"), *added),
            "duplicates": passed(visible(table), "table"),
        }
        return {**super().made(inputs, outputs), **made}

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the completed rows, the rejected ones, and the table's ambiguous rows."""
        ((rows,), (table,)) = (inputs["rows"], inputs["table"])
        keys = [
            quote_name(require(table.schema, k.table_column, "keys", "table").name)
            for k in self.params.keys
        ]
        joined = self._joined(rows, table)
        names = [quote_name(name) for _, name in self._added(table.schema)]
        wanted = " AND ".join(self._conditions()) or "true"
        chosen = ", ".join([star(rows.schema), *names])
        order = 'ORDER BY "__summit_row"'
        rejected = rejects(
            Input(joined, rows.schema),
            f"{self._fails()} {order}",
            code="CASE WHEN \"__summit_times\" IS NULL THEN 'lookup_unmatched'"
            " ELSE 'lookup_ambiguous' END",
            column=quote_text(", ".join(k.column for k in self.params.keys)),
            reason="'The lookup table has '"
            " || coalesce(\"__summit_times\"::VARCHAR || ' rows', 'no row') || ' for this key.'",
        )
        return Relation(
            ports={
                "rows": f"SELECT {chosen} FROM {joined} WHERE {wanted} {order}",
                "duplicates": f"SELECT {star(table.schema)} FROM {_RANKED}"
                f' WHERE "__summit_times" > 1 {order}',
                "rejected": rejected,
            },
            counts=self._counts(rows, table.schema),
            built={_RANKED: self._ranked(table, keys), _TIMES: self._times(rows.schema, table)},
        )

    def builds(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Return the lookup table."""
        del wanted
        return ("table",)

    def _counts(self, rows: Input, table: Schema) -> dict[str, str]:
        """Return how many rows must be completed and rejected, by how often keys stand in it."""
        mine = ", ".join(f"{a} AS k{i}" for i, (a, _) in enumerate(self._pairs(rows.schema, table)))
        on = " AND ".join(f"m.k{i} = g.k{i}" for i in range(len(self.params.keys)))
        found = (
            f'(SELECT g."__summit_times" FROM (SELECT {mine} FROM {rows.table}) AS m'
            f" LEFT JOIN {_TIMES} AS g ON {on})"
        )
        wanted = " AND ".join(self._conditions()) or "true"
        return {
            "rows": f"SELECT count(*) FROM {found} WHERE {wanted}",
            "rejected": f"SELECT count(*) FROM {found} WHERE {self._fails()}",
        }

    def _times(self, rows: Schema, table: Input) -> str:
        """Return how often each key stands in the table."""
        keys = ", ".join(f"{b} AS k{i}" for i, (_, b) in enumerate(self._pairs(rows, table.schema)))
        return (
            f'SELECT *, count(*) AS "__summit_times" FROM (SELECT {keys} FROM {table.table})'
            " GROUP BY ALL"
        )

    def _added(self, table: Schema) -> list[tuple[str, str]]:
        if self.params.columns:
            return [(c.column, c.name or c.column) for c in self.params.columns]
        keys = {key.table_column.casefold() for key in self.params.keys}
        return [(c.name, c.name) for c in visible(table) if c.name.casefold() not in keys]

    def _ranked(self, table: Input, keys: list[str]) -> str:
        """Return the table's rows with a key: their number, place among equals, how many equals."""
        filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
        order = '"__summit_row" DESC' if self.params.several == "last" else '"__summit_row"'
        equal = f"PARTITION BY {', '.join(keys)}"
        numbered = f'SELECT *, row_number() OVER () AS "__summit_row" FROM {table.table}'
        return (
            f'SELECT *, row_number() OVER ({equal} ORDER BY {order}) AS "__summit_place",'
            f' count(*) OVER ({equal}) AS "__summit_times" FROM ({numbered}) WHERE {filled}'
        )

    def _joined(self, rows: Input, table: Input) -> str:
        pairs = [f"l.{a} = r.{b}" for a, b in self._pairs(rows.schema, table.schema)]
        added = [
            f"r.{quote_name(require(table.schema, column, 'columns', 'table').name)}"
            f" AS {quote_name(name)}"
            for column, name in self._added(table.schema)
        ]
        chosen = ", ".join(
            [star(rows.schema, "l"), *added, 'l."__summit_row"', 'r."__summit_times"']
        )
        numbered = f'(SELECT *, row_number() OVER () AS "__summit_row" FROM {rows.table})'
        return (
            f"(SELECT {chosen} FROM {numbered} AS l LEFT JOIN {_RANKED} AS r"
            f' ON {" AND ".join(pairs)} AND r."__summit_place" = 1)'
        )

    def _pairs(self, rows: Schema, table: Schema) -> Iterator[tuple[str, str]]:
        """Yield the SQL of each key on both sides."""
        for key in self.params.keys:
            ours = require(rows, key.column, "keys")
            theirs = require(table, key.table_column, "keys", "table")
            a, b = quote_name(ours.name), quote_name(theirs.name)
            same = comparable(ours.type, theirs.type)
            yield (a, b) if same else (f"{a}::VARCHAR", f"{b}::VARCHAR")

    def _conditions(self) -> list[str]:
        conditions = []
        if self.params.unmatched != "null":
            conditions.append('"__summit_times" IS NOT NULL')
        if self.params.several == "reject":
            conditions.append('coalesce("__summit_times", 1) = 1')
        return conditions

    def _fails(self) -> str:
        fails = []
        if self.params.unmatched == "reject":
            fails.append('"__summit_times" IS NULL')
        if self.params.several == "reject":
            fails.append('coalesce("__summit_times", 1) > 1')
        return f"({' OR '.join(fails)})" if fails else "false"
