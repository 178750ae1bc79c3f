"""Rows that a DuckDB table refuses, found before they are inserted.

DuckDB has no savepoint, and after an error a transaction is over. So what the catalogue knows of
the table is asked of each batch first: types, NOT NULL, CHECK, keys and references.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.names import TableName
from summit_studio.core.refusal import Refusal
from summit_studio.core.sql import quote_name, quote_text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_COLUMNS: Final = """
SELECT column_name, data_type, column_default FROM duckdb_columns()
WHERE database_name = current_database() AND schema_name = ? AND table_name = ?
  AND NOT is_generated ORDER BY column_index
"""

_CONSTRAINTS: Final = """
SELECT constraint_type, constraint_text, expression, constraint_column_names, referenced_table,
  referenced_column_names FROM duckdb_constraints()
WHERE database_name = current_database() AND schema_name = ? AND table_name = ?
ORDER BY constraint_index
"""

_BATCH: Final = "summit_sifted"

_CODES: Final = {  # In the order in which they are asked about.
    "NOT NULL": "null_not_allowed",
    "CHECK": "check_violated",
    "UNIQUE": "duplicate_key",
    "PRIMARY KEY": "duplicate_key",
    "FOREIGN KEY": "foreign_key",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A constraint: its kind, its text, and what it is about."""

    kind: str
    text: str
    expression: str | None
    columns: tuple[str, ...]
    table: str | None
    referenced: tuple[str, ...]

    @property
    def code(self) -> str:
        return _CODES[self.kind]

    @property
    def column(self) -> str | None:
        return self.columns[0] if len(self.columns) == 1 else None


