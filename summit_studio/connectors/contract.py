"""What every database offers."""

from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self, runtime_checkable

from summit_studio.connectors.checkpoint import StageTable, TableCheckpoint
from summit_studio.connectors.fitting import Standing
from summit_studio.connectors.merging import Merge
from summit_studio.connectors.names import Listed
from summit_studio.connectors.scripts import Scripts
from summit_studio.connectors.selection import Selection, Survey
from summit_studio.connectors.transaction import (
    BeforeCommit,
    Replaced,
    Transactions,
    WriteMode,
)
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import SinkKey
from summit_studio.core.refusal import Refuse
from summit_studio.core.schema import Schema

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row of a database that has a value without a place in its column's type.

    Args:
        row: Its number in the result, from 1.
        raw: The row as JSON, as the database gave it.
        column: Where the value stands.
        reason: A sentence.
    """

    row: int
    raw: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Keyset:
    """Reading in the order of a key, and on from behind a row.

    Values are compared and put in order by the database alone: what is told of a row is how the
    database itself writes its key, to the last digit, and it is bound, never made part of a
    statement.

    Args:
        columns: Of the key; together they are unique, and none is ever null.
        reached: Told the key of the last row of each batch as JSON values, before the batch.
        after: What was told of the row behind which to begin; None begins with the first.
        before: How many rows there were up to it: rows that do not fit are counted on from there.
    """

    columns: Sequence[str]
    reached: Callable[[Sequence[Any]], None]
    after: Sequence[Any] | None = None
    before: int = 0


Reject = Callable[[Misfit], None]
"""Takes the rows that cannot be read as they are."""


@runtime_checkable
class TableWriter(Protocol):
    """Fills one table in a transaction. Used by one thread at a time.

    Whatever fails, the table is as it was; only a COMMIT whose answer was lost leaves that open
    (`commit_unknown`).
    """

    def write(self, batch: "pa.RecordBatch") -> None:
        """Send a batch whose schema is the one the writer was opened with."""

    def prepare(self) -> int:
        """Have everything sent checked and stored, still invisible to others.

        Returns:
            How many rows the database itself says that the table took.
        """

    def gather(self) -> int | None:
        """Put all rows that wait on a stage in their place, after `prepare`, still invisible.

        Returns:
            How many rows the database itself says that the table took; None where none is staged.
        """

    def read_back(self) -> "Iterator[pa.RecordBatch] | None":
        """Return the rows of a table that this writer made, after `prepare`; None of another's."""

    def end(self) -> None:
        """Run the statements that come after the last row of a load, still invisible.

        Raises:
            SummitError: One failed.
        """

    def commit(self) -> dict[str, int]:
        """Make the rows visible and return counts such as `{"inserted": 12}`."""

    def abort(self) -> None:
        """Drop the rows. Harmless after a commit, and when called again."""


