"""What PostgreSQL's catalogue knows of a table that is to be written."""

from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.fitting import Standing, TargetColumn
from summit_studio.connectors.names import TableName
from summit_studio.connectors.postgres.types import limit_of, target_type

if TYPE_CHECKING:
    import psycopg

LONGEST_NAME: Final = 63
"""Bytes; longer names are cut. NAMEDATALEN of a server as it is delivered."""

_STANDING: Final = """
SELECT n.nspname, c.relname, c.relkind NOT IN ('r', 'p', 'f'),
  c.relkind IN ('r', 'p', 'f') OR EXISTS (
    SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgtype & 68 = 68)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass(%s)
"""
"""A trigger INSTEAD OF INSERT has the bits 64 and 4."""

_COLUMNS: Final = """
SELECT a.attname, coalesce(base.typname, t.typname),
  CASE WHEN base.typname IS NULL THEN a.atttypmod ELSE t.typtypmod END,
  NOT a.attnotnull, coalesce(pg_get_expr(d.adbin, d.adrelid), t.typdefault), a.attgenerated <> '',
  CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'default' END
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type base ON base.oid = nullif(t.typbasetype, 0)
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""

_KEYS: Final = """
SELECT array_agg(a.attname::text ORDER BY k.at)
FROM pg_index i
CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, at)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = to_regclass(%s) AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
  AND k.at <= i.indnkeyatts
GROUP BY i.indexrelid, i.indisprimary ORDER BY i.indisprimary DESC, i.indexrelid
"""


def standing(session: "psycopg.Connection[Any]", table: TableName) -> Standing | None:
    """Return what stands under a name, by the search path; None if nothing does."""
    found = session.execute(_STANDING, (table.sql,)).fetchone()
    if found is None:
        return None
    schema, name, view, appendable = found
    whole = TableName(schema, name)
    columns = [
        TargetColumn(
            column,
            target_type(kind, typmod),
            nullable,
            default,
            generated,
            identity,
            limit_of(kind, typmod),
        )
        for column, kind, typmod, nullable, default, generated, identity in session.execute(
            _COLUMNS, (whole.sql,)
        ).fetchall()
    ]
    keys = [tuple(key) for (key,) in session.execute(_KEYS, (whole.sql,)).fetchall()]
    return Standing(whole, columns, keys, view=view, appendable=appendable)
