"""Rows that a PostgreSQL table refuses, told from the others by the server itself."""

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.merging import PLACE, Merged, merged_of
from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.csv import encode
from summit_studio.connectors.postgres.errors import code_of
from summit_studio.connectors.versions import Tally, Versions
from summit_studio.connectors.window import Window
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import BIGINT, Schema
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import psycopg
    import pyarrow as pa

    from summit_studio.connectors.merging import Merging

_AT_ONCE: Final = 1_000
"""Rows of one INSERT. Where one of them is refused, each of them goes by itself."""

_TYPES: Final = """
SELECT a.attname, format_type(coalesce(nullif(t.typbasetype, 0), a.atttypid), -1)
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
"""
"""Types without their length: what a value is read as, before the column measures it."""

_DEFERRED: Final = """
SELECT format('%%I.%%I', n.nspname, c.conname) FROM pg_constraint c
JOIN pg_namespace n ON n.oid = c.connamespace
WHERE c.conrelid = to_regclass(%s) AND c.condeferrable ORDER BY 1
"""
"""The table's own constraints that may wait for the COMMIT. Those of tables that refer to it wait
on: what they miss may come with a later batch.
"""

_MAY_HIDE: Final = "SELECT row_security_active(to_regclass(%s))"

_REFUSALS: Final = (
    "data_exception OR integrity_constraint_violation OR with_check_option_violation"
    " OR raise_exception"
)
"""What the server raises about a row, its triggers' own errors among them."""

_FUNCTION: Final = """
CREATE FUNCTION {name}() RETURNS TABLE (v_row bigint, v_state text, v_column text, v_why text,
  v_detail text, v_totals bigint[]) LANGUAGE plpgsql AS $sift$
#variable_conflict use_column
DECLARE
  v_from bigint := 0; v_one bigint; v_count bigint; v_rows bigint; v_keys bigint; v_there bigint;
  v_changed bigint; v_stale bigint; v_told record;
  v_sums bigint[] := array_fill(0::bigint, ARRAY[{sums}]);
  v_last bigint := (SELECT max(place) FROM {stage});
BEGIN
  WHILE v_from <= v_last LOOP
    BEGIN
      {some}
    EXCEPTION WHEN {refusals} THEN
      FOR v_one IN SELECT place FROM {stage} WHERE place BETWEEN v_from AND v_from + {step} - 1
        ORDER BY place
      LOOP
        BEGIN
          {one}
        EXCEPTION WHEN {refusals} THEN
          GET STACKED DIAGNOSTICS v_state = RETURNED_SQLSTATE, v_column = COLUMN_NAME,
            v_why = MESSAGE_TEXT, v_detail = PG_EXCEPTION_DETAIL;
          v_row := v_one;
          RETURN NEXT;
        END;
      END LOOP;
    END;
    v_from := v_from + {step};
  END LOOP;
  SELECT NULL, NULL, NULL, NULL, NULL, v_sums
    INTO v_row, v_state, v_column, v_why, v_detail, v_totals;
  RETURN NEXT;
END $sift$
"""
"""The sums: affected, and of a merge its rows, keys, those there, those to change, those older; of
a history those of a `Tally`.
"""

_PLAIN: Final = """{put};
      GET DIAGNOSTICS v_count = ROW_COUNT;
      v_sums[1] := v_sums[1] + v_count;"""

_MERGE: Final = """{staged} INTO v_rows, v_keys;
      {looked_up} INTO v_there, v_changed, v_stale;
      {put};
      GET DIAGNOSTICS v_count = ROW_COUNT;
      v_sums := ARRAY[v_sums[1] + v_count, v_sums[2] + v_rows, v_sums[3] + v_keys,
        v_sums[4] + v_there, v_sums[5] + v_changed, v_sums[6] + v_stale];"""

