"""Every type with its extremes through every sink, and back by the source that fits it.

`DIFFERS` says what each target makes of a type that it does not keep, so that a change is seen: the
type it comes back as, its value the same; or the code by which it is refused before anything shows.
"""

import json
import math
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

import summit_studio as summit
from summit_studio.core.schema import is_nested

pytestmark = pytest.mark.postgres

KINDS = {
    "bool": ("BOOLEAN", ["true", "false"]),
    "i8": ("TINYINT", ["-128", "127"]),
    "i16": ("SMALLINT", ["-32768", "32767"]),
    "i32": ("INTEGER", ["-2147483648", "2147483647"]),
    "i64": ("BIGINT", ["-9223372036854775808", "9223372036854775807", "9007199254740993"]),
    "u8": ("UTINYINT", ["0", "255"]),
    "u16": ("USMALLINT", ["0", "65535"]),
    "u32": ("UINTEGER", ["0", "4294967295"]),
    "u64": ("UBIGINT", ["0", "18446744073709551615"]),
    "huge": ("HUGEINT", ["1" + "0" * 37, "-" + "9" * 38]),
    "huge beyond": ("HUGEINT", ["170141183460469231731687303715884105727"]),
    "f32": ("FLOAT", ["3.4028235e38", "1e-45", "0.1", "-7"]),
    "f64": ("DOUBLE", ["1.7976931348623157e308", "5e-324", "0.1", "1e16", "123456789.123456789"]),
    "f64 zero": ("DOUBLE", ["'-0.0'"]),
    "f64 none": ("DOUBLE", ["'nan'", "'inf'", "'-inf'"]),
    "dec money": ("DECIMAL(12,2)", ["-9999999999.99", "0.50"]),
    "dec 18,0": ("DECIMAL(18,0)", ["'999999999999999999'", "'-1'"]),
    "dec 18,18": ("DECIMAL(18,18)", ["'0.999999999999999999'", "'-0.5'"]),
    "dec 38,0": ("DECIMAL(38,0)", [f"'{'9' * 38}'"]),
    "dec 38,9": ("DECIMAL(38,9)", [f"'-{'9' * 29}.{'9' * 9}'"]),
    "dec 38,38": ("DECIMAL(38,38)", [f"'0.{'9' * 38}'"]),
    "text": ("VARCHAR", ["''", "'a\"b''c'", "'l' || chr(10) || chr(13)", "' pad '", "'NULL'",
                         "'\\N'", "'🙂 漢字 e' || chr(769)", "', ;'", "'[1]'", "chr(1)"]),
    "text zero": ("VARCHAR", ["'a' || chr(0) || 'b'", "'c'"]),
    "blob": ("BLOB", ["''::BLOB", "'\\x00\\xFF\\x0A'::BLOB"]),
    "date": ("DATE", ["'0001-01-01'", "'9999-12-31'", "'1969-12-31'"]),
    "date beyond": ("DATE", ["'infinity'", "'20000-01-01'"]),
    "time": ("TIME", ["'00:00:00'", "'23:59:59.999999'"]),
    "time 24": ("TIME", ["'24:00:00'"]),
    "timetz": ("TIME WITH TIME ZONE", ["'12:00:00+05:30'"]),
    "ts": ("TIMESTAMP", ["'0001-01-01'", "'9999-12-31 23:59:59.999999'", "'1969-12-31 23:59:59'"]),
    "ts beyond": ("TIMESTAMP", ["'infinity'", "'0044-03-15 (BC) 12:00:00'"]),
    "ts s": ("TIMESTAMP_S", ["'1969-12-31 23:59:59'"]),
    "ts ms": ("TIMESTAMP_MS", ["'1969-12-31 23:59:59.001'"]),
    "ts ns": ("TIMESTAMP_NS", ["'1677-09-22 00:00:00'", "'2024-01-01 00:00:00.000001'"]),
    "ts ns beyond": ("TIMESTAMP_NS", ["'2262-04-11 23:47:16.854775806'"]),
    "tz": ("TIMESTAMP WITH TIME ZONE",
           ["'0001-01-01 00:00+00'", "'9999-12-31 23:59:59.999999+00'"]),
    "interval": ("INTERVAL", ["'1 month -2 days 3.000001 seconds'", "'-13 months'", "'0 seconds'"]),
    "uuid": ("UUID", ["'00000000-0000-0000-0000-000000000000'"]),
    "json": ("JSON", ["'{\"a\": [1.10, null]}'"]),
    "enum": ("ENUM('a', 'it''s')", ["'it''s'"]),
    "bit": ("BIT", ["'0101'"]),
    "l bool": ("BOOLEAN[]", ["[true, NULL]", "[]"]),
    "l i64": ("BIGINT[]", ["[1, NULL, 9223372036854775807]", "[]"]),
    "l dec": ("DECIMAL(10,2)[]", ["[1.10, -0.50]"]),
    "l text": ("VARCHAR[]", ["['', NULL, 'a\"b', chr(10), 'NULL', '{}', '🙂']"]),
    "l f64": ("DOUBLE[]", ["[0.1, 5e-324]"]),
    "l f64 none": ("DOUBLE[]", ["['nan'::DOUBLE, '-inf'::DOUBLE]"]),
    "l blob": ("BLOB[]", ["['\\x00\\xFF'::BLOB]"]),
    "l date": ("DATE[]", ["['0001-01-01'::DATE, NULL]"]),
    "l ts": ("TIMESTAMP[]", ["['9999-12-31 23:59:59.999999'::TIMESTAMP]"]),
    "l tz": ("TIMESTAMP WITH TIME ZONE[]", ["['9999-12-31 23:59:59.999999+00'::TIMESTAMPTZ]"]),
    "l interval": ("INTERVAL[]", ["[INTERVAL '1 month']"]),
    "l dec wide": ("DECIMAL(38,9)[]", [f"['{'9' * 29}.{'9' * 9}'::DECIMAL(38,9)]"]),
    "ll": ("BIGINT[][]", ["[[1], [2, 3], [], NULL]"]),
    "struct": ('STRUCT(a BIGINT, "B ""c" VARCHAR)',
               ["{'a': 1, 'b': 'x\"y'}", "{'a': NULL, 'b': ''}"]),
    "struct odd": ("STRUCT(d DECIMAL(10,2), t TIMESTAMP, b BLOB)",
                   ["{'d': 1.10, 't': '2024-01-01', 'b': '\\x00\\xFF'::BLOB}"]),
    "l struct": ("STRUCT(a BIGINT)[]", ["[{'a': 1}, NULL]"]),
    "map": ("MAP(VARCHAR, DECIMAL(10,2))", ["MAP {'k': 1.10, '': NULL}", "MAP {}"]),
    "map i64": ("MAP(BIGINT, VARCHAR)", ["MAP {1: 'a'}"]),
}  # fmt: skip

