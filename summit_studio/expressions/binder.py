"""Types of expressions and queries, by DuckDB's own binder over empty inputs."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Self

from summit_studio.core.errors import InvalidExpression, Remedy
from summit_studio.core.schema import VARCHAR, Column, Schema
from summit_studio.core.sql import quote_name
from summit_studio.core.suggest import did_you_mean
from summit_studio.expressions.connect import locked_connection
from summit_studio.expressions.guard import guard_type
from summit_studio.expressions.lineage import CLOCK_NAMES, columns_of, place_of
from summit_studio.expressions.messages import column_missing, explain, read_failure
from summit_studio.expressions.remedies import cast_remedies, rename_remedy
from summit_studio.expressions.scan import place

_ROWS = "summit input rows"
_Key = tuple[str, tuple[tuple[str, Schema], ...]]


class Binder:
    """Binds text against schemas on a private locked in-memory connection; runs nothing.

    Safe to call from any thread; calls wait for each other (under a millisecond each).

    Args:
        cache_entries: Results kept, the least recently used dropped first.
    """

    def __init__(self, cache_entries: int = 1024) -> None:
        self._lock = threading.Lock()
        self._con = locked_connection(errors_as_json=True)
        self._cache: OrderedDict[_Key, Schema] = OrderedDict()
        self._cache_entries = cache_entries

    def describe(self, query: str, inputs: Mapping[str, Schema]) -> Schema:
        """Return the columns a query gives.

        Two output columns of one name are told apart as DuckDB does it: `id`, `id_1`.

        Args:
            query: One SELECT over the inputs, already guarded if a person wrote it.
            inputs: The schema of each table the query may name.

        Raises:
            InvalidExpression: It does not fit: `column_missing`, `function_unknown`,
                `type_mismatch` or `expression_invalid`.
        """
        key = (query, tuple(inputs.items()))
        with self._lock:
            found = self._cache.get(key)
            if found is not None:
                self._cache.move_to_end(key)
                return found
            known = tuple(dict.fromkeys(n for schema in inputs.values() for n in schema.names))
            head = f"{_empty_tables(inputs)}SELECT * FROM (\n"
            found = self._bind(head, query, "\n)", known)
            self._cache[key] = found
            if len(self._cache) > self._cache_entries:
                self._cache.popitem(last=False)
            return found

    def type_of(self, expression: str, schema: Schema) -> str:
        """Return the type an expression has over one row, or one group, of `schema`.

        Raises:
            InvalidExpression: As `describe`; also where the text is no single expression.
        """
        for name in sorted(columns_of(expression)):
            if name not in schema and name.casefold() not in CLOCK_NAMES:
                at = place_of(expression, name)
                where = "" if at is None else f"; at {place(expression, at)}"
                error = column_missing(name, schema.names, where)
                near = did_you_mean(name, schema.names)
                error.remedies = rename_remedy(expression, name, near) if near else ()
                raise error
        inputs = {_ROWS: schema}
        key = (expression + "\0", tuple(inputs.items()))
        with self._lock:
            found = self._cache.get(key)
            if found is None:
                found = self._bind_one(expression, schema)
                self._cache[key] = found
                if len(self._cache) > self._cache_entries:
                    self._cache.popitem(last=False)
        return found.columns[0].type

    def close(self) -> None:
        """Give the connection back; the binder cannot be used any more."""
        with self._lock:
            self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _bind_one(self, expression: str, schema: Schema) -> Schema:
        head = f"{_empty_tables({_ROWS: schema})}SELECT (\n"
        tail = f"\n) FROM {quote_name(_ROWS)}"

        def fits(changed: str) -> bool:
            try:
                self._bind(head, changed, tail, schema.names)
            except InvalidExpression:
                return False
            return True

        def advise(message: str) -> tuple[Remedy, ...]:
            return cast_remedies(message, expression, schema, fits)

        return self._bind(head, expression, tail, schema.names, advise)

    def _bind(
        self,
        head: str,
        text: str,
        tail: str,
        known: tuple[str, ...],
        advise: Callable[[str], tuple[Remedy, ...]] | None = None,
    ) -> Schema:
        import duckdb

        describe = f"DESCRIBE {head}"
        try:
            statements = self._con.extract_statements(f"{describe}{text}{tail}")
            if len(statements) != 1:
                raise InvalidExpression(
                    "This is not one query", why="it holds several statements", do="keep one"
                )
            rows = self._con.execute(statements[0]).fetchall()
        except duckdb.Error as error:
            offset = len(describe.encode())
            failure = read_failure(error)
            told = explain(failure, text, offset, known, (_ROWS,))
            if told.code == "type_mismatch" and advise is not None:
                told.remedies = advise(failure.message)
                told.do = f"cast it: {told.remedies[0].label}" if told.remedies else told.do
            raise told from None
        except (UnicodeError, RuntimeError) as error:
            raise InvalidExpression("The text cannot be read", why=str(error)[:200]) from None
        return Schema(tuple(Column(name, _canonical(kind)) for name, kind, *_ in rows))


def _canonical(type_name: str) -> str:
    """Return the type a column takes; a bare NULL has none and travels as text."""
    return type_name.replace('"NULL"', VARCHAR)


def _empty_tables(inputs: Mapping[str, Schema]) -> str:
    if not inputs:
        return ""
    tables = (f"{quote_name(name)} AS ({_empty(schema)})" for name, schema in inputs.items())
    return f"WITH {', '.join(tables)} "


def _empty(schema: Schema) -> str:
    columns = ", ".join(
        f"CAST(NULL AS {guard_type(column.type)}) AS {quote_name(column.name)}" for column in schema
    )
    return f"SELECT {columns or 'NULL'} WHERE false"