@runtime_checkable
class Database(Protocol):
    """A database behind a connection. Methods may be called from any thread, one at a time each."""

    longest_name: ClassVar[int | None]
    """The bytes that the name of a table or column may have; None if any number."""

    @staticmethod
    def unheld(type_name: str) -> str:
        """Return which values of a type no column of this system holds; empty if it holds all.

        Only what one may have to reckon with: `numbers of more than 15 digits`.
        """

    def test(self) -> str:
        """Connect and return the product and version of the server."""

    def listed(self) -> list[Listed]:
        """Return the tables and views, sorted by schema and name, and which are views."""

    def tables(self) -> list[str]:
        """Return the names of what `listed` returns, as `schema.table`."""

    def columns(
        self,
        table: str | None = None,
        query: str | None = None,
        selection: Selection | None = None,
    ) -> Schema:
        """Return the columns of a table or of a query, without reading its rows.

        Args:
            table: `table` or `schema.table`.
            query: In the database's own SQL.
            selection: Which of their rows are to be read: whether they can be is looked at.
        """

    def clock(self) -> datetime:
        """Return the moment by the clock of the database, with a zone."""

    def survey(self, query_or_table: str, selection: Selection) -> Survey:
        """Return what the rows of a selection hold in the cursor of its window.

        Its window only says which column that is, and by its `high` behind which moment rows are
        counted.

        Raises:
            ReadFailed: The database refuses.
        """

    def standing(self, table: str) -> Standing | None:
        """Return what the catalogue knows of a table that is to be written; None if it is absent.

        Args:
            table: `table` or `schema.table`, found by the rules that `writer` goes by.
        """

    def check_related(self, table: str, beside: Collection[str], *, sifts: bool) -> tuple[str, ...]:
        """See whether a table can be written in one run with others, by what they refer to.

        Args:
            table: As `writer` takes it.
            beside: The tables that are written in the run.
            sifts: True if the table's rows are to be refused one by one.

        Returns:
            The tables that are filled in one transaction with it, itself among them; none where it
            stands alone.

        Raises:
            WriteFailed: It cannot, which `writer` too finds.
        """

    def read(
        self,
        query_or_table: str,
        columns: Sequence[str] | None = None,
        batch_rows: int = 100_000,
        cancel: CancelToken | None = None,
        reject: Reject | None = None,
        keyset: Keyset | None = None,
        selection: Selection | None = None,
    ) -> "Generator[pa.RecordBatch, None, int | None]":
        """Stream rows at bounded memory, with exactly the columns that `columns` promised.

        Args:
            query_or_table: A query, or a table as `tables` names it.
            columns: The columns wanted, in this order; all if None.
            batch_rows: The most rows in a batch.
            cancel: Stops a waiting read at once, by Cancelled.
            reject: Told each row with a value that does not fit its column, before the batch it
                would have been in; None ends the read at the first.
            keyset: The order of the rows, and where to begin; None takes all as they come. Its
                columns are among those wanted.
            selection: Which rows; None for all.

        Returns:
            At the end, how many rows the database itself says it has sent: a command tag, a count
            in the same snapshot. None where it says nothing.

        Raises:
            ReadFailed: A value does not fit its column, the key is null somewhere (`key_null`) or
                of two rows (`key_not_unique`), or the server gave up.
        """

    def writer(
        self,
        table: str,
        schema: Schema,
        mode: WriteMode = "append",
        *,
        create: bool = True,
        replace: Replaced = "rows",
        run_id: str = "run",
        before_commit: BeforeCommit | None = None,
        transactions: Transactions | None = None,
        refuse: Refuse | None = None,
        beside: Collection[str] = (),
        stage: StageTable | None = None,
        merge: Merge | None = None,
        scripts: Scripts | None = None,
    ) -> TableWriter:
        """Open a transaction that appends to a table or replaces its rows.

        Args:
            table: `table` or `schema.table`.
            schema: The columns that batches will have.
            mode: `append` keeps the rows there; `replace` puts these in their place.
            create: Make the table if it is absent.
            replace: What mode `replace` replaces: `rows` leaves the table with all it has; `table`
                drops it and makes another of the schema's columns, with nothing else.
            run_id: Names what is built aside.
            before_commit: Called with the open transaction just before it commits.
            transactions: Those of a run: writers of one database file share one; each has its own
                if None.
            refuse: Takes the rows that the table refuses, on the thread that writes; None ends the
                transaction at the first.
            beside: The tables that the run writes in this database: those that refer to each other
                are filled together, whatever the order in which their rows come.
            stage: The table in which rows wait until `TableWriter.gather`, of a load that takes
                several transactions; None sends them to `table`. With it, `refuse` is None.
            merge: How rows find their place by a key, of mode `append`; None puts all of them in.
            scripts: A person's own statements, which run in the transaction that readers see.

        Raises:
            WriteFailed: The columns do not fit the table, or tables refer to each other so that
                they cannot be filled together; found before any row is sent.
        """

    def checkpoint(self, table: str, key: SinkKey, kept_in: str | None = None) -> TableCheckpoint:
        """Return how far a sink of a table is. Nothing is connected before it is asked.

        Args:
            table: As for `writer`.
            key: Whose progress.
            kept_in: The table that keeps it; by default one beside `table`.
        """

    def close(self) -> None:
        """Let go of everything held open."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