CARRIED = {
    "huge": "DECIMAL(38,0)", "timetz": "VARCHAR", "ts s": "TIMESTAMP", "ts ms": "TIMESTAMP",
    "ts ns": "TIMESTAMP", "uuid": "VARCHAR", "json": "VARCHAR", "enum": "VARCHAR",
    "bit": "VARCHAR",
    "huge beyond": "rejected_unconnected", "ts ns beyond": "rejected_unconnected",
}  # fmt: skip
"""What reading DuckDB makes of its own types, whatever the target."""

UNREAD = "unread"
"""Written as it is, and rejected when it is read: Arrow has no place for it."""

DIFFERS: dict[str, dict[str, str]] = {
    "duckdb": {},
    "parquet": {"interval": "type_unfit", "l interval": "type_unfit"},
    "sqlite": {
        **dict.fromkeys(("i8", "i16", "i32", "u8", "u16", "u32"), "BIGINT"),
        "f32": "DOUBLE",
        "interval": "VARCHAR",
        **dict.fromkeys((k for k in KINDS if is_nested(KINDS[k][0])), "VARCHAR"),
        **dict.fromkeys(
            (
                "u64",
                "huge",
                "f64 none",
                "dec 18,18",
                "dec 38,0",
                "dec 38,9",
                "dec 38,38",
                "date beyond",
                "time 24",
                "ts beyond",
            ),
            "value_does_not_fit",
        ),
    },
    "postgres": {
        "i8": "SMALLINT",
        "u8": "SMALLINT",
        "u16": "INTEGER",
        "u32": "BIGINT",
        "u64": "DECIMAL(20,0)",
        **dict.fromkeys(
            ("l blob", "l interval", "ll", "struct", "struct odd", "l struct", "map", "map i64"),
            "VARCHAR",
        ),
        "text zero": "text_invalid",
        **dict.fromkeys(("date beyond", "time 24", "ts beyond"), UNREAD),
    },
    "csv": {
        "text zero": UNREAD,
        **dict.fromkeys(("i8", "i16", "i32", "u8", "u16", "u32", "dec 18,0"), "BIGINT"),
        "f32": "DOUBLE",
        "f64 zero": "DECIMAL(18,1)",
        "dec money": "DECIMAL(18,2)",
        "dec 18,18": "DECIMAL(38,18)",
        **dict.fromkeys(
            (
                "u64",
                "huge",
                "dec 38,0",
                "f64 none",
                "blob",
                "date beyond",
                "time 24",
                "ts beyond",
                "interval",
            ),
            "VARCHAR",
        ),
        **dict.fromkeys((k for k in KINDS if is_nested(KINDS[k][0])), "VARCHAR"),
    },
    "jsonl": {
        **dict.fromkeys(("i8", "i16", "i32", "u8", "u16", "u32", "dec 18,0"), "BIGINT"),
        "u64": "DECIMAL(38,0)",
        "f32": "DOUBLE",
        "f64 zero": "DECIMAL(18,1)",
        "dec money": "DECIMAL(18,2)",
        "dec 18,18": "DECIMAL(38,18)",
        **dict.fromkeys(
            (
                "f64 none",
                "dec 38,38",
                "blob",
                "date beyond",
                "time",
                "time 24",
                "ts beyond",
                "interval",
                "map",
            ),
            "VARCHAR",
        ),
        **dict.fromkeys(
            ("l f64 none", "l blob", "l date", "l ts", "l tz", "l interval"), "VARCHAR[]"
        ),
        "l dec": "DECIMAL(18,2)[]",
        "struct odd": "STRUCT(d DECIMAL(18,2), t VARCHAR, b VARCHAR)",
        "map i64": "STRUCT(1 VARCHAR)",
    },
}


