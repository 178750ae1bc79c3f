"""Write a table of a database."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

from summit_studio.connectors.checkpoint import StageTable, TableCheckpoint
from summit_studio.connectors.contract import Database
from summit_studio.connectors.history import History
from summit_studio.connectors.merging import Merge, MergeMode
from summit_studio.connectors.names import TableName
from summit_studio.connectors.opening import open_database
from summit_studio.connectors.scripts import Scripts, dialect_of, statements
from summit_studio.core.changes import DELETE, OP, Changes
from summit_studio.core.epochs import SinkKey
from summit_studio.core.errors import InvalidExpression, InvalidParams, Untrusted, Where
from summit_studio.core.problems import Fix, Insertion, Problem
from summit_studio.core.refusal import Refusal, Refuse
from summit_studio.core.schema import (
    BOOLEAN,
    CHANGE_COLUMNS,
    REJECT_COLUMNS,
    TIMESTAMPTZ,
    Column,
    Schema,
    to_arrow,
)
from summit_studio.core.suggest import listing
from summit_studio.expressions.check import check_expression
from summit_studio.expressions.guard import guard_expression
from summit_studio.nodes.contract import (
    Delivery,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Published,
    ReadBack,
    Rows,
    RunContext,
    SinkNode,
    StandIn,
    Writer,
    is_changes,
    visible,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.database_reader import SAMPLE, sample_files
from summit_studio.nodes.parts.fields import at_field, family, require, require_new
from summit_studio.nodes.parts.target_checks import TableChecks
from summit_studio.nodes.targets import Target, table_target
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.connections import FILE_KINDS, Connection, Kind

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from summit_studio.workspace.workspace import Workspace


KEYED: Final = frozenset({"insert_only", "upsert", "delete_insert", "scd2"})
"""Modes that find rows by a key."""

_MERGES: Final[Mapping[str, MergeMode]] = MappingProxyType(
    {
        "insert_only": "insert_only", "delete_insert": "delete_insert", "scd2": "scd2",
        "update": "upsert", "ignore": "insert_only", "fail": "insert",
    }
)  # fmt: skip
"""By the mode or, of upsert, by what is done with a conflict."""

_TAKING_CHANGES: Final = frozenset({"upsert", "delete_insert"})
"""Modes that carry out changes."""

_INSTEAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "version": "choose upsert with on_conflict update or scd2, or take it out",
        "mark": "set deletes to mark, or take it out",
    }
)
"""What to do about a field that says something in vain."""

_AT_ONCE: Final = frozenset({"delete_insert", "replace"})
"""Modes whose rows take the place of others all at once."""

_NO_SCRIPTS: Final = MappingProxyType({"before_sql": "", "after_sql": ""})

_KINDS: Mapping[str, str] = MappingProxyType(
    {"postgres": "PostgreSQL", "sqlite": "SQLite", "duckdb": "DuckDB"}
)


class TableSinkParams(Params):
    """Params of `table_sink`."""

    connection: str = param(
        doc="The database, by connection.",
        keywords=("database", "db", "con", "dsn", "url"),
        editor=Editor.CONNECTION,
    )
    table: str = param(
        doc="The table, as table or schema.table.",
        keywords=("name", "table_name"),
        editor=Editor.TABLE,
        placeholder="public.orders",
    )
    mode: Literal["append", "insert_only", "upsert", "delete_insert", "scd2", "replace"] = param(
        "append",
        doc="Append adds the rows. By a key, upsert updates the rows that are there and inserts "
        "the others, insert_only leaves those that are there as they are, and delete_insert "
        "deletes all rows of the keys that come and inserts these. Scd2 keeps the history: where "
        "a row differs from the one that holds, that one ends and the new one begins. Replace "
        "puts the rows in the place of all that the table has. Each in one transaction.",
        keywords=(
            "if_exists",
            "write_mode",
            "merge",
            "write_disposition",
            "slowly changing dimension",
            "snapshot",
            "history",
            "type 2",
        ),
        editor=Editor.CHOICE,
    )
    keys: tuple[str, ...] = param(
        (),
        doc="The columns by which a row of the table is found, of upsert, insert_only, "
        "delete_insert and scd2. For the first two the table must have a unique key of exactly "
        "these, for scd2 one of these and valid_from; a table that is made gets it. A row without "
        "a value in one of them is refused.",
        keywords=("key", "primary_key", "merge_keys", "unique_key", "on", "by"),
        editor=Editor.COLUMNS,
        only_with={"mode": ("insert_only", "upsert", "delete_insert", "scd2")},
    )
    version: str = param(
        "",
        doc="The column that tells which of two rows of a key is newer, of upsert: a row never "
        "takes the place of one with a higher version. Without it the last row wins. Of scd2 it "
        "is the time since when a row holds; without it that is when the load began.",
        keywords=("version_column", "updated_at", "sequence", "dedup_sort"),
        editor=Editor.COLUMN,
        advanced=True,
        only_with={"mode": ("upsert", "scd2")},
    )
    on_conflict: Literal["update", "ignore", "fail"] = param(
        "update",
        doc="What upsert does with a row whose key is there: update the row there, ignore the "
        "one that comes, or fail, so that it is refused.",
        keywords=("conflict", "on_duplicate"),
        editor=Editor.CHOICE,
        advanced=True,
        only_with={"mode": ("upsert",)},
    )
    deletes: Literal["delete", "mark", "ignore"] = param(
        "delete",
        doc="What becomes of a row that a change deletes: delete it, mark it in a column, or "
        "ignore that it was deleted.",
        keywords=("hard_delete", "soft_delete", "delete_mode", "tombstone"),
        editor=Editor.CHOICE,
        advanced=True,
        only_with={"mode": ("upsert", "delete_insert")},
    )
    mark: str = param(
        "deleted",
        doc="The true/false column of the table that is true in rows that were deleted, where they "
        "are marked; false in all others.",
        keywords=("mark_column", "deleted_flag", "is_deleted", "soft_delete_column"),
        advanced=True,
        only_with={"deletes": ("mark",)},
    )
    replace: Literal["rows", "table"] = param(
        "rows",
        doc="What mode replace replaces. The rows: keys, indexes, defaults, triggers, rights and "
        "views of the table stay. The table: it is dropped and made anew of these columns alone; "
        "its keys, indexes, constraints, defaults, generated columns, identity, triggers, "
        "policies, rights, owner, comments, publications and place among partitions are lost.",
        keywords=("truncate", "overwrite", "drop", "recreate"),
        editor=Editor.CHOICE,
        advanced=True,
        only_with={"mode": ("replace",)},
    )
    replace_where: str = param(
        "",
        doc="The rows that mode replace replaces, by a condition on columns that come: one day, "
        "one partition. Those that meet it are deleted and the rows that come are inserted, in one "
        "transaction; each that comes must meet it. Empty: all rows. The database reads it, so "
        "write it in words that it knows too.",
        keywords=("replaceWhere", "partition", "window", "overwrite partition"),
        editor=Editor.EXPRESSION,
        placeholder="day = '2026-03-01'",
        advanced=True,
        only_with={"mode": ("replace",)},
    )
    tracked: tuple[str, ...] = param(
        (),
        doc="The columns of which scd2 keeps the history: a row that differs in none of them from "
        "the one that holds is left out. By default all but the key and the version.",
        keywords=("check_cols", "track_history_columns", "type_2_columns"),
        editor=Editor.COLUMNS,
        advanced=True,
        only_with={"mode": ("scd2",)},
    )
    valid_from: str = param(
        "valid_from",
        doc="What the table calls the column since when a row holds, of scd2.",
        keywords=("dbt_valid_from", "start_date", "effective_from"),
        advanced=True,
        only_with={"mode": ("scd2",)},
    )
    valid_to: str = param(
        "valid_to",
        doc="What the table calls the column until when a row holds, that moment not included; "
        "null while it does. Of scd2.",
        keywords=("dbt_valid_to", "end_date", "effective_to"),
        advanced=True,
        only_with={"mode": ("scd2",)},
    )
    is_current: str = param(
        "is_current",
        doc="What the table calls the column that is true of the row of a key that holds, of scd2.",
        keywords=("current_flag", "active"),
        advanced=True,
        only_with={"mode": ("scd2",)},
    )
    before_sql: str = param(
        "",
        doc="Statements in the words of the database that run once a load, in the transaction of "
        "its first rows, before they go in; of a staged load in the one that publishes it. In "
        "trusted workspaces only. None may begin or end a transaction.",
        keywords=("pre_sql", "pre hook", "pre-hook", "pre_actions", "setup"),
        editor=Editor.DATABASE_SQL,
        advanced=True,
    )
    after_sql: str = param(
        "",
        doc="The same, after the last row of a load and before the COMMIT of its last rows.",
        keywords=("post_sql", "post hook", "post-hook", "post_actions", "analyze", "refresh"),
        editor=Editor.DATABASE_SQL,
        advanced=True,
    )
    create: bool = param(True, doc="Make the table if it is missing.", editor=Editor.TOGGLE)


class TableSink(SinkNode[TableSinkParams]):
    """Write rows to a database table in one transaction.

    Rows that the table refuses (a key that is taken, no value where there must be one, a check, a
    reference to nothing, a value too long or out of range) go out through the rejected port in the
    database's own words, and the others are written. Where that port leads nowhere, the first such
    row ends the run and nothing is written. With it, replaced rows go when the first new one comes.

    Where rows are replaced, those that other tables refer to may only go if the same keys come
    again (PostgreSQL) or nothing refers to them (DuckDB); rows of other tables never go with them.
    In PostgreSQL a role that policies bind replaces the rows that it sees. A view is refused.

    Changes are taken by upsert and delete_insert: of each key the last one of an epoch counts, and
    the row of a key that was deleted is deleted, marked or left, as `deletes` says.
    """

    id = "table_sink"
    title = "Write table"
    icon = "table-write"
    keywords = (
        "write database", "to sql", "db writer", "table output", "insert", "upsert", "update",
        "load", "save", "export", "postgres", "sqlite", "duckdb",
    )  # fmt: skip
    params_class = TableSinkParams
    delivery = Delivery.TRANSACTIONAL
    can_reject = True
    reads_changes = True
    examples = (
        Example(
            "Add customers to a table of a SQLite file",
            {"connection": "shop", "table": "customers"},
            given={"rows": Rows(SAMPLE, [(3, "Alan", "Wilmslow")])},
            files=sample_files(),
        ),
        Example(
            "A city whose name is taken is rejected, in the database's words",
            {"connection": "shop", "table": "cities"},
            given={"rows": Rows({"name": "VARCHAR"}, [("Paris",), ("London",)])},
            expected={
                "rejected": Rows(
                    {"name": "VARCHAR"} | {c.name: c.type for c in REJECT_COLUMNS},
                    [
                        (
                            "London",
                            "duplicate_key",
                            "name",
                            "UNIQUE constraint failed: cities.name",
                            None,
                        )
                    ],
                )
            },
            files=sample_files(),
        ),
    )

    @classmethod
    def read_back(cls, params: Mapping[str, Any]) -> ReadBack | None:
        """Return the source of the same table."""
        told = {k: params.get(k) for k in ("connection", "table")}
        return ReadBack("table_source", told) if all(told.values()) else None

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return the table and the connection of `public.orders in warehouse`."""
        table, _, connection = words.rpartition(" in ")
        return {"table": table.strip(), "connection": connection} if table else {"table": words}

    def summary(self) -> str:
        """Return the table, the connection and the mode."""
        params = self.params
        anew = params.mode == "replace" and params.replace == "table"
        mode = "replace table" if anew else params.mode.replace("_", " ")
        by = f" by {', '.join(params.keys)}" if params.keys and params.mode in KEYED else ""
        return f"{params.table} · {params.connection} · {mode}{by}"

    def target(self) -> str:
        """Return the connection and the table."""
        return f"{self.params.connection}:{self.params.table}"

    def writes(self, workspace: "Workspace") -> Target | None:
        """Return the table."""
        return table_target(workspace, self.params.connection, self.params.table)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return no outputs; the connection must be there.

        Raises:
            SummitError: It is not.
        """
        del inputs
        with at_field("connection"):
            context.workspace.connection(self.params.connection)
        return {}

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield what does not fit the table that stands, and a table to be made anew in vain."""
        yield from self._mistakes()
        yield from self._scripted(context.workspace)
        whole = "delete_insert" if self.params.mode == "delete_insert" else "replace_where"
        if (whole == "delete_insert" or self.windowed) and self.node_id in context.rejecting:
            yield self.problem(
                "mode_cannot_reject",
                f"Rows that the table refuses cannot be put aside with {whole}",
                field_name="mode" if whole == "delete_insert" else whole,
                why="the rows there would be gone before it is known which of the new ones stay",
                do="leave the rejected port unconnected and the error strategy at fail_fast, or "
                "choose upsert",
                fixes=(Fix("Upsert", self.node_id, (("mode", "upsert"),)),),
            )
        params = self.params
        replaces = params.mode == "replace"
        checks = TableChecks(
            self,
            params.table,
            replaces,
            replaces and params.replace == "table",
            params.create,
            by_key=params.mode in KEYED,
            history=(params.valid_from, params.valid_to, params.is_current)
            if params.mode == "scd2"
            else (),
        )
        connection = context.workspace.connection(params.connection)
        for schema in inputs.get("rows", ()):
            refused = list(self._change_problems(schema, context))
            yield from refused
            if refused:
                continue
            merge = self.merge(schema)
            if self.windowed:
                with at_field("replace_where"):
                    check_expression(self.windowed, schema, context.binder, expect=BOOLEAN)
            with at_field("table"):
                yield from checks.problems(self.written(schema), connection, context, merge)

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Begin the transaction.

        Raises:
            InvalidParams: A table is to be made anew and none is to be replaced.
        """
        for found in self._mistakes():
            raise InvalidParams(
                found.what, why=found.why, do=found.do, code=found.code, where=found.where
            )
        for found in self._scripted(context.workspace):
            raise (Untrusted if found.code == "untrusted" else InvalidExpression)(
                found.what, why=found.why, do=found.do, code=found.code, where=found.where
            )
        return TableRows(self, schema, context)

    def stand_in(self, workspace: "Workspace", folder: "Path", schema: str = "") -> StandIn:
        """Return the table in a file of the same kind, for a server's in one of DuckDB.

        With a schema it is in the same PostgreSQL database, built as the table is that stands.
        """
        connection = workspace.connection(self.params.connection)
        name = TableName.parse(self.params.table)
        table = "_".join(part for part in (name.schema, name.table) if part)
        if connection.kind not in FILE_KINDS and schema:
            return self._in_schema(TableName(schema, table), workspace)
        local = connection.kind in FILE_KINDS
        # Tables of one file share a transaction, those of a server do not.
        told = (connection.name,) if local else (connection.name, table)
        apart = hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
        kind: Kind = connection.kind if local else "duckdb"
        path = folder / f"{apart}.{kind}"
        made = Connection(name=f"rehearsal_{apart}", kind=kind, path=str(path))
        said = f"writes a table of a temporary {_KINDS[kind]} file"
        if not local:
            said += (
                f" in place of {_KINDS[connection.kind]}: of the same class, T, but with that "
                "system's types and without the constraints of the table (--same-database takes "
                "the server)"
            )
        else:
            said += ", made of these columns alone"
        said += self._unscripted
        instead = {"connection": made.name, "table": table, "create": True, **_NO_SCRIPTS}
        return StandIn(instead, said, (made,))

    @property
    def _unscripted(self) -> str:
        """What a rehearsal leaves out, as the end of a sentence."""
        scripted = [name for name in _NO_SCRIPTS if getattr(self.params, name)]
        return f", without {listing(scripted)}" if scripted else ""

    def _in_schema(self, name: TableName, workspace: "Workspace") -> StandIn:
        from summit_studio.connectors.postgres.apart import Apart

        connection = workspace.connection(self.params.connection)
        apart = Apart(connection, SecretStore(root=workspace.root), name.schema or "")
        return StandIn(
            {"table": str(name), "create": True, **_NO_SCRIPTS},
            f"writes a table in the schema {name.schema} of the same database, which is dropped"
            + self._unscripted,
            drop=apart.drop,
            make=partial(apart.make, name, TableName.parse(self.params.table)),
        )

    def read_target(self, context: RunContext) -> "Iterator[pa.Table]":
        """Yield the rows of the table, by a query."""
        import pyarrow as pa

        name = TableName.parse(self.params.table)
        with self.opened(context) as database:
            if database.standing(self.params.table) is None:
                return
            for batch in database.read(f"SELECT * FROM {name.sql}"):
                yield pa.Table.from_batches([batch])

    def whole_because(self, context: RunContext) -> str:
        """Return that its rows replace others, or come with those of tables that it hangs on."""
        if self.params.mode in _AT_ONCE:
            return "its rows take the place of others at once"
        return self._tied(context)

    def _tied(self, context: RunContext) -> str:
        """Return that it is filled in one transaction with other tables; empty if it is not."""
        beside = context.tables(self.params.connection)
        if len(beside) < 2:  # noqa: PLR2004 - itself
            return ""
        connecting = context.breaker(self.params.connection).connecting(context.cancel)
        with connecting, self.opened(context) as database:
            tied = database.check_related(self.params.table, beside, sifts=False)
        return f"it is filled together with {listing(tied)}" if tied else ""

    def unstaged_because(self, context: RunContext, *, refuses: bool) -> str:
        """Return that only the table itself tells its refused rows, or what ties it to others."""
        if refuses:
            return "only the table itself can tell which rows it refuses"
        return self._tied(context)

    def checkpoint(
        self, context: RunContext, key: SinkKey, kept_in: str | None = None
    ) -> TableCheckpoint | None:
        """Return the row beside the table; where rows replace others only staged loads need it."""
        found = self.opened(context).checkpoint(self.params.table, key, kept_in)
        found.only_staged = self.params.mode in _AT_ONCE
        found.guard = partial(context.breaker(self.params.connection).connecting, context.cancel)
        return found

    @property
    def takes_again(self) -> bool:  # type: ignore[override]
        """True where rows find their place by a key."""
        return self.params.mode in KEYED

    def unkept_because(self) -> str:
        """Return that what is replaced, or deleted first, is all that such a sink keeps."""
        if self.params.mode not in _AT_ONCE:
            return ""
        return f"mode {self.params.mode} keeps nothing beside its rows from load to load"

    def opened(self, context: RunContext) -> Database:
        """Return the database of the table."""
        connection = context.workspace.connection(self.params.connection)
        return open_database(
            connection, context.secrets, context.workspace, shared=True, pools=context.pools
        )

    def merge(self, schema: Schema) -> Merge | None:
        """Return how rows find their place by a key or a window; None where none is asked for.

        Raises:
            InvalidParams: A column is not among the rows'.
            InvalidExpression: The window is no condition.
        """
        params = self.params
        if self.windowed:
            return Merge("window", (), where=guard_expression(self.windowed))
        if params.mode not in KEYED or not params.keys:
            return None
        keys = tuple(
            require(schema, name, f"keys.{index}").name for index, name in enumerate(params.keys)
        )
        version = require(schema, params.version, "version").name if params.version else None
        if params.mode == "scd2":
            return Merge("scd2", keys, history=self._history(schema, keys, version))
        wanted = params.on_conflict if params.mode == "upsert" else params.mode
        if not is_changes(schema):
            return Merge(_MERGES[wanted], keys, version)
        mark = params.mark if params.deletes == "mark" else None
        return Merge(_MERGES[wanted], keys, version, deletes=params.deletes, mark=mark)

    def written(self, schema: Schema) -> Schema:
        """Return the columns that go into the table, of rows that come with these."""
        marks = is_changes(schema) and self.params.deletes == "mark"
        return visible(schema).with_columns(*marks * (Column(self.params.mark, BOOLEAN),))

    def _change_problems(self, schema: Schema, context: DesignContext) -> Iterator[Problem]:
        """Yield why changes, if that is what comes, cannot be carried out; or what speaks of none.

        Rows that the table refuses would leave there what they should have replaced.
        """
        params, changes = self.params, schema.changes
        if changes is None:
            if params.deletes != "delete":
                yield self._unused("deletes", "delete", "rows come here, and no changes")
            return
        if params.mode not in _TAKING_CHANGES:
            yield self._takes_no_changes(changes)
            return
        if params.keys and not changes.finds(params.keys):
            yield self._not_found(changes)
        if params.version:
            yield self._unused("version", "", "changes tell themselves which of them is the last")
        if params.on_conflict != "update":
            yield self._unused("on_conflict", "update", "a change updates the row of its key")
        if params.deletes == "mark":
            with at_field("mark"):
                require_new(params.mark, schema.names, "mark")
        if self.node_id in context.rejecting:
            yield self.problem(
                "mode_cannot_reject",
                "Changes that the table refuses cannot be put aside",
                why="the table would go on holding what they should have replaced",
                do="leave the rejected port unconnected and the error strategy at fail_fast",
            )

    def _takes_no_changes(self, changes: Changes) -> Problem:
        keys = self.params.keys or changes.keys
        return self.problem(
            "changes_not_carried",
            f"Mode {self.params.mode} cannot carry out changes",
            field_name="mode",
            why="an update or a delete must find the row that it speaks of",
            do="choose upsert or delete_insert by the key; or make columns of what happened before "
            "this sink, to write a log",
            fixes=(
                Fix(
                    f"Upsert by {listing(keys)}",
                    self.node_id,
                    (("mode", "upsert"), ("keys", list(keys))),
                ),
                Fix(
                    "Make columns of what happened",
                    self.node_id,
                    insert=Insertion("changes_to_columns", ()),
                ),
            ),
        )

    def _not_found(self, changes: Changes) -> Problem:
        keys = listing(changes.keys)
        return self.problem(
            "key_not_carried",
            f"Rows that are deleted cannot be found by {listing(self.params.keys)}",
            field_name="keys",
            why=f"a delete holds {listing(changes.held)}, and {keys} tells its row from all others",
            do=f"choose {keys}",
            fixes=(Fix(f"Choose {keys}", self.node_id, (("keys", list(changes.keys)),)),),
        )

    def _unused(self, field_name: str, default: str, why: str) -> Problem:
        return self.problem(
            "setting_unused",
            f"'{field_name}' has no effect here",
            field_name=field_name,
            why=why,
            do="take it out",
            fixes=(Fix("Take it out", self.node_id, ((field_name, default),)),),
        )

    def _history(self, schema: Schema, keys: Sequence[str], version: str | None) -> History:
        """Return the columns of a history of rows.

        Raises:
            InvalidParams: One is not there, is no time, or would be there twice.
        """
        params = self.params
        taken = [name for name in schema.names if (name, name) != (version, params.valid_from)]
        for field_name in ("valid_from", "valid_to", "is_current"):
            name = getattr(params, field_name)
            require_new(name, taken, field_name)
            taken.append(name)
        tracked = tuple(
            require(schema, name, f"tracked.{index}").name
            for index, name in enumerate(params.tracked)
        )
        moment = TIMESTAMPTZ if version is None else require(schema, version, "version").type
        if family(moment) != "date":
            raise InvalidParams(
                f"Column '{version}' does not tell since when a row holds",
                why=f"it is {moment}, and no date or time",
                do="choose a column that is, cast it before this sink, or choose none: a row then "
                "holds since the load began",
                code="version_no_time",
                where=Where(param="version"),
            )
        others = tuple(name for name in schema.names if name not in {*keys, version})
        return History(
            tracked or others, params.valid_from, params.valid_to, params.is_current,
            told_by=version or "", moment=moment,
        )  # fmt: skip

    @property
    def windowed(self) -> str:
        """The condition on the rows that are replaced; empty if all are."""
        return self.params.replace_where.strip() if self.params.mode == "replace" else ""

    def _mistakes(self) -> Iterator[Problem]:
        yield from self._unkeyed()
        if self.params.replace_where.strip() and self.params.mode != "replace":
            yield self.problem(
                "setting_unused",
                f"'replace_where' has no effect in mode {self.params.mode}",
                field_name="replace_where",
                why="it replaces nothing",
                do="set mode to replace, or take it out",
                fixes=(
                    Fix("Take it out", self.node_id, (("replace_where", ""),)),
                    Fix("Replace", self.node_id, (("mode", "replace"),)),
                ),
            )
        if self.windowed and self.params.replace == "table":
            yield self.problem(
                "replace_where_of_table",
                f"Table {self.params.table} cannot be made anew and keep some of its rows",
                field_name="replace_where",
                why="replace is table, which drops all of them",
                do="leave replace at rows, or take the condition out",
                fixes=(Fix("Replace the rows", self.node_id, (("replace", "rows"),)),),
            )
        if self.params.replace == "table" and self.params.mode != "replace":
            yield self.problem(
                "replace_without_mode",
                f"Table {self.params.table} would not be made anew",
                field_name="replace",
                why=f"the mode is {self.params.mode}, which replaces nothing",
                do="set mode to replace, or leave this at rows",
                fixes=(
                    Fix("Leave the table as it is", self.node_id, (("replace", "rows"),)),
                    Fix("Replace the table", self.node_id, (("mode", "replace"),)),
                ),
            )

    def _unkeyed(self) -> Iterator[Problem]:
        """Yield what is said of keys and does not fit the mode."""
        params = self.params
        if params.mode in KEYED and not params.keys:
            yield self.problem(
                "keys_missing",
                f"There is no key to find rows of table {params.table} by",
                field_name="keys",
                why=f"mode {params.mode} looks for the row of each key",
                do="choose the columns of the key",
            )
        doubled = {name for name in params.keys if params.keys.count(name) > 1}
        for name in sorted(doubled):
            yield self.problem(
                "key_twice",
                f"'{name}' is named twice in the key",
                field_name="keys",
                do="name each column once",
            )
        yield from self._unkept()
        unused = {
            "mark": (
                params.mark != "deleted" and params.deletes != "mark",
                "deleted",
                "no row is marked",
            ),
            "keys": (bool(params.keys) and params.mode not in KEYED, (), "no key is looked for"),
            "version": (
                bool(params.version)
                and params.mode != "scd2"
                and (params.mode, params.on_conflict) != ("upsert", "update"),
                "",
                "nothing is updated by it",
            ),
            "on_conflict": (
                params.on_conflict != "update" and params.mode != "upsert",
                "update",
                "it speaks of upsert alone",
            ),
        }
        for field_name, (found, default, why) in unused.items():
            if found:
                yield self.problem(
                    "setting_unused",
                    f"'{field_name}' has no effect in mode {params.mode}",
                    field_name=field_name,
                    why=why,
                    do=_INSTEAD.get(field_name, "choose mode upsert, or take it out"),
                    fixes=(
                        Fix("Take it out", self.node_id, ((field_name, default),)),
                        Fix("Mark deleted rows", self.node_id, (("deletes", "mark"),))
                        if field_name == "mark"
                        else Fix("Upsert", self.node_id, (("mode", "upsert"),)),
                    ),
                )

    def _scripted(self, workspace: "Workspace") -> Iterator[Problem]:
        """Yield what keeps the statements before and after the rows from running."""
        for name in _NO_SCRIPTS:
            script: str = getattr(self.params, name)
            if script and not workspace.trusted:
                yield self.problem(
                    "untrusted",
                    f"'{self.node_title}' may not run its {name}",
                    field_name=name,
                    why="this workspace is not trusted, and statements can do whatever you can",
                    do="read them, then trust the workspace: `summit trust FILE`, or File > Trust "
                    "this folder",
                )
            kind = workspace.connection(self.params.connection).kind
            try:
                for _ in statements(script, *dialect_of(kind)):
                    pass
            except InvalidExpression as error:
                yield replace(Problem.from_error(error), where=self.place(name))

    def _unkept(self) -> Iterator[Problem]:
        """Yield what is said of a history where none is kept."""
        for field_name in ("tracked", "valid_from", "valid_to", "is_current"):
            default = type(self.params).model_fields[field_name].default
            if self.params.mode != "scd2" and getattr(self.params, field_name) != default:
                yield self.problem(
                    "setting_unused",
                    f"'{field_name}' has no effect in mode {self.params.mode}",
                    field_name=field_name,
                    why="no history is kept",
                    do="choose mode scd2, or take it out",
                    fixes=(
                        Fix("Take it out", self.node_id, ((field_name, default),)),
                        Fix("Keep the history", self.node_id, (("mode", "scd2"),)),
                    ),
                )


class TableRows(Writer):
    """Sends rows to the table, in a transaction that also moves the checkpoint."""

    def __init__(self, sink: TableSink, schema: Schema, context: RunContext) -> None:
        params = sink.params
        self._location = sink.target()
        self._changes = is_changes(schema)
        self._checkpoint = context.checkpoint
        self._database = sink.opened(context)
        merge = sink.merge(schema)
        self._history = None if merge is None else merge.history
        self._started = context.started
        written = sink.written(schema)
        if self._history is not None:
            written = self._history.timed(written)
        self._schema = Schema((*written, *CHANGE_COLUMNS * self._changes))
        breaker = context.breaker(params.connection)
        self._calling = partial(breaker.calling, context.cancel)
        try:
            with breaker.connecting(context.cancel):
                self._writer = self._database.writer(
                    params.table, self._schema,
                    "replace" if params.mode == "replace" and not sink.windowed else "append",
                    create=params.create,
                    replace=params.replace, run_id=context.run_id,
                    transactions=context.transactions, beside=context.tables(params.connection),
                    refuse=None if context.refuse is None
                    else partial(self._refused, context.refuse),
                    before_commit=None if context.checkpoint is None else self._advance,
                    stage=self._stage(), merge=merge, scripts=self._scripts(params, context),
                )  # fmt: skip
        except BaseException:
            self._database.close()
            raise
        self._rows = 0
        self._taken = 0
        self._before = 0

    def write(self, batch: "pa.Table") -> None:
        """Send the rows."""
        self._batch, self._before = batch, 0
        for part in self._sent(batch).to_batches():
            with self._calling():
                self._writer.write(part)
            self._before += part.num_rows
        self._rows += batch.num_rows

    def _sent(self, batch: "pa.Table") -> "pa.Table":
        """Return a batch as it is sent: with what the sink adds to it.

        Of a history that is the time since when each row holds, its own or that of the load; of
        changes the column that marks deleted rows.
        """
        if self._history is not None:
            return self._timed(batch, self._history)
        if self._changes:
            return self._marked(batch)
        return batch

    def _timed(self, batch: "pa.Table", history: History) -> "pa.Table":
        import pyarrow as pa

        name = history.valid_from
        if history.told_by == name:
            return batch
        if history.told_by:
            return batch.append_column(name, batch.column(history.told_by))
        (told,) = to_arrow(Schema.of({name: history.moment}))
        clock = pa.scalar(self._started, told.type)
        return batch.append_column(name, pa.repeat(clock, batch.num_rows))

    def _marked(self, batch: "pa.Table") -> "pa.Table":
        import pyarrow.compute as pc

        for name in self._schema.names:
            if name not in batch.column_names:
                batch = batch.append_column(name, pc.equal(batch.column(OP), DELETE))
        return batch.select(self._schema.names)

    def _refused(self, refuse: Refuse, part: "pa.Table", refusals: Sequence[Refusal]) -> None:
        del part
        self._rows -= len(refusals)
        # The database was given a part of the batch: its rows count on from those before.
        refuse(self._batch, [replace(r, row=r.row + self._before) for r in refusals])

    def prepare(self) -> int:
        """Have the database store everything, still invisible; it says how many rows."""
        with self._calling():
            self._taken = self._writer.prepare()
        return self._taken

    def gather(self) -> int | None:
        """Have the database put all that waits in its place; it says how many rows."""
        with self._calling():
            return self._writer.gather()

    def end(self) -> None:
        """Run what comes after the rows."""
        with self._calling():
            self._writer.end()

    def _scripts(self, params: TableSinkParams, context: RunContext) -> Scripts:
        """Return what runs around the rows; nothing around dead letters that are tried again."""
        if context.reenters:
            return Scripts()
        kept = self._checkpoint
        begun = isinstance(kept, TableCheckpoint) and kept.stage is None and kept.progress.epoch
        return Scripts(params.before_sql, params.after_sql, begins=not begun)

    def _stage(self) -> StageTable | None:
        return self._checkpoint.stage if isinstance(self._checkpoint, TableCheckpoint) else None

    def _advance(self, session: Any) -> None:
        """Move the checkpoint in the transaction of the rows."""
        assert isinstance(self._checkpoint, TableCheckpoint)  # noqa: S101 - the sink made it
        self._checkpoint.advance(session, self._taken)

    def read_back(self) -> "Iterator[pa.Table] | None":
        """Read a table that this run made; of another its rows cannot be told apart."""
        import pyarrow as pa

        batches = self._writer.read_back()
        return None if batches is None else (pa.Table.from_batches([b]) for b in batches)

    def commit(self, epoch: int) -> Published:
        """Commit the transaction."""
        del epoch
        with self._calling():
            counts = self._writer.commit()
        self._database.close()
        return Published(self._location, self._rows, counts)

    def abort(self) -> None:
        """Roll back."""
        self._writer.abort()
        self._database.close()
