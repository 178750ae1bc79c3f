"""What all SQL databases share: which types a column takes, checking reads, and naming tables."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from summit_studio.connectors.names import Listed, Relation, TableName
from summit_studio.core.errors import (
    ConnectionFailed,
    ReadFailed,
    SummitError,
    Where,
    WriteFailed,
)
from summit_studio.core.schema import VARCHAR, Column, Schema, base_type, is_nested
from summit_studio.core.sql import quote_name
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.workspace.workspace import Workspace, require_trust

if TYPE_CHECKING:
    import pyarrow as pa

    from summit_studio.workspace.connections import Connection

ANY: Final = "ANY"
"""The type of a target column that takes every value."""

_INTEGERS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT"}
)  # fmt: skip
_NUMBERS = _INTEGERS | {"FLOAT", "DOUBLE", "DECIMAL"}

_TAKES: dict[str, frozenset[str]] = {
    **dict.fromkeys(_INTEGERS, _INTEGERS),
    "FLOAT": _NUMBERS,
    "DOUBLE": _NUMBERS,
    "DECIMAL": _INTEGERS | {"DECIMAL"},
    "VARCHAR": frozenset({"VARCHAR", "UUID", "JSON"}),
    "UUID": frozenset({"UUID", "VARCHAR"}),
    "JSON": frozenset({"JSON", "VARCHAR"}),
    "DATE": frozenset({"DATE"}),
    **dict.fromkeys(
        ("ENUM", "BIT", "UNION", "UHUGEINT", "BIGNUM", "TIME WITH TIME ZONE"), frozenset({VARCHAR})
    ),
    "TIMESTAMP": frozenset({"TIMESTAMP", "DATE"}),
}
"""Base types a column of a base type takes beside its own: only where no value changes meaning.

An integer that is too big, or a text that is no UUID, is refused by the database itself. Types that
are read as text take it back.
"""


def takes(target: str, given: str) -> bool:
    """Return True if a column of type `target` takes values of type `given` unchanged."""
    if target in {ANY, given}:
        return True
    if target == "JSON" and is_nested(given):
        return True
    if target.endswith("]") or given.endswith("]"):
        return target.endswith("]") and given.endswith("]") and takes(target[:-2], given[:-2])
    goal, have = base_type(target), base_type(given)
    if goal == have == "DECIMAL":
        return target == "DECIMAL" or _scale(given) <= _scale(target)
    if target == "DECIMAL":
        return have in _NUMBERS
    if goal == "DECIMAL" and _scale(target) < 0:
        return False
    return have == goal or have in _TAKES.get(goal, frozenset())


def _scale(type_name: str) -> int:
    _, _, scale = type_name.partition(",")
    return int(scale.rstrip(")").strip() or 0)


def table_missing(table: TableName, known: Sequence[str], *, reading: bool) -> SummitError:
    """Return the error about a table that is not there, with the nearest name."""
    names = [*known, *(name.rpartition(".")[2] for name in known)]
    near = did_you_mean(str(table), names)
    kind: type[SummitError] = ReadFailed if reading else WriteFailed
    do = f"choose '{near}'" if near else "choose one of them"
    return kind(
        f"Cannot find the table {table}",
        why=f"the database has the tables: {listing(known) or 'none'}",
        do=do if reading else f"{do}, or let the sink create it",
        code="table_missing",
    )


def view_in_place(table: TableName) -> WriteFailed:
    """Return the error about a view that was to be written."""
    return WriteFailed(
        f"Cannot write to {table}",
        why="it is a view and no table: it has no rows of its own",
        do="name the table that the view reads",
        code="target_is_view",
    )


def rows_remain(table: TableName) -> WriteFailed:
    """Return the error about old rows that did not go."""
    return WriteFailed(
        f"Cannot replace the rows of table {table}",
        why="after all were deleted some are still there: a trigger, a rule or a policy of the "
        "table keeps them",
        do="let it allow this user to delete them, or append",
        code="rows_remain",
    )


def checked_schema(relation: Relation, columns: Sequence[Column]) -> Schema:
    """Return the schema of a relation.

    Raises:
        ReadFailed: It has no columns, or two of one name.
    """
    if not columns:
        raise ReadFailed(
            f"Cannot read {relation.label}", why="it has no columns", code="no_columns",
            do="select at least one column",
        )  # fmt: skip
    seen: set[str] = set()
    for column in columns:
        folded = column.name.casefold()
        if folded in seen or not folded:
            raise ReadFailed(
                f"Cannot read {relation.label}",
                why=f"two columns are called '{column.name}' (letter case does not count)"
                if folded
                else "a column has no name",
                do="give each its own name with AS",
                code="duplicate_columns",
                where=Where(column=column.name),
            )
        seen.add(folded)
    return Schema(tuple(columns))


def chosen(relation: Relation, schema: Schema, columns: Sequence[str] | None) -> Schema:
    """Return the part of `schema` that `columns` asks for.

    Raises:
        ReadFailed: A column is not there.
    """
    for name in columns or ():
        if name not in schema:
            near = did_you_mean(name, schema.names)
            raise ReadFailed(
                f"Cannot read column '{name}' of {relation.label}",
                why=f"it has the columns {listing(schema.names)}",
                do=f"choose '{near}'" if near else "choose one of them",
                code="column_missing",
                where=Where(column=name),
            )
    return schema if columns is None else schema.only(columns)


def database_path(connection: "Connection", workspace: Workspace) -> Path:
    """Return where the file of a file database is, or will be."""
    return workspace.path(connection.path or "")


def database_file(connection: "Connection", workspace: Workspace, *, writing: bool) -> Path:
    """Return the file of a file database.

    Raises:
        ConnectionFailed: It is to be read and is not there.
        Untrusted: It is to be written, lies outside the workspace, and that is not trusted.
    """
    path = database_path(connection, workspace)
    if writing:
        require_trust(workspace, path)
        path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() and (not writing or path.exists()):
        raise ConnectionFailed(
            f"Cannot open the database file of connection '{connection.name}'",
            why=f"{path} is a folder" if path.exists() else f"there is no file {path}",
            do="correct 'path' in connections.toml; it starts from the workspace's folder",
            code="file_missing",
            where=Where(file=str(path)),
            retryable=False,
        )
    return path


def check_batch(batch: "pa.RecordBatch", schema: "pa.Schema") -> "pa.RecordBatch":
    """Return `batch` in the Arrow types of `schema`.

    Raises:
        WriteFailed: Its columns are others than the writer was opened with.
    """
    if batch.schema.equals(schema):
        return batch
    if batch.schema.names != schema.names:
        raise WriteFailed(
            "Cannot write the batch",
            why=f"it has the columns {listing(batch.schema.names)}, and the sink was opened "
            f"with {listing(schema.names)}",
            code="columns_do_not_fit",
        )
    return batch.cast(schema)


class DatabaseBase:
    """The context manager that all databases share."""

    connection: "Connection"
    longest_name: ClassVar[int | None] = None

    @staticmethod
    def unheld(type_name: str) -> str:
        """Return nothing: every value of a type has its place in some column."""
        del type_name
        return ""

    def check_related(self, table: str, beside: Collection[str], *, sifts: bool) -> tuple[str, ...]:
        """Do nothing: tables can be written together in whatever way they refer to each other."""
        del table, beside, sifts
        return ()

    def listed(self) -> list[Listed]:
        """Return the tables and views; see `Database.listed`."""
        raise NotImplementedError

    def tables(self) -> list[str]:
        """Return the names of the tables and views; see `Database.tables`."""
        return [str(one.name) for one in self.listed()]

    def close(self) -> None:
        """Let go of everything held open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """A column of a key, as SQL.

    Args:
        name: As people know it.
        sql: What is compared and put in order.
        bound: What stands for its value in the row behind which to begin.
    """

    name: str
    sql: str
    bound: str