def made(folder: Path, kinds: Iterable[str], server: Any) -> Path:
    """Make a DuckDB file with one column for each kind, and connections to every database."""
    with duckdb.connect(str(folder / "in.duckdb")) as con:
        con.execute("SET TimeZone = 'UTC'")
        columns = ", ".join(f'"{k}" {KINDS[k][0]}' for k in kinds)
        con.execute(f"CREATE TABLE t (id BIGINT, {columns})")
        for row in range(max(len(KINDS[k][1]) for k in kinds) + 1):
            given = [
                (t, v[row] if row < len(v) else "NULL") for t, v in map(KINDS.__getitem__, kinds)
            ]
            values = ", ".join(f"CAST({value} AS {own})" for own, value in given)
            con.execute(f"INSERT INTO t VALUES ({row}, {values})")
    postgres = server.connection()
    (folder / "connections.toml").write_text(
        '[in]\nkind = "duckdb"\npath = "in.duckdb"\n'
        '[duckdb]\nkind = "duckdb"\npath = "out.duckdb"\n'
        '[sqlite]\nkind = "sqlite"\npath = "out.sqlite"\n[postgres]\nkind = "postgres"\n'
        f'host = "{postgres.host}"\ndatabase = "postgres"\nuser = "postgres"\n'
    )
    return folder


def sent(folder: Path, target: str) -> str:
    """Write the table to a target; return the code by which that is refused, or nothing."""
    pipeline = summit.Pipeline("there", folder=folder)
    source = pipeline.add("table_source", connection="in", table="t")
    if target == "parquet":
        source.to("parquet_sink", path="out.parquet")
    elif target in {"csv", "jsonl"}:
        source.to(f"{target}_sink", path=f"out.{target}", non_finite="text")
    else:
        source.to("table_sink", connection=target, table="carried")
    found = [p.code for p in pipeline.check() if p.severity == "error"]
    if found:
        return found[0]
    result = pipeline.run()
    return "" if result.ok else result.error.code