_TOLD: Final = tuple(field.name for field in fields(Tally))
_VERSIONS: Final = (
    """{versions} INTO v_told;
      v_sums := ARRAY["""
    + ", ".join(f"v_sums[{number}] + v_told.{name}" for number, name in enumerate(_TOLD, start=1))
    + "];"
)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What became of a batch.

    Args:
        taken: How many rows the table accounts for.
        refusals: Why it refused each of the others.
        counts: What a merge did with those it took.
    """

    taken: int
    refusals: list[Refusal]
    counts: "Mapping[str, int]"


class Sifting:
    """Fills a table with the rows it takes, and tells why it refuses the others.

    A batch is staged as text, in a temporary table without any rule; a function of the session
    inserts it from there. A value is read by its type as COPY would read it. A refused row leaves
    no trace: what its triggers did is undone with it. Constraints that could wait for the COMMIT
    are checked with each row.

    Args:
        table: With its schema.
        names: The table's names of the columns that batches have.
        mark: What the temporary table and the function are called.
        schema: The columns of the batches.
        as_json: Names of those that are sent as JSON.
        merging: Returns the merge of rows that stand in SQL; None puts all of them in.
    """

    def __init__(
        self,
        session: "psycopg.Connection[Any]",
        table: TableName,
        names: "Sequence[str]",
        mark: str,
        schema: Schema,
        as_json: "Collection[str]",
        merging: "Callable[[str], Merging | Versions | Window] | None" = None,
    ) -> None:
        self._session = session
        self._merging = merging
        self._in_versions = False
        staged = zip((f"c{index}" for index, _ in enumerate(schema)), schema, strict=True)
        self._staged = Schema.of([("place", BIGINT), *((c, column.type) for c, column in staged)])
        self._as_json = {
            f"c{index}" for index, column in enumerate(schema) if column.name in as_json
        }
        self._stage = TableName("pg_temp", mark)
        self._function = TableName("pg_temp", f"sift_{mark}")
        types = dict(session.execute(_TYPES, (table.sql,)).fetchall())
        check_at_once(session, table)
        hides = session.execute(_MAY_HIDE, (table.sql,)).fetchall()[0][0]
        texts = [f"c{index}" for index, _ in enumerate(names)]
        read = [f"CAST({c} AS {types[n]})" for c, n in zip(texts, names, strict=True)]
        typed = [f"{value} AS {quote_name(name)}" for value, name in zip(read, names, strict=True)]
        self._rows = f"SELECT {', '.join(typed)}, place AS {PLACE} FROM {self._stage.sql}"
        self._put = f"INSERT INTO {table.sql} ({', '.join(map(quote_name, names))})"
        self._values = f"SELECT {', '.join(read)} FROM {self._stage.sql}"
        listed = ", ".join(f"{c} text" for c in texts)
        session.execute(
            f"CREATE TEMP TABLE {self._stage.sql} (place bigint PRIMARY KEY, {listed})"
            " ON COMMIT DROP".encode()
        )
        session.execute(
            _FUNCTION.format(
                name=self._function.sql,
                stage=self._stage.sql,
                some=self._taking(f"BETWEEN v_from AND v_from + {_AT_ONCE} - 1"),
                one=self._taking("= v_one"),
                step=_AT_ONCE,
                sums=len(_TOLD),
                # Policies refuse a row by the same state as a missing privilege.
                refusals=_REFUSALS + (" OR insufficient_privilege" if hides else ""),
            ).encode()
        )

    def _taking(self, places: str) -> str:
        """Return the statements that put the rows of some places in, and count."""
        if self._merging is None:
            return _PLAIN.format(
                put=f"{self._put} {self._values} WHERE place {places} ORDER BY place"
            )
        merging = self._merging(f"({self._rows} WHERE place {places})")
        assert not isinstance(merging, Window)  # noqa: S101 - it refuses no single row
        if isinstance(merging, Versions):
            self._in_versions = True
            return _VERSIONS.format(versions=merging.at_once())
        return _MERGE.format(
            staged=merging.staged(), looked_up=merging.looked_up(), put=merging.put()
        )

    def take(self, batch: "pa.RecordBatch") -> Sifted:
        """Put a batch in, row by row where the table refuses some."""
        import pyarrow as pa

        zeros = _with_zeros(batch)
        kept = [index for index in range(batch.num_rows) if index not in zeros]
        numbered = batch.take(pa.array(kept, pa.int64())) if zeros else batch
        rows = pa.RecordBatch.from_arrays(
            [pa.array(kept, pa.int64()), *numbered.columns],
            names=list(self._staged.names),
        )
        run = self._session.execute
        stage = f"COPY {self._stage.sql} FROM STDIN (FORMAT csv)".encode()
        with self._session.cursor() as cursor, cursor.copy(stage) as copy:
            copy.write(encode(rows, self._staged, self._as_json))
        found = run(f"SELECT * FROM {self._function.sql}()".encode()).fetchall()
        run(f"TRUNCATE {self._stage.sql}".encode())
        sums = found.pop()[-1]
        refused = {row: _refusal(row, *words) for row, *words, _ in found} | zeros
        refusals = [refused[row] for row in sorted(refused)]
        if self._merging is None:
            return Sifted(sums[0], refusals, {})
        merged = Tally(*sums).merged if self._in_versions else _merged(*sums)
        return Sifted(merged.taken, refusals, merged.counts)


def _merged(affected: int, *sums: int) -> Merged:
    rows, keys, there, changed, stale, *_ = sums
    return merged_of(rows, keys, there, changed, stale, affected)


def check_at_once(session: "psycopg.Connection[Any]", table: TableName) -> None:
    """Have a table's own constraints checked now, and from now on with each row."""
    waiting = [name for (name,) in session.execute(_DEFERRED, (table.sql,)).fetchall()]
    if waiting:
        session.execute(f"SET CONSTRAINTS {', '.join(waiting)} IMMEDIATE".encode())


def _refusal(row: int, state: str, column: str, why: str, detail: str) -> Refusal:
    # Of 23502 and 23514 the detail is the whole row, which stands beside the reason.
    told = f" ({detail.rstrip('.')})" if detail and state in {"23505", "23503"} else ""
    key = re.match(r"Key \(([^,()]+)\)=", detail or "")
    return Refusal(row, code_of(state), why + told, column or (key[1] if key else None))


def _with_zeros(batch: "pa.RecordBatch") -> dict[int, Refusal]:
    """Return refusals of rows with a zero byte in a text, which PostgreSQL cannot even stage."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[int, Refusal] = {}
    for name, array in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
            hits = pc.match_substring(array, "\0")
            for row in pc.indices_nonzero(hits).to_pylist():
                reason = "the text holds a zero byte, which PostgreSQL cannot store"
                found.setdefault(row, Refusal(row, "text_invalid", reason, name))
    return found
