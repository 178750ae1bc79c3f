"""Transactions that fill tables: what all SQL databases share of writing."""

import contextlib
import threading
import zlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from summit_studio.connectors.changing import Changing
from summit_studio.connectors.checkpoint import StageTable
from summit_studio.connectors.exact import Exactness
from summit_studio.connectors.fitting import Standing, check_fit, check_names
from summit_studio.connectors.history import check_history
from summit_studio.connectors.merging import (
    Merge,
    Merged,
    Merging,
    check_merge,
    counted,
    is_unique,
    merged_of,
    null_keys,
)
from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import (
    check_batch,
    commit_unknown,
    rows_remain,
    table_missing,
    view_in_place,
)
from summit_studio.connectors.scripts import (
    Scripts,
    Statement,
    dialect_of,
    ends_transaction,
    statements,
)
from summit_studio.connectors.versions import Versions
from summit_studio.connectors.window import Window
from summit_studio.core.cancel import CancelToken
from summit_studio.core.changes import DELETE, OP
from summit_studio.core.errors import Cancelled, SummitError, Where, WriteFailed
from summit_studio.core.refusal import Refusal, Refuse, kept_rows
from summit_studio.core.schema import CHANGE_COLUMNS, Schema, require_columns, to_arrow
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import pyarrow as pa


WriteMode = Literal["append", "replace"]

Replaced = Literal["rows", "table"]
"""What `replace` replaces: the rows of the table that stands, or the table with all it has."""

BeforeCommit = Callable[[Any], None]
"""Called with the open transaction (the client library's connection) just before its COMMIT."""