def back(folder: Path, target: str) -> tuple[dict[str, str], Any]:
    """Read what was written by the source that fits; return its types and rows."""
    pipeline = summit.Pipeline("back", folder=folder)
    if target in {"csv", "jsonl", "parquet"}:
        kind = "json" if target == "jsonl" else target
        source = pipeline.add(f"{kind}_source", path=f"out.{target}")
    else:
        source = pipeline.add("table_source", connection=target, table="carried")
    return {c.name: c.type for c in source.schema or ()}, source.preview().to_arrow()


def plain(value: Any) -> Any:
    """Return what JSON should say of a Python value."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, float):
        words = {math.inf: "Infinity", -math.inf: "-Infinity"}
        return "NaN" if math.isnan(value) else words.get(value, Decimal(repr(value)))
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else value


def column(con: Any, table: str, value: str) -> list[Any]:
    """Return the values of an expression over a table, in order."""
    rows = con.sql(f"SELECT {value} AS v FROM {table} ORDER BY id").to_arrow_table()
    return [row["v"] for row in rows.to_pylist(maps_as_pydicts="strict")]


def same(con: Any, kind: str, found_type: str, own: str = "") -> bool:
    """Return True if a column of `back` holds the values of `db.t`, as the type it came as."""
    own, name = own or KINDS[kind][0], f'"{kind}"'
    if is_nested(own) and found_type != own:
        # Python has no interval of months.
        given = plain(column(con, "db.t", f"{name}::VARCHAR[]" if "INTERVAL" in own else name))
        found = column(con, "back", name)
        if found_type == "VARCHAR":
            found = [v and json.loads(v, parse_float=Decimal) for v in found]
        elif found_type == "VARCHAR[]" and "DECIMAL" in own:
            found = [v and [Decimal(item) for item in v] for v in found]
        return given == plain(found)
    value = {"FLOAT": f"{name}::FLOAT", "DOUBLE": f"{name}::DOUBLE"}.get(own, name)
    if own == "BLOB" and found_type == "VARCHAR":
        value = f"unhex({name})"
    given, found = column(con, "db.t", f"{name}::VARCHAR"), column(con, "back", f"{value}::VARCHAR")
    if own.startswith("DECIMAL") and not is_nested(own):
        given, found = ([v and Decimal(v) for v in values] for values in (given, found))
    return [normal(v) for v in found] == [normal(v) for v in given]


def normal(value: Any) -> Any:
    """Return a moment as ISO 8601 has it, and zero without its sign, which SQLite does not keep."""
    return {"-0.0": "0.0"}.get(value, value.replace("T", " ")) if isinstance(value, str) else value


def expected(target: str, kind: str) -> str:
    return DIFFERS[target].get(kind) or CARRIED.get(kind) or KINDS[kind][0]


def is_code(text: str) -> bool:
    return text.islower()


@pytest.mark.parametrize("target", DIFFERS)
def test_what_a_target_carries_is_the_same(tmp_path, server, target: str):
    server.run("DROP TABLE IF EXISTS carried")
    kinds = [k for k in KINDS if not is_code(expected(target, k))]
    assert sent(made(tmp_path, kinds, server), target) == ""
    types, rows = back(tmp_path, target)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"ATTACH '{tmp_path / 'in.duckdb'}' AS db (READ_ONLY)")
        con.register("back", rows)
        wrong = {k: types.get(k) for k in kinds if not same(con, k, types.get(k, ""))}
    assert wrong == {}
    declared = {k: expected(target, k).replace('"', "") for k in kinds}
    assert {k: types[k].replace('"', "") for k in kinds} == declared


@pytest.mark.parametrize(
    ("target", "kind"),
    [(t, k) for t in DIFFERS for k in KINDS if is_code(expected(t, k))],
)
def test_what_a_target_cannot_hold_is_said_before_anything_shows(
    tmp_path, server, target: str, kind: str
):
    server.run("DROP TABLE IF EXISTS carried")
    code = sent(made(tmp_path, [kind], server), target)
    if expected(target, kind) == UNREAD:
        assert code == ""
        # Whoever reads it back rejects such rows.
        assert len(back(tmp_path, target)[1]) <= len(KINDS[kind][1])
        return
    assert code == expected(target, kind)
    assert not list(tmp_path.glob("out.[cjp]*"))
    assert server.run("SELECT to_regclass('carried')::text") == [(None,)]
