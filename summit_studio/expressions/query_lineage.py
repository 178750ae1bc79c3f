"""Which columns of its tables the columns of a query are made of."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from summit_studio.core.schema import Schema
from summit_studio.expressions.lineage import as_written


@dataclass(frozen=True, slots=True)
class Selected:
    """One column that a query gives.

    Args:
        reads: Tables and their columns that its values are made of.
        how: Its expression, as the query says it; empty where it is a column as it is.
    """

    name: str
    reads: tuple[tuple[str, str], ...]
    how: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a query makes of its tables.

    Args:
        columns: Those that it gives, in order.
        reads: All tables and columns of theirs that it speaks of, to decide by as well.
    """

    columns: tuple[Selected, ...]
    reads: tuple[tuple[str, str], ...]


def followed(query: str, tables: Mapping[str, Schema], names: Sequence[str]) -> Followed | None:
    """Return what each column of a query is made of, or None where it cannot be followed.

    Args:
        query: One SELECT in Summit SQL.
        tables: The schemas of the tables it may read, by name in small letters.
        names: The columns that it gives, as DuckDB's binder says: another answer is no answer.
    """
    from sqlglot.errors import SqlglotError

    logger = logging.getLogger("sqlglot")
    level = logger.level
    logger.setLevel(logging.ERROR)  # What it cannot read is said by the None.
    try:
        found = _followed(query, tables)
    except (SqlglotError, RecursionError, ValueError, KeyError, AttributeError, TypeError):
        return None
    finally:
        logger.setLevel(level)
    same = [s.name.casefold() for s in found.columns] == [name.casefold() for name in names]
    return found if same else None


def renamed(
    query: str, tables: Mapping[str, Schema], names: Mapping[tuple[str, str], str]
) -> str | None:
    """Return a query with columns of its tables named otherwise, where they stand in its text.

    All else is untouched. None where it cannot be followed. What names columns in another way, such
    as USING, stays as it is: hold the columns of the result against those of the query.

    Args:
        query: One SELECT in Summit SQL.
        tables: The schemas of the tables it may read, by name in small letters.
        names: The new names by table and folded old name.
    """
    from sqlglot.errors import SqlglotError

    try:
        found = _qualified(query, tables)
        places = {
            (column.this.meta["start"], column.this.meta["end"] + 1): names[table, name.casefold()]
            for column, table, name in _resolved(found, tables)
            if (table, name.casefold()) in names and "start" in column.this.meta
        }
    except (SqlglotError, RecursionError, ValueError, KeyError, AttributeError, TypeError):
        return None
    for (start, end), name in sorted(places.items(), reverse=True):
        query = query[:start] + as_written(name) + query[end:]
    return query


def _followed(query: str, tables: Mapping[str, Schema]) -> Followed:
    import sqlglot
    from sqlglot import exp

    said = _said(sqlglot.parse_one(query, read="duckdb"))
    whole, schema = _qualified(query, tables), _named_schema(tables)
    if any(isinstance(node, exp.Pivot | exp.TableColumn) for node in whole.walk()):
        raise ValueError("columns are made of values, or a row is taken as a whole")
    names = [select.alias_or_name for select in whole.selects]
    if len(set(names)) != len(names):
        raise ValueError("two columns have one name")
    columns = tuple(
        _selected(name, said.get(index, ""), whole, schema, tables)
        for index, name in enumerate(names)
    )
    return Followed(columns, tuple(dict.fromkeys(_named(whole, tables))))


def _selected(
    name: str, said: str, whole: Any, schema: Any, tables: Mapping[str, Schema]
) -> Selected:
    from sqlglot import exp
    from sqlglot.lineage import lineage

    column = exp.column(exp.to_identifier(name, quoted=True))
    root = lineage(column, whole, schema=schema, dialect="duckdb", trim_selects=False)
    nodes = list(root.walk())
    reads = dict.fromkeys(r for node in nodes if not node.downstream for r in _leaf(node, tables))
    computed = (e for node in nodes if (e := _computed(node)))
    return Selected(name, tuple(reads), said or next(computed, ""))


def _computed(node: Any) -> str:
    """Return the expression by which a column is computed; empty where it is one as it is."""
    from sqlglot import exp

    inner = node.expression.unalias()
    if isinstance(inner, exp.Column | exp.Table | exp.Query | exp.Star):
        return ""
    bare = inner.transform(lambda n: exp.column(n.this) if isinstance(n, exp.Column) else n)
    return str(bare.sql("duckdb", identify=False))


def _qualified(query: str, tables: Mapping[str, Schema]) -> Any:
    """Return the parse of a query, each column with its table, stars as columns."""
    import sqlglot
    from sqlglot.optimizer.qualify import qualify

    parsed = sqlglot.parse_one(query, read="duckdb")
    return qualify(parsed, schema=_named_schema(tables), dialect="duckdb")


def _named_schema(tables: Mapping[str, Schema]) -> dict[str, object]:
    return {name: {c.name: "TEXT" for c in columns} for name, columns in tables.items()}


def _named(whole: Any, tables: Mapping[str, Schema]) -> Iterator[tuple[str, str]]:
    """Yield the columns of tables that stand anywhere in a query."""
    return ((table, name) for _, table, name in _resolved(whole, tables))


def _resolved(whole: Any, tables: Mapping[str, Schema]) -> Iterator[tuple[Any, str, str]]:
    """Yield each place where a column of a table stands, with the table and the column."""
    from sqlglot import exp
    from sqlglot.optimizer.scope import traverse_scope

    for scope in traverse_scope(whole):
        for column in scope.columns:
            source = scope.sources.get(column.table)
            if isinstance(source, exp.Table) and source.name.casefold() in tables:
                found = tables[source.name.casefold()].find(column.name)
                if found is not None:
                    yield column, source.name.casefold(), found.name


def _said(parsed: Any) -> dict[int, str]:
    """Return the expressions of a select list without stars, those of bare columns left out."""
    from sqlglot import exp

    selects = getattr(parsed, "selects", [])
    if any(select.is_star for select in selects):
        return {}
    bare = {i for i, s in enumerate(selects) if isinstance(s.unalias(), exp.Column)}
    return {i: s.unalias().sql("duckdb") for i, s in enumerate(selects) if i not in bare}


def _leaf(node: Any, tables: Mapping[str, Schema]) -> Iterator[tuple[str, str]]:
    """Yield the column of a table that stands at the end of a path."""
    import sqlglot
    from sqlglot import exp

    source = node.source
    if not isinstance(source, exp.Table):
        return
    column = sqlglot.parse_one(node.name, read="duckdb")
    table = source.name.casefold()
    found = tables[table].find(column.name)
    if found is None:
        raise KeyError(column.name)
    yield table, found.name
