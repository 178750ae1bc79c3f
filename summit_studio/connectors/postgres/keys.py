"""Reading a relation of PostgreSQL in the order of a key, and on from behind one of its rows."""

from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.names import Relation
from summit_studio.connectors.relational import KeyColumn, after_key, key_order, require_key
from summit_studio.core.sql import quote_name

if TYPE_CHECKING:
    import psycopg

    from summit_studio.connectors.contract import Keyset

_UNIQUE: Final = """
SELECT array_agg(a.attname::text) FROM pg_index i
CROSS JOIN unnest(i.indkey::int2[], i.indcollation::oid[]) WITH ORDINALITY AS k (attnum, coll, at)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = to_regclass(%s) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
  AND i.indexprs IS NULL AND k.at <= i.indnkeyatts
GROUP BY i.indexrelid HAVING bool_and(k.coll IN (0, a.attcollation))
"""
"""The columns of each unique key that is one by the very order in which its columns are read."""


def part_of(session: "psycopg.Connection[Any]", relation: Relation, keyset: "Keyset") -> str:
    """Return what stands after FROM for the rows that a keyset asks for, in its order.

    Columns are put in order and compared by the rules of their own types and collations, on both
    sides. COPY takes no parameters, so values are bound as settings of the transaction.

    Raises:
        ReadFailed: The key is null somewhere, or of two rows.
    """
    names = ", ".join(map(quote_name, keyset.columns))
    looked = session.execute(f"SELECT {names} FROM {relation.sql} LIMIT 0".encode())
    # With -1 a type is named so that it cuts nothing: bpchar, where character were one character.
    kinds = [
        session.execute("SELECT format_type(%s, -1)", (column.type_code,)).fetchone()
        for column in looked.description or ()
    ]
    key = [
        KeyColumn(name, quote_name(name), f"CAST(current_setting('summit.key_{at}') AS {kind[0]})")
        for at, (name, kind) in enumerate(zip(keyset.columns, kinds, strict=True))
        if kind is not None
    ]
    require_key(
        relation,
        key,
        lambda query: session.execute(query.encode()).fetchone() is not None,
        unique=_is_unique(session, relation, keyset),
    )
    order = f"ORDER BY {key_order(key)}"
    if keyset.after is None:
        return f"{relation.sql} {order}"
    for at, value in enumerate(keyset.after):
        session.execute("SELECT set_config(%s, %s, true)", (f"summit.key_{at}", value))
    return f"{relation.sql} WHERE {after_key(key)} {order}"


def _is_unique(session: "psycopg.Connection[Any]", relation: Relation, keyset: "Keyset") -> bool:
    if relation.table is None:
        return False
    found = session.execute(_UNIQUE, (relation.table.sql,)).fetchall()
    return any(set(key) <= set(keyset.columns) for (key,) in found)
