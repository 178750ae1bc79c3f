"""Read a table of a database."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from summit_studio.connectors.contract import Database
from summit_studio.connectors.opening import open_database
from summit_studio.connectors.selection import Selection, Survey, Window
from summit_studio.core.bound import BoundSql, require_one_expression
from summit_studio.core.errors import InvalidParams, SummitError
from summit_studio.core.problems import Fix
from summit_studio.core.schema import Schema, carried, is_nested
from summit_studio.core.suggest import listing
from summit_studio.nodes.contract import (
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Replay,
    Rows,
    RunContext,
    SourceNode,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.database_reader import (
    SAMPLE,
    DatabaseReader,
    bound_here,
    described,
    same_file,
    sample_files,
)
from summit_studio.nodes.parts.fields import at_field, require, require_new
from summit_studio.nodes.parts.incremental import Bound, IncrementalParams, Loading
from summit_studio.nodes.parts.probing import probe
from summit_studio.nodes.targets import Target, table_target

if TYPE_CHECKING:
    from summit_studio.workspace.workspace import Workspace


_UNORDERED = frozenset({"INTERVAL", "JSON"})
"""Types whose values have no order, or not one by their texts."""


class TableParams(Params):
    """Which rows of which table."""

    connection: str = param(
        doc="The database, by connection.",
        keywords=("database", "db", "con", "dsn", "url"),
        editor=Editor.CONNECTION,
    )
    table: str = param(
        doc="The table or view, as table or schema.table.",
        keywords=("name", "table_name"),
        editor=Editor.TABLE,
    )
    where: BoundSql = param(
        BoundSql(),
        doc="Only rows for which this condition is true, in the words of that database. Parameters "
        "of the pipeline are bound as what they are: updated_at >= ${since}.",
        editor=Editor.DATABASE_SQL,
        placeholder="status <> 'draft'",
        keywords=("filter", "condition", "predicate", "filter rows"),
    )


class TableSourceParams(IncrementalParams, TableParams):
    """Params of `table_source`."""

    key: tuple[str, ...] = param(
        (),
        doc="Columns that are never null and together unique: rows are read in their order, and a "
        "run that died goes on behind the last. None: in any order, and from the beginning.",
        editor=Editor.COLUMNS,
        keywords=("primary key", "order by", "keyset", "resume", "id"),
        advanced=True,
    )


class TableSource(SourceNode[TableSourceParams]):
    """Read the rows of a database table.

    A row with a value that its column's type cannot hold, such as a text in a column of numbers or
    an infinite date, is rejected with its number in the result and its values as JSON.
    """

    id = "table_source"
    title = "Read table"
    icon = "database"
    keywords = (
        "read database", "database", "read sql", "db reader", "table input", "postgres", "sqlite",
        "duckdb", "load", "import",
    )  # fmt: skip
    params_class = TableSourceParams
    can_reject = True
    raw_rejects = True
    examples = (
        Example(
            "A table of a SQLite file",
            {"connection": "shop", "table": "customers"},
            expected={"rows": Rows(SAMPLE, [(1, "Ada", "London"), (2, "Grace", None)])},
            files=sample_files(),
        ),
        Example(
            "Those of whom a city is known",
            {"connection": "shop", "table": "customers", "where": "city IS NOT NULL"},
            expected={"rows": Rows(SAMPLE, [(1, "Ada", "London")])},
            files=sample_files(),
        ),
        Example(
            "Only the rows that are new since the load before, by a number that grows",
            {
                "connection": "shop",
                "table": "customers",
                "incremental": "sequence",
                "cursor": "id",
                "settle_secs": 0.01,
            },
            expected={"rows": Rows(SAMPLE, [(1, "Ada", "London"), (2, "Grace", None)])},
            files=sample_files(),
        ),
        Example(
            "In the order of a key, so that a run that died goes on",
            {"connection": "shop", "table": "customers", "key": ["id"]},
            expected={"rows": Rows(SAMPLE, [(1, "Ada", "London"), (2, "Grace", None)])},
            files=sample_files(),
        ),
    )

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return the table and the connection of `public.orders in warehouse`."""
        table, _, connection = words.rpartition(" in ")
        return {"table": table.strip(), "connection": connection} if table else {"table": words}

    def summary(self) -> str:
        """Return the table, the connection and the condition."""
        parts = [self.params.table, self.params.connection]
        where = " ".join(self.params.where.split())
        return " · ".join([*parts, where] if where else parts)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the table's columns, or nothing where the database may not be asked.

        Raises:
            SummitError: The connection or the table is missing.
        """
        del inputs
        with at_field("connection"):
            connection = context.workspace.connection(self.params.connection)
        with at_field("table"):
            schema = described(connection, context, table=self.params.table)
        if self.params.where.strip():
            with at_field("where"):
                require_one_expression(self.params.where)
                if schema is not None:
                    selection = self._selection(Loading.of(self.params, schema))
                    described(connection, context, table=self.params.table, selection=selection)
        if schema is None:
            return {}
        self._key(schema)
        Loading.of(self.params, schema)
        return {"rows": carried(schema)}

    def _selection(
        self, loading: Loading | None, window: Mapping[str, Any] | None = None
    ) -> Selection | None:
        """Return which rows are read, in a window or, where none is given, of the first load."""
        low: Bound | None = None
        if loading is not None:
            low = loading.initial
            if window is not None and window["low"] is not None:
                low = loading.value(window["low"])
        where = bound_here(self.params.where, low)
        part = loading.window(window) if loading is not None and window is not None else None
        return Selection(where=where, window=part) if where.strip() or part is not None else None

    @property
    def loads_windows(self) -> bool:
        """True if it loads incrementally."""
        return self.params.incremental != "off"

    @property
    def reads_again(self) -> bool:
        """True if windows overlap, or rows without a cursor belong to each."""
        return self.loads_windows and (
            self.params.overlap > 0 or self.params.null_cursor == "include"
        )

    def window_print(self, schema: Schema) -> str:
        """Return what the table, the condition and the cursor come to."""
        loading = Loading.of(self.params, schema)
        return (
            ""
            if loading is None
            else loading.print(self.params.connection, self.params.table, self.params.where)
        )

    def watermark_of(self, schema: Schema, text: str) -> str:
        """Return a moment or a number in its one form.

        Raises:
            InvalidParams: It is none.
        """
        loading = Loading.of(self.params, schema)
        assert loading is not None  # noqa: S101 - it loads windows
        return loading.text(loading.value(text)) or ""

    def begin_load(
        self, schema: Schema, context: RunContext, last: str | None, now: datetime | None
    ) -> dict[str, Any]:
        """Return the window of a load, by the clock of the database and what its cursor holds."""
        loading = Loading.of(self.params, schema)
        assert loading is not None  # noqa: S101 - it loads windows
        params = self.params
        breaker = context.breaker(params.connection)
        with (
            open_database(
                context.workspace.connection(params.connection),
                context.secrets,
                context.workspace,
                shared=context.writes_to(params.connection),
            ) as database,
            breaker.connecting(context.cancel),
        ):
            where = bound_here(params.where, loading.value(last) if last else loading.initial)

            def ask(window: Window) -> Survey:
                return database.survey(params.table, Selection(where=where, window=window))

            return loading.begin(last, now or database.clock(), ask, self.place("cursor"))

    def fingerprint(self, context: RunContext) -> str:
        """Return the values that the condition is given."""
        del context
        return repr(sorted(self.params.where.values.items())) if self.params.where.values else ""

    def _key(self, schema: Schema) -> list[str]:
        """Return the columns of the key as the table spells them.

        Raises:
            InvalidParams: One is missing, named twice, or of a type without an order.
        """
        found: list[str] = []
        for at, name in enumerate(self.params.key):
            place = f"key.{at}"
            column = require(schema, name, place)
            require_new(column.name, found, place)
            if is_nested(column.type) or column.type in _UNORDERED:
                raise InvalidParams(
                    f"'{column.name}' cannot be part of the key",
                    why=f"its values, of type {column.type}, have no order of their own",
                    do="choose numbers, texts, dates or times",
                    code="type_unfit",
                    where=self.place(place),
                )
            found.append(column.name)
        return found

    def replay(self, context: RunContext) -> Replay:
        """Return that the rows behind a key are the same but for what has changed in the table."""
        del context
        return Replay.ORDERED if self.params.key else Replay.NONE

    def epoch_fixes(self, context: DesignContext) -> tuple[Fix, ...]:
        """Return the keys that the table has, or the way to the field where it tells of none."""
        if self.params.key:
            return ()
        keys = self._known_keys(context)
        if not keys:
            return (Fix("Choose a key", self.node_id, field="key"),)
        return tuple(
            Fix(f"Read in the order of {listing(key)}", self.node_id, (("key", list(key)),))
            for key in keys[:2]
        )

    def _known_keys(self, context: DesignContext) -> list[tuple[str, ...]]:
        """Return the keys of the table by which rows can be put in order, as it declares them."""
        try:
            connection = context.workspace.connection(self.params.connection)
            known = probe(connection, context, ("keys", self.params.table), self._keys_of)
        except SummitError:
            return []  # The checks say what is wrong with it.
        return known or []

    def _keys_of(self, database: Database) -> list[tuple[str, ...]]:
        found = database.standing(self.params.table)
        if found is None or found.view:
            return []
        firm = {c.name for c in found.columns if not c.nullable or c.identity}
        return [key for key in found.keys if firm.issuperset(key)]

    def reads_from(self, target: Target, workspace: "Workspace") -> bool:
        """Return True if the connection leads to the same file."""
        return same_file(self.params.connection, target, workspace)

    def reads(self, target: Target, workspace: "Workspace") -> bool:
        """Return True for the same table, by whatever connection."""
        return target == table_target(workspace, self.params.connection, self.params.table)

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Open the database."""
        params = self.params
        key = self._key(schema)
        loading = Loading.of(params, schema)
        selection = self._selection(loading, context.window)
        reader = DatabaseReader(
            params.connection, params.table, params.table, schema, context, key, selection
        )
        if loading is not None:
            if params.null_cursor == "reject":
                reader.rejects_without(loading.column)
            if context.window is not None:
                reader.waits(loading.settle_left(context.window))
        return reader