class Sifting:
    """Tells which rows of a batch a table would refuse.

    Args:
        table: With its schema.
        names: The table's names of the columns that batches have.
        found_by: The columns by which a row of the table is found and replaced: that such a key is
            there already is no reason to refuse a row.
        filled: Columns that get a value of ours.
    """

    def __init__(
        self,
        session: "duckdb.DuckDBPyConnection",
        table: TableName,
        names: Sequence[str],
        found_by: Sequence[str] = (),
        filled: Sequence[str] = (),
    ) -> None:
        self._session = session
        self._filled = frozenset(filled)
        self._table = table
        self._names = names
        where = [table.schema, table.table]
        self._columns = session.execute(_COLUMNS, where).fetchall()
        self._rules = [
            _Rule(kind, text, expression, tuple(columns), other, tuple(referenced or ()))
            for kind, text, expression, columns, other, referenced in session.execute(
                _CONSTRAINTS, where
            ).fetchall()
            if kind in _CODES and not _is_key(kind, columns, found_by)
        ]
        self._rules.sort(key=lambda rule: list(_CODES).index(rule.kind))

    def refusals(self, batch: "pa.RecordBatch") -> list[Refusal]:
        """Return the refusals of a batch, in row order."""
        import pyarrow as pa

        numbered = pa.RecordBatch.from_arrays(
            [*batch.columns, pa.array(range(batch.num_rows), pa.int64())],
            names=[*(f"c{index}" for index in range(batch.num_columns)), "summit_row"],
        )
        found: dict[int, Refusal] = {}
        self._session.register(_BATCH, numbered)
        try:
            for refusal in self._single():
                found.setdefault(refusal.row, refusal)
            for refusal in self._among_themselves(found):
                found.setdefault(refusal.row, refusal)
        finally:
            self._session.unregister(_BATCH)
        return [found[row] for row in sorted(found)]

    def _single(self) -> Iterator[Refusal]:
        """Yield what can be said of a row without the others of the batch."""
        given = {name: f"c{index}" for index, name in enumerate(self._names)}
        for name, kind, _ in self._columns:
            if name in given:
                text = given[name]
                misfit = f"{text} IS NOT NULL AND TRY_CAST({text} AS {kind}) IS NULL"
                for row, shown in self._rows(_BATCH, misfit, f"left({text}::VARCHAR, 80)"):
                    yield Refusal(
                        row, "value_does_not_fit", f"the value {shown} is no {kind}", name
                    )
        for rule in self._rules:
            condition = self._condition(rule)
            for row, shown in self._rows(self._typed(), condition, _values(rule.columns)):
                yield Refusal(row, rule.code, self._reason(rule, shown), rule.column)

    def _rows(self, source: str, condition: str, shown: str) -> list[tuple[int, str]]:
        query = f"SELECT summit_row, {shown} FROM {source} AS r WHERE {condition} ORDER BY 1"
        return [(row, text) for row, text in self._session.execute(query).fetchall()]

    def _typed(self) -> str:
        """Return the batch as the table would hold it, as SQL."""
        given = {name: f"c{index}" for index, name in enumerate(self._names)}
        columns = []
        for name, kind, default in self._columns:
            value = given.get(name)
            if value is None:
                # A sequence is not asked for a number that nobody gets.
                value = default if default and "nextval" not in default else "NULL"
            columns.append(f"TRY_CAST({value} AS {kind}) AS {quote_name(name)}")
        return f"(SELECT {', '.join(columns)}, summit_row FROM {_BATCH})"

    def _condition(self, rule: _Rule) -> str:
        """Return what is true of rows that break a rule, as SQL over `r`."""
        known = {name for name, _, _ in self._columns}
        if not set(rule.columns) <= known:
            return "false"  # About a generated column: the insert itself will tell.
        if rule.kind == "CHECK":
            return f"TRY(CAST(({rule.expression}) AS BOOLEAN)) = false"
        if rule.kind == "NOT NULL":
            (name,) = rule.columns
            fills = name in self._filled or (
                name not in self._names and any(d for n, _, d in self._columns if n == name)
            )
            return "false" if fills else f"r.{quote_name(name)} IS NULL"
        keys = [f"r.{quote_name(name)}" for name in rule.columns]
        missing = " OR ".join(f"{key} IS NULL" for key in keys)
        if rule.kind == "FOREIGN KEY":
            other = TableName(self._table.schema, rule.table or "")
            if other == self._table:
                return "false"  # What it refers to may come in the same batch.
            return f"NOT ({missing}) AND NOT {_there(other, rule.referenced, keys)}"
        return f"NOT ({missing}) AND {_there(self._table, rule.columns, keys)}"

    def _among_themselves(self, gone: dict[int, Refusal]) -> Iterator[Refusal]:
        """Yield the rows whose key an earlier row of the batch has, which is not refused itself."""
        rules = [
            rule
            for rule in self._rules
            if rule.kind in {"PRIMARY KEY", "UNIQUE"} and set(rule.columns) <= set(self._names)
        ]
        if not rules:
            return
        keys = [f"row({', '.join(map(quote_name, rule.columns))})" for rule in rules]
        whole = [" AND ".join(f"{quote_name(c)} IS NOT NULL" for c in r.columns) for r in rules]
        # Only rows that share a key with another are looked at one by one.
        shared = " OR ".join(
            f"({present} AND count(*) OVER (PARTITION BY {key}) > 1)"
            for key, present in zip(keys, whole, strict=True)
        )
        picked = ", ".join(
            f"CASE WHEN {present} THEN hash({key}) END, {_values(rule.columns)}"
            for key, present, rule in zip(keys, whole, rules, strict=True)
        )
        query = (
            f"SELECT summit_row, {picked} FROM {self._typed()} QUALIFY {shared} ORDER BY summit_row"
        )
        seen: list[set[Any]] = [set() for _ in rules]
        for row, *found in self._session.execute(query).fetchall():
            if row in gone:
                continue
            own = list(zip(found[::2], found[1::2], strict=True))
            taken = next(
                (i for i, key in enumerate(own) if key[0] is not None and key in seen[i]), None
            )
            if taken is None:
                for index, key in enumerate(own):
                    seen[index].add(key)
                continue
            rule = rules[taken]
            yield Refusal(row, rule.code, self._reason(rule, own[taken][1]), rule.column)

    def _reason(self, rule: _Rule, shown: str) -> str:
        about = f"({', '.join(rule.columns)}) = ({shown})"
        says = f"{rule.text} of table {self._table}"
        if rule.kind == "NOT NULL":
            return f"column {rule.columns[0]} of table {self._table} takes no null"
        if rule.kind == "CHECK":
            return f"{says} does not hold"
        if rule.kind == "FOREIGN KEY":
            return f"{says} finds no row where {about}"
        return f"{says} has {about} already"


def _is_key(kind: str, columns: Sequence[str], key: Sequence[str]) -> bool:
    """Return True of a rule that says that a key comes once, of just these columns."""
    unique = kind in {"PRIMARY KEY", "UNIQUE"}
    return unique and {c.casefold() for c in columns} == {c.casefold() for c in key}


def _there(table: TableName, columns: Sequence[str], keys: Sequence[str]) -> str:
    """Return what is true where a table has a row of that key, as SQL."""
    pairs = zip(columns, keys, strict=True)
    same = " AND ".join(f"o.{quote_name(column)} = {key}" for column, key in pairs)
    return f"EXISTS (SELECT 1 FROM {table.sql} AS o WHERE {same})"


def _values(columns: Sequence[str]) -> str:
    """Return an expression that shows values as one text."""
    parts = [f"coalesce(left({quote_name(c)}::VARCHAR, 80), 'NULL')" for c in columns]
    return f"concat_ws({quote_text(', ')}, {', '.join(parts)})" if parts else "''"
