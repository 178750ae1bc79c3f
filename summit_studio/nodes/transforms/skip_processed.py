"""Skip rows that were loaded before."""

from typing import Literal

from summit_studio.connectors.names import TableName
from summit_studio.connectors.processed import KEYS
from summit_studio.core.errors import InvalidParams
from summit_studio.core.schema import REJECT_COLUMNS, REJECTED, Column, Schema, carried, rejects_of
from summit_studio.core.suggest import listing
from summit_studio.nodes.contract import (
    ROWS,
    Category,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Port,
    Rows,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import at_field, require, require_new
from summit_studio.nodes.processed import KNOWN, NEW, TracksKeys, text_of

_NULL = "'order_id' is null, and is part of the key by which rows are known again"
_SCHEMA = {"order_id": "BIGINT", "status": "VARCHAR"}


class SkipProcessedParams(Params):
    """Params of `skip_processed`."""

    keys: tuple[str, ...] = param(
        doc="The columns by which a row is known again. Values are compared with their types: the "
        "number 1 is not the text 1, but 1.10 is 1.1.",
        keywords=("key", "by", "id", "columns"),
        editor=Editor.COLUMNS,
    )
    share: str = param(
        "",
        doc="A name under which several pipelines know of each other's rows; none keeps to this "
        "node. What others load meanwhile counts from the next load on.",
        keywords=("scope", "shared", "group"),
        editor=Editor.TEXT,
        advanced=True,
    )
    null_keys: Literal["reject", "pass"] = param(
        "reject",
        doc="What becomes of rows with a null in their key: they are rejected, or passed on each "
        "time.",
        keywords=("nulls", "missing"),
        editor=Editor.CHOICE,
    )
    connection: str = param(
        "",
        doc="The database whose table keeps the keys, by connection; none takes the state "
        "database. Beside the rows they go where these go, into backups and to other machines.",
        keywords=("database", "db", "store"),
        editor=Editor.CONNECTION,
        advanced=True,
    )
    table: str = param(
        KEYS,
        doc="The table of keys in that database, as table or schema.table; made if it is missing, "
        "with one beside it that says of which loads they are.",
        keywords=("store",),
        editor=Editor.TABLE,
        advanced=True,
    )


class SkipProcessed(TracksKeys[SkipProcessedParams]):
    """Skip rows whose key was loaded before, by an earlier run or earlier in this one.

    The first row of a key passes, in the order of the input. Its key counts as processed once every
    target that the row reaches has committed it: a run that dies neither forgets a row nor loads
    one twice, and what a failed run has not committed comes again. Keys are kept as hashes in the
    state database, or in a table of a connection. There and in servers they are looked up batch by
    batch; those in a SQLite or DuckDB file are read at the beginning of a run. `summit prune` lists
    and drops old ones.

    A preview does not look them up: it skips what comes twice in the rows that it reads.
    """

    id = "skip_processed"
    title = "Skip processed"
    category = Category.TRANSFORM
    icon = "skip"
    keywords = (
        "already loaded", "seen before", "idempotent", "incremental", "new rows only", "once",
        "deduplicate", "exactly once", "tracking",
    )  # fmt: skip
    params_class = SkipProcessedParams
    passes = (NEW, KNOWN)
    inputs = (ROWS,)
    outputs = (
        Port(NEW, "Rows whose key is new."),
        Port(KNOWN, "Rows whose key was loaded before.", required=False),
    )
    can_reject = True
    examples = (
        Example(
            "Each order once: the second row of a key is skipped, one without a key rejected",
            {"keys": ["order_id"]},
            given={"rows": Rows(_SCHEMA, [(1, "new"), (2, "new"), (1, "paid"), (None, "new")])},
            expected={
                "rows": Rows(_SCHEMA, [(1, "new"), (2, "new")]),
                "skipped": Rows(_SCHEMA, [(1, "paid")]),
                "rejected": Rows(
                    _SCHEMA | {c.name: c.type for c in REJECT_COLUMNS},
                    [
                        (None, "new", "key_null", "order_id", _NULL, None)
                    ],
                ),
            },
        ),
        Example(
            "A key of two columns, known to all pipelines that share it",
            {"keys": ["order_id", "status"], "share": "orders", "null_keys": "pass"},
            given={
                "rows": Rows(_SCHEMA, [(1, "new"), (1, "paid"), (1, "new"), (2, None), (2, None)])
            },
            expected={
                "rows": Rows(_SCHEMA, [(1, "new"), (1, "paid"), (2, None), (2, None)]),
                "skipped": Rows(_SCHEMA, [(1, "new")]),
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the key, with whom it is shared, and where it is kept."""
        more = (self.params.share, self.params.connection)
        return " · ".join((f"by {', '.join(self.params.keys)}", *filter(None, more)))

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's schema for both outputs.

        Raises:
            SummitError: The connection is not there, or keys cannot be kept as is said.
        """
        (schema,) = inputs["rows"]
        self.key_columns(schema)
        self._check_place(context)
        return {NEW: carried(schema), KNOWN: carried(schema), REJECTED: rejects_of(schema)}

    def key_columns(self, schema: Schema) -> list[Column]:
        """Return the columns of the key.

        Raises:
            InvalidParams: There are none, one is missing or named twice, or has no plain values.
        """
        if not self.params.keys:
            raise InvalidParams(
                "There is no key to know rows by",
                why="no column is chosen",
                do="choose the columns that tell one row from another",
                where=self.place("keys"),
            )
        found: list[Column] = []
        for at, name in enumerate(self.params.keys):
            column = require(schema, name, f"keys.{at}")
            require_new(column.name, [c.name for c in found], f"keys.{at}")
            if text_of(column) is None:
                raise InvalidParams(
                    f"'{column.name}' cannot be part of the key",
                    why=f"its type is {column.type}",
                    do=f"choose among {listing(c.name for c in schema if text_of(c))}",
                    code="type_unfit",
                    where=self.place(f"keys.{at}"),
                )
            found.append(column)
        return found

    def _check_place(self, context: DesignContext) -> None:
        with at_field("connection"):
            if self.params.connection:
                context.workspace.connection(self.params.connection)
            elif self.params.table != KEYS:
                raise InvalidParams(
                    f"There is no database for the table {self.params.table}",
                    why="no connection is chosen, so keys are kept in the state database",
                    do="choose the connection, or leave the table out",
                    where=self.place("connection"),
                )
        with at_field("table"):
            TableName.parse(self.params.table)

    def kept_in(self) -> tuple[str, str] | None:
        """Return the connection and the table that keep the keys; None for the state database."""
        return (self.params.connection, self.params.table) if self.params.connection else None

    def scope_name(self, pipeline_id: str) -> str:
        """Return the shared name, or one of this node's own."""
        return f"name:{self.params.share}" if self.params.share else f"{pipeline_id}/{self.node_id}"

    def passes_without_key(self) -> bool:
        """Return whether rows with a null in their key are passed on."""
        return self.params.null_keys == "pass"