def after_key(key: Sequence[KeyColumn]) -> str:
    """Return the condition for the rows behind one."""
    columns = ", ".join(column.sql for column in key)
    return f"({columns}) > ({', '.join(column.bound for column in key)})"


def key_order(key: Sequence[KeyColumn]) -> str:
    """Return what stands after ORDER BY."""
    return ", ".join(column.sql for column in key)


def require_key(
    relation: Relation, key: Sequence[KeyColumn], found: Callable[[str], bool], *, unique: bool
) -> None:
    """Refuse a key that rows cannot be told apart by: read on from one, some would be lost.

    Args:
        relation: What is read.
        key: Its columns.
        found: Tells whether a query gives a row, in the transaction that then reads.
        unique: True if the database keeps it unique, so that this is not looked at.

    Raises:
        ReadFailed: It is null in a row, or the same in two.
    """
    names = listing([column.name for column in key])
    for column in key:
        name = quote_name(column.name)
        if found(f"SELECT 1 FROM {relation.sql} WHERE {name} IS NULL LIMIT 1"):
            raise ReadFailed(
                f"Cannot read {relation.label} by the key {names}",
                why=f"'{column.name}' is null in a row, which has no place in the order of a key",
                do="choose columns that are never null, or fill it in",
                code="key_null",
                where=Where(column=column.name),
            )
    doubled = f"SELECT 1 FROM {relation.sql} GROUP BY {key_order(key)} HAVING count(*) > 1 LIMIT 1"
    if not unique and found(doubled):
        raise ReadFailed(
            f"Cannot read {relation.label} by the key {names}",
            why="two rows have the same key, so that one could be left out on going on",
            do="add columns to the key until no two rows have the same",
            code="key_not_unique",
            where=Where(column=key[0].name),
        )


def commit_unknown(table: TableName, reason: str) -> WriteFailed:
    """Return the error about a COMMIT whose answer was lost; of the reason one line is enough."""
    reason = reason.strip().partition("\n")[0]
    return WriteFailed(
        f"Cannot tell whether the rows for {table} were committed",
        why=f"the connection was lost while the database was committing ({reason})",
        do="look whether the rows are in the table before running again",
        code="commit_unknown",
    )


def cut(value: Any, limit: int = 80) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