class Transaction(ABC):
    """One transaction on one session. Several writers may fill it, each from a thread of its own.

    They commit together, when the first of them is told to; a run tells it only once all have
    prepared. If one fails, the work of all is gone.

    Args:
        session: The client library's connection; the transaction closes it at its end.
    """

    begin: str = "BEGIN"
    dialect: ClassVar[str]
    """Whose words the database speaks, as sqlglot calls it."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self._lock = threading.RLock()
        self._writers: list[TransactionWriter] = []
        self._begun = False
        self._committed = False
        self._closed = False

    @property
    def committed(self) -> bool:
        """True once it is committed."""
        return self._committed

    @property
    @abstractmethod
    def errors(self) -> tuple[type[Exception], ...]:
        """The client library's errors."""

    @abstractmethod
    def failure(self, what: str, error: Exception) -> SummitError:
        """Return what one of them means."""

    @abstractmethod
    def refused(self, error: Exception) -> bool:
        """Return True if the database answered a COMMIT with no; False if its answer was lost."""

    @abstractmethod
    def run_one(self, text: str) -> bool:
        """Run a person's own statement; return False if the transaction has ended with it."""

    def line_in(self, text: str, error: Exception) -> int:
        """Return how many lines below the beginning of a statement its error is."""
        del text, error
        return 0

    def run_script(self, name: str, script: str, table: TableName) -> None:
        """Run a person's own statements, in `work`.

        Args:
            name: Of the field that has them.
            script: The statements.
            table: That they run for.

        Raises:
            SummitError: It says which statement failed, on which line, and what the database said.
        """
        for one in statements(script, *dialect_of(self.dialect)):
            try:
                under_way = self.run_one(one.text)
            except self.errors as error:
                raise self._stumbled(name, one, table, error) from None
            if not under_way:
                raise ends_transaction(one)

    def _stumbled(
        self, name: str, one: Statement, table: TableName, error: Exception
    ) -> SummitError:
        line = one.line + self.line_in(one.text, error)
        failed = self.failure(f"Cannot run statement {one.number} of {name}, line {line}", error)
        failed.why += f" (it runs in the transaction of table {table})"
        return failed.at(param=name)

    def join(self, writer: "TransactionWriter") -> None:
        """Take a writer in; the first begins the transaction."""
        with self._lock:
            if not self._begun:
                self.session.execute(self.begin)
                self._begun = True
            self._writers.append(writer)

    @contextlib.contextmanager
    def work(self, action: str, table: TableName) -> Iterator[None]:
        """Keep the session for the caller's thread; any failure ends the transaction.

        Raises:
            SummitError: What the database said.
            Cancelled: Another writer's failure has ended it before.
        """
        with self._lock:
            if self._closed:
                raise Cancelled(f"The transaction on table {table} has ended")
            try:
                yield
            except self.errors as error:
                self.abort()
                raise self.failure(f"Cannot {action} table {table}", error) from None
            except BaseException:
                self.abort()
                raise

    def commit(self, table: TableName) -> None:
        """Publish what all writers wrote; once done, calling it again does nothing.

        Raises:
            WriteFailed: The database refused, or nobody knows (`commit_unknown`).
        """
        with self._lock:
            if self._committed:
                return
            for writer in self._writers:
                with self.work("publish", writer.table):
                    writer.publish()
            try:
                self.session.execute("COMMIT")
            except self.errors as error:
                self.abort()
                if self.refused(error):
                    raise self.failure(f"Cannot publish table {table}", error) from None
                raise commit_unknown(table, str(error) or type(error).__name__) from None
            self._committed = self._closed = True
            self.session.close()

    def abort(self) -> None:
        """Drop everything by closing the session. Harmless after a commit, and twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            for writer in self._writers:
                writer.discard()
            self.session.close()


class Transactions:
    """The transactions of one run that its sinks share.

    One for each database file, and for each group of a server's tables that refer to each other.

    Args:
        cancel: Ends the run, and what one sink waits for of another.
    """

    def __init__(self, cancel: CancelToken | None = None) -> None:
        self.cancel = cancel or CancelToken()
        self._lock = threading.Lock()
        self._open: dict[str, Transaction] = {}

    def of(self, key: str, begin: Callable[[], Transaction]) -> Transaction:
        """Return the run's transaction on a database, begun by `begin` for the first who asks.

        Once it is committed, the next who asks begins another.
        """
        with self._lock:
            known = self._open.get(key)
            if known is None or known.committed:
                self._open[key] = begin()
            return self._open[key]


class TransactionWriter(ABC):
    """Fills one table in a transaction. See `contract.TableWriter`.

    A table that is absent is made in its place. One that stands is kept and its rows go in or, for
    `replace`, take the place of those there; only where the table itself is to be replaced is
    another filled aside, under a name of this run and table, then swapped.

    Args:
        transaction: Where the rows go; `commit` and `abort` end it for all its writers.
        before_commit: Called with the session just before the COMMIT.
        refuse: Takes the rows that the table refuses; None ends the transaction at the first.
        stage: Where rows wait until `gather`; None sends them to the table.
        merge: How rows find their place by a key; None puts all of them in.
        scripts: Statements that run in the transaction, before the rows and after them.
    """

    place: ClassVar[str] = "rowid"
    """SQL of what tells in which order the rows of a stage came."""
    longest_name: ClassVar[int | None] = None
    """The bytes that a name may have; None if any number."""

    def __init__(
        self,
        transaction: Transaction,
        table: TableName,
        schema: Schema,
        mode: WriteMode,
        run_id: str,
        *,
        create: bool,
        replace: Replaced,
        before_commit: BeforeCommit | None,
        refuse: Refuse | None = None,
        stage: StageTable | None = None,
        merge: Merge | None = None,
        scripts: Scripts | None = None,
    ) -> None:
        self.table = table
        self._transaction = transaction
        self._session: Any = transaction.session
        self._schema = Schema(tuple(c for c in schema if c not in CHANGE_COLUMNS))
        # What changes carry beside their columns waits with them, and has no place in the table.
        self._beside = [c for c in schema if c in CHANGE_COLUMNS]
        self._sent = Schema((*self._schema, *self._beside))
        self._arrow = to_arrow(self._sent)
        self._mode = mode
        self._mark = f"__summit_new_{run_id}_{zlib.crc32(str(table).encode()):08x}"
        self._into = table
        self._types: dict[str, str] = {}
        self._exact = Exactness({}, {})
        self._swapped: TableName | None = None
        self._before_commit = before_commit
        self._refuse = refuse
        self._scripts = scripts or Scripts()
        self._rows = 0
        self._taken = 0
        self._made = False
        self._create_it = create
        self._replaced = replace
        self._waiting: TableName | None = None
        self._gathered: int | None = None
        self._keyed = merge
        # What only goes in has no need to find anything.
        self._merge = None if merge is None or merge.mode == "insert" else merge
        self._unique = True
        self._history = None if merge is None else merge.history
        self._ends = ("", "")
        self._merging: Merging | Versions | Window | None = None
        self._merged: Merged | None = None
        self._counted: Counter[str] = Counter()
        self._target = table
        with transaction.work("open", table):
            require_columns(self._schema)
            # A stage is made by itself: a run that is frozen with it would keep its name.
            names = None if stage is None else self._put_aside(stage)
            transaction.join(self)
            if names is None:
                self._run_before()
                names = self._placed()
                self._put_beside(names)
            self._ready([*names, *(c.name for c in self._beside)])

    def _found(self) -> Standing | None:
        """Return the table that stands, if any, once it may be written."""
        standing = self._standing(self.table)
        if standing is None and not self._create_it:
            raise table_missing(self.table, self._known(), reading=False)
        if standing is not None and standing.view:
            if self._mode == "replace" or self._keyed or not standing.appendable:
                raise view_in_place(self.table)
        elif self._keyed is not None:
            if self._history is not None and standing is not None:
                check_history(self.table, self._history, standing)
            check_merge(self.table, self._keyed, self._schema, standing)
            self._unique = standing is not None and is_unique(self._keyed.unique, standing)
        if self._history is not None:
            self._ends = self._history.ends(standing)
        return standing

    def _placed(self) -> list[str]:
        """Find or make the table, and return its names of the columns to be written."""
        standing = self._found()
        self._into = self.table
        if standing is None:
            return self._make()
        if self._is_made_anew:
            self._swapped = standing.name
            self._into = standing.name.sibling(self._mark)
            return self._make()
        self._into = standing.name
        names = self._fitted(standing)
        if self._mode == "replace":
            self._replace_rows(standing, names)
        return names

    @property
    def _is_made_anew(self) -> bool:
        return self._mode == "replace" and self._replaced == "table"

    def _fitted(self, standing: Standing) -> list[str]:
        """Return the table's names of the columns, once they fit."""
        brought = standing if self._history is None else self._history.without_ends(standing)
        names = check_fit(self.table, self._schema, brought)
        self._types = {column.name.casefold(): column.type for column in standing.columns}
        self._exact = Exactness.of(self._schema, standing)
        return names

    def _put_aside(self, stage: StageTable) -> list[str]:
        """Have rows go to a stage, made where it is missing; return its names of the columns.

        Raises:
            WriteFailed: What waited there is gone.
        """
        standing = self._found()
        if standing is not None and self._is_made_anew:
            standing = None
        names = self._new_names() if standing is None else self._fitted(standing)
        if self._standing(stage.table) is None:
            if stage.begun:
                raise _stage_missing(self.table, stage.table)
            self._create_stage(stage.table, standing, names)
        self._into = self._waiting = stage.table
        return names

    def _put_beside(self, names: list[str]) -> None:
        """Have rows that find their place by a key wait beside the table, in this transaction.

        They wait for `prepare` or, where some may be refused, for the end of their batch.
        """
        self._target = self._into
        if self._merge is not None:
            stage = TableName(None, f"{self._mark}_rows")
            self._merging = self._merging_of(stage.sql, names)
            self._create_beside(stage, names)
            self._into = stage

    def _merging_of(self, rows: str, names: list[str]) -> Merging | Versions | Window:
        assert self._merge is not None  # noqa: S101 - else nothing is merged
        if self._merge.mode == "window":
            return Window(self._merge.where, names, self._into, rows)
        if self._history is not None:
            return Versions(
                self._merge, self._schema, names, self._ends, self._into, rows, self.place,
                as_text=self._without_equality(),
            )  # fmt: skip
        kind = Merging if self._merge.deletes is None else Changing
        return kind(
            self._merge, self._schema, names, self._into, rows, self.place,
            as_text=self._without_equality(), unique=self._unique,
        )  # fmt: skip

    def _without_equality(self) -> list[str]:
        """Return the table's columns whose values are compared as texts."""
        return []

    def _make(self) -> list[str]:
        names = self._new_names()
        key = self._keyed.unique if self._keyed is not None and self._keyed.needs_unique else ()
        self._create(self._into, self._whole, key)
        self._made = True
        return names

    def _new_names(self) -> list[str]:
        """Return the names of the columns of a table that is to be made."""
        check_names(self.table, self._whole, self.longest_name)
        return list(self._schema.names)

    @property
    def _whole(self) -> Schema:
        """The columns of a table that is to be made."""
        return self._schema if self._history is None else self._history.whole(self._schema)

    def write(self, batch: "pa.RecordBatch") -> None:
        """Send a batch."""
        refusals: list[Refusal] = []
        with self._transaction.work("write to", self.table):
            rows = check_batch(batch, self._arrow)
            changed = self._exact.refusals(rows)
            if self._keyed is not None:
                keyless = [r for r in null_keys(rows, self._keyed.keys) if _stays(rows, r.row)]
                changed = _first_of_each(changed, keyless)
            if self._history is not None:
                changed = _first_of_each(changed, self._history.null_times(rows))
            if self._refuse is not None:
                taken, refusals = self._sift_all(rows, changed)
                self._taken += taken
            elif changed:
                raise self._would_change(changed[0])
            else:
                self._taken += self._send(rows)
        self._rows += batch.num_rows
        # With the session free: who takes them may write to the same database.
        if self._refuse is not None and refusals:
            self._refuse(_table(batch), refusals)

    def _sift_all(
        self, rows: "pa.RecordBatch", changed: list[Refusal]
    ) -> tuple[int, list[Refusal]]:
        """Sift the rows but for those that the table would change.

        Of a history they are put in order: what refuses one leads to the others one by one.
        """
        if not changed and self._history is None:
            return self._sift(rows)
        gone = {refusal.row for refusal in changed}
        kept = [row for row in range(rows.num_rows) if row not in gone]
        if self._history is None:
            taken, refusals = self._sift(kept_rows(rows, changed))
        else:
            kept = self._history.in_order(rows, kept)
            taken, refusals = self._sift(rows.take(kept))
        refused = changed + [replace(r, row=kept[r.row]) for r in refusals]
        return taken, sorted(refused, key=lambda refusal: refusal.row)

    def _would_change(self, refusal: Refusal) -> WriteFailed:
        first = {"key_null": "fill in the key", "version_null": "fill it in"}.get(
            refusal.code, "round or cut such values"
        )
        return WriteFailed(
            f"Cannot write column '{refusal.column}' to table {self.table}",
            why=f"of row {self._rows + refusal.row + 1} {refusal.reason}",
            do=f"{first} before this sink, or connect its rejected port to put such rows aside",
            code=refusal.code,
            where=Where(column=refusal.column),
        )

    def prepare(self) -> int:
        """Have the database check and store every row; return how many it says it took."""
        with self._transaction.work("write to", self.table):
            self._taken += self._finish()
            if self._merging is not None and self._merged is None and self._refuse is None:
                self._merged = self._merge_in(self._merging)
                self._taken = self._merged.taken
        return self._taken

    def _merge_in(self, merging: Merging | Versions | Window) -> Merged:
        """Merge rows or, of changes, take out what was deleted and merge what stays."""
        if not isinstance(merging, Changing):
            return self._carry_out(merging)
        assert self._merge is not None  # noqa: S101 - else nothing is merged
        run = self._session.execute
        taken_out = "marked" if self._merge.deletes == "mark" else "deleted"
        counts: Counter[str] = Counter()
        truncate = run(merging.last_truncate()).fetchone()
        if truncate is not None:
            merging.begin_behind(truncate)
            if self._merge.deletes != "ignore":
                counts[taken_out] += self._inserted(run(merging.empty()))
        rows, deletes = run(merging.tally()).fetchone()
        if deletes and self._merge.deletes == "ignore":
            counts["ignored"] += deletes
        elif deletes:
            gone = self._inserted(run(merging.remove()))
            counts.update({taken_out: gone, "absent": max(deletes - gone, 0)})
            if self._merge.mark is None and run(merging.remaining()).fetchone() is not None:
                raise rows_remain(self.table)
        stay, _ = run(merging.staged()).fetchone()
        merged = self._carry_out(merging)
        counts.update(merged.counts)
        counts["superseded"] += rows - deletes - stay
        return Merged(counted(**counts), rows - (stay - merged.taken))

    def _carry_out_batch(self, merging: Merging | Versions | Window) -> int:
        """Merge the rows of a batch, and make room for the next; return how many are accounted for.

        A row of a later batch replaces one of its key, so that it counts as updated.
        """
        merged = self._carry_out(merging)
        self._counted.update(merged.counts)
        self._session.execute(f"DELETE FROM {self._into.sql}")
        return merged.taken

    def _carry_out(self, merging: Merging | Versions | Window) -> Merged:
        """Merge, where nobody else can write to the table meanwhile."""
        assert self._merge is not None  # noqa: S101 - else nothing is merged
        run = self._session.execute
        if isinstance(merging, Window):
            return merging.carry_out(run, self._inserted)
        if isinstance(merging, Versions):
            return merging.carry_out(run, self._inserted, TableName(None, f"{self._mark}_judged"))
        rows, keys = run(merging.staged()).fetchone()
        duplicate = rows - keys if merging.resolves else 0
        merging.single = rows == keys
        if self._merge.mode == "delete_insert":
            deleted = self._inserted(run(merging.delete()))
            if run(merging.kept()).fetchone() is not None:
                raise rows_remain(self.table)
            inserted = self._inserted(run(merging.insert()))
            counts = counted(inserted=inserted, deleted=deleted, duplicate=duplicate)
            return Merged(counts, inserted + duplicate)
        there, changing, stale = run(merging.looked_up()).fetchone()
        affected = self._inserted(run(merging.put()))
        return merged_of(rows, keys, there, changing, stale, affected)

    def gather(self) -> int | None:
        """Put all that waits on the stage in its place, still invisible to others.

        Returns:
            How many rows the database says that the table took; None where nothing is staged.
        """
        if self._waiting is None:
            return None
        with self._transaction.work("publish", self.table):
            self._run_before()
            names = self._placed()
            if self._merge is None:
                self._gathered = self._pour(self._waiting, names)
            else:
                self._merged = self._merge_in(self._merging_of(self._waiting.sql, names))
                self._gathered = self._merged.taken
        return self._gathered

    def _pour(self, stage: TableName, names: list[str]) -> int:
        """Insert the rows of a stage, whose columns come in the order of `names`."""
        listed = ", ".join(map(quote_name, names))
        insert = f"INSERT INTO {self._into.sql} ({listed}) SELECT * FROM {stage.sql}"
        return self._inserted(self._session.execute(insert))

    def _run_before(self) -> None:
        if self._scripts.begins:
            self._transaction.run_script("before_sql", self._scripts.before, self.table)

    def end(self) -> None:
        """Run what comes after the last row of a load, still invisible to others."""
        with self._transaction.work("write to", self.table):
            self._transaction.run_script("after_sql", self._scripts.after, self.table)

    def read_back(self) -> "Iterator[pa.RecordBatch] | None":
        """Return the rows of a table that this writer made, in this session; None of another's."""
        if not self._made or self._merge is not None:
            return None
        return self._stored()

    def commit(self) -> dict[str, int]:
        """Publish, and return the counts."""
        self._transaction.commit(self.table)
        if self._merge is not None and self._refuse is not None:
            return counted(**self._counted)
        if self._merged is not None:
            return dict(self._merged.counts)
        if self._waiting is not None:
            return {} if self._gathered is None else {"inserted": self._gathered}
        return {"inserted": self._taken}

    def abort(self) -> None:
        """Drop the rows."""
        self._transaction.abort()

    def publish(self) -> None:
        """Do what comes last in the transaction; called by it, before its COMMIT."""
        self.prepare()
        if self._swapped is not None:
            self._swap(self._swapped)
        if self._before_commit is not None:
            self._before_commit(self._session)

    def discard(self) -> None:  # noqa: B027 - most have nothing under way between two calls
        """Let go of what is under way; called before the session closes."""

    def _delete_all(self) -> None:
        """Delete every row of the table, now.

        Raises:
            WriteFailed: Some are still there, which only a trigger can bring about.
        """
        self._session.execute(f"DELETE FROM {self._into.sql}")
        left = f"SELECT 1 FROM {self._into.sql} LIMIT 1"
        if self._session.execute(left).fetchone() is not None:
            raise rows_remain(self.table)

    @abstractmethod
    def _standing(self, table: TableName) -> Standing | None:
        """Return what stands under a name, by the database's own rules for names."""

    @abstractmethod
    def _known(self) -> list[str]:
        """Return the tables there are."""

    @abstractmethod
    def _create(self, table: TableName, schema: Schema, key: Sequence[str]) -> None:
        """Make a table of a schema's columns, with a primary key where `key` names columns."""

    @abstractmethod
    def _create_beside(self, stage: TableName, names: list[str]) -> None:
        """Make a table of this session for rows that will go into `_into`, with `place`."""

    @abstractmethod
    def _create_stage(self, stage: TableName, standing: Standing | None, names: list[str]) -> None:
        """Make a table without any rule for rows that will go into one that stands, or will."""

    @abstractmethod
    def _inserted(self, cursor: Any) -> int:
        """Return how many rows the database says that an INSERT has put in."""

    @abstractmethod
    def _replace_rows(self, standing: Standing, names: list[str]) -> None:
        """Empty the table, at once or just before its new rows go in."""

    @abstractmethod
    def _ready(self, names: list[str]) -> None:
        """Make ready to send rows; `names` are the table's for the schema's columns."""

    @abstractmethod
    def _send(self, batch: "pa.RecordBatch") -> int:
        """Send a batch and return the rows the database says it took so far unreported."""

    @abstractmethod
    def _sift(self, batch: "pa.RecordBatch") -> tuple[int, list[Refusal]]:
        """Send the rows that the table takes.

        Returns:
            How many the database says it took, and why it refused each of the others.
        """

    def _finish(self) -> int:
        """End the sending and return the rows not reported before. Called again it returns 0."""
        return 0

    @abstractmethod
    def _stored(self) -> "Iterator[pa.RecordBatch]":
        """Yield the rows of the table that was made, in the schema's columns and types."""

    @abstractmethod
    def _swap(self, table: TableName) -> None:
        """Put the table that was filled aside in the place of `table`, which is dropped."""


def _stage_missing(table: TableName, stage: TableName) -> WriteFailed:
    return WriteFailed(
        f"Cannot go on with the load of table {table}",
        why=f"the rows that it has read so far waited in table {stage}, which is gone",
        do="start again with --restart: no reader has seen any of them",
        code="stage_missing",
    )


def _stays(batch: "pa.RecordBatch", row: int) -> bool:
    """Return True but for a delete or a truncate, which do not bring a row."""
    return OP not in batch.schema.names or batch.column(OP)[row].as_py() < DELETE


def _first_of_each(one: list[Refusal], other: list[Refusal]) -> list[Refusal]:
    """Return refusals in row order, one a row."""
    found = {refusal.row: refusal for refusal in (*other, *one)}
    return [found[row] for row in sorted(found)]


def key_clause(key: "Sequence[str]") -> str:
    """Return what stands after the columns in the statement that makes a table."""
    return f", PRIMARY KEY ({', '.join(map(quote_name, key))})" if key else ""


def _table(batch: "pa.RecordBatch") -> "pa.Table":
    import pyarrow as pa

    return pa.Table.from_batches([batch])
