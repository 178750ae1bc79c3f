"""Arrow's own types, from Parquet and from people's code, through every sink and back.

`KINDS` says what each is here; `DIFFERS` what a target makes of that, or by which code it is
refused before anything shows. Values that no type here holds are rejected: see the tests of the
sources.
"""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import summit_studio as summit
from summit_studio.core.schema import is_nested
from summit_studio.workspace.trust import trust
from tests.connectors.test_carry import back, is_code, same

pytestmark = pytest.mark.postgres

ROWS = 4
UUID_BYTES = bytes(range(16))
UUID = "00010203-0405-0607-0809-0a0b0c0d0e0f"
WIDE = Decimal("9" * 70 + ".123456")
FIRST, LAST = dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59)


def counted(kind: pa.DataType, *values: int) -> pa.Array:
    """Return values that Python has no word for, by their number."""
    whole = pa.int32() if kind.bit_width == 32 else pa.int64()
    return pa.array(values, whole).cast(kind)


def listed(values: pa.Array, *ends: int) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array([0, *ends], pa.int32()), values)


def mapped(values: pa.Array) -> pa.Array:
    return pa.MapArray.from_arrays(pa.array([0, len(values)], pa.int32()), ["k", "l"], values)


def extended(kind: Any, values: list[Any]) -> pa.Array:
    return pa.ExtensionArray.from_storage(kind, pa.array(values, kind.storage_type))


INTERVALS = [dt.timedelta(days=400, seconds=1), dt.timedelta(seconds=-1), dt.timedelta()]
SPANS = ["9600:00:01", "-00:00:01", "00:00:00"]
MOMENTS = [FIRST, LAST, dt.datetime(1969, 12, 31, 23, 59, 59)]
NEAR = [dt.datetime(1677, 9, 22), dt.datetime(2262, 4, 11), dt.datetime(2024, 1, 1, 1, 2, 3, 4)]
TEXTS = ["", "long enough for no view to hold it inline 🙂", "a"]
BYTES = [b"", b"\x00\xff long enough for no view to hold it inline", b"a"]

KINDS: dict[str, tuple[pa.Array, str, list[Any]]] = {
    "f16": (pa.array([65504.0, -0.5, 2**-24], pa.float16()), "FLOAT", [65504.0, -0.5, 2**-24]),
    "dict text": (pa.array(TEXTS).dictionary_encode(), "VARCHAR", TEXTS),
    "dict int": (pa.array([2**63 - 1, -(2**63)]).dictionary_encode(), "BIGINT",
                 [2**63 - 1, -(2**63)]),
    "dict moment": (pa.array(MOMENTS, pa.timestamp("ms")).dictionary_encode(), "TIMESTAMP",
                    MOMENTS),
    "l dict": (listed(pa.array(["a", "", "a"]).dictionary_encode(), 2, 2, 3), "VARCHAR[]",
               [["a", ""], [], ["a"]]),
    "s dict": (pa.StructArray.from_arrays([pa.array(["a", None]).dictionary_encode()], ["a"]),
               "STRUCT(a VARCHAR)", [{"a": "a"}, {"a": None}]),
    "m dict": (mapped(pa.array(["x", "x"]).dictionary_encode()), "MAP(VARCHAR, VARCHAR)",
               [[("k", "x"), ("l", "x")]]),
    "large text": (pa.array(TEXTS, pa.large_string()), "VARCHAR", TEXTS),
    "text view": (pa.array(TEXTS, pa.string_view()), "VARCHAR", TEXTS),
    "large bytes": (pa.array(BYTES, pa.large_binary()), "BLOB", BYTES),
    "bytes view": (pa.array(BYTES, pa.binary_view()), "BLOB", BYTES),
    "4 bytes": (pa.array([b"\x00\xff\n,"], pa.binary(4)), "BLOB", [b"\x00\xff\n,"]),
    "16 bytes": (pa.array([UUID_BYTES], pa.binary(16)), "BLOB", [UUID_BYTES]),
    "large list": (pa.array([[1, None], [], None], pa.large_list(pa.int64())), "BIGINT[]",
                   [[1, None], [], None]),
    "list view": (pa.array([[1, None], [], None], pa.list_view(pa.int64())), "BIGINT[]",
                  [[1, None], [], None]),
    "pair": (pa.array([[1, 2], None, [-(2**31), None]], pa.list_(pa.int32(), 2)), "INTEGER[]",
             [[1, 2], None, [-(2**31), None]]),
    "dec32": (pa.array([Decimal("-99999.9999")], pa.decimal32(9, 4)), "DECIMAL(9,4)",
              [Decimal("-99999.9999")]),
    "dec64": (pa.array([Decimal("9" * 16 + ".99")], pa.decimal64(18, 2)), "DECIMAL(18,2)",
              [Decimal("9" * 16 + ".99")]),
    "dec256": (pa.array([WIDE, Decimal("-0.5")], pa.decimal256(76, 6)), "VARCHAR",
               [str(WIDE), "-0.500000"]),
    "dec256 fits": (pa.array([Decimal("9" * 30)], pa.decimal256(38, 2)), "DECIMAL(38,2)",
                    [Decimal("9" * 30)]),
    "l dec256": (pa.array([[WIDE, None]], pa.list_(pa.decimal256(76, 6))), "VARCHAR[]",
                 [[str(WIDE), None]]),
    "date64": (pa.array([FIRST.date(), LAST.date()], pa.date64()), "DATE",
               [FIRST.date(), LAST.date()]),
    "time s": (counted(pa.time32("s"), 0, 86_399), "TIME", [dt.time(), dt.time(23, 59, 59)]),
    "time ms": (counted(pa.time32("ms"), 86_399_999), "TIME", [dt.time(23, 59, 59, 999_000)]),
    "time ns": (counted(pa.time64("ns"), 86_399_999_999_000), "TIME",
                [dt.time(23, 59, 59, 999_999)]),
    "nothing": (pa.nulls(1), "VARCHAR", []),
    "l nothing": (pa.array([[None], []], pa.list_(pa.null())), "VARCHAR[]", [[None], []]),
    "uuid": (extended(pa.uuid(), [UUID_BYTES, bytes(16)]), "VARCHAR",
             [UUID, "00000000-0000-0000-0000-000000000000"]),
    "l uuid": (listed(extended(pa.uuid(), [UUID_BYTES, None]), 2), "VARCHAR[]", [[UUID, None]]),
    "json": (extended(pa.json_(), ['{"a": [1.10, null]}']), "VARCHAR", ['{"a": [1.10, null]}']),
    "bool8": (extended(pa.bool8(), [0, 1, -1]), "BOOLEAN", [False, True, True]),
    "l duration": (pa.array([[INTERVALS[0], None]], pa.list_(pa.duration("us"))), "INTERVAL[]",
                   [[SPANS[0], None]]),
    **{f"moment {u}": (pa.array(v, pa.timestamp(u)), "TIMESTAMP", v)
       for u, v in (("s", MOMENTS), ("ms", MOMENTS), ("us", MOMENTS), ("ns", NEAR))},
    **{f"moment {u} {zone}": (pa.array(v, pa.timestamp(u, zone)), "TIMESTAMP WITH TIME ZONE", v)
       for u, v in (("s", MOMENTS), ("ms", MOMENTS), ("us", MOMENTS), ("ns", NEAR))
       for zone in ("UTC", "Europe/Paris", "+05:30")},
    **{f"duration {u}": (pa.array(INTERVALS, pa.duration(u)), "INTERVAL", SPANS)
       for u in ("s", "ms", "us", "ns")},
}  # fmt: skip

CODE_ONLY: dict[str, tuple[pa.Array, str, list[Any]]] = {
    "runs": (pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["a", None])),
             "VARCHAR", ["a", "a", None]),
    "dict null": (pa.DictionaryArray.from_arrays(pa.array([0, 1, None, None]),
                                                 pa.array(["x", None])), "VARCHAR", ["x", None]),
    "l runs": (listed(pa.RunEndEncodedArray.from_arrays(pa.array([2], pa.int32()), pa.array([7])),
                      1, 2), "BIGINT[]", [[7], [7]]),
}  # fmt: skip
"""What Parquet cannot hold, but code can return."""


def own(name: str) -> str:
    return (KINDS | CODE_ONLY)[name][1]


def of(*types: str) -> list[str]:
    return [name for name in KINDS if own(name) in types]


NESTED = [name for name in KINDS | CODE_ONLY if is_nested(own(name))]

DIFFERS: dict[str, dict[str, str]] = {
    "duckdb": {},
    "parquet": dict.fromkeys(of("INTERVAL", "INTERVAL[]"), "type_unfit"),
    "sqlite": {
        "f16": "DOUBLE",
        **dict.fromkeys((*of("INTERVAL"), *NESTED), "VARCHAR"),
        **dict.fromkeys(("dec64", "dec256 fits"), "value_does_not_fit"),
    },
    "postgres": dict.fromkeys(("l duration", "s dict", "m dict"), "VARCHAR"),
    "csv": {
        "f16": "DOUBLE",
        "dec32": "DECIMAL(18,4)",
        "dec64": "DECIMAL(38,2)",
        **dict.fromkeys((*of("BLOB", "INTERVAL"), *NESTED), "VARCHAR"),
    },
    "jsonl": {
        "f16": "DOUBLE",
        "dec32": "DECIMAL(18,4)",
        "pair": "BIGINT[]",
        "m dict": "STRUCT(k VARCHAR, l VARCHAR)",
        **dict.fromkeys(of("BLOB", "INTERVAL", "TIME"), "VARCHAR"),
        "l duration": "VARCHAR[]",
    },
}


def padded(values: pa.Array) -> pa.Array:
    if len(values) == ROWS:
        return values
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, padded(values.storage))
    if pa.types.is_run_end_encoded(kind):
        ends = pa.array([*values.run_ends.to_pylist(), ROWS], pa.int32())
        return pa.RunEndEncodedArray.from_arrays(ends, padded(values.values)[: len(ends)])
    return pa.concat_arrays([values, pa.nulls(ROWS - len(values), kind)])


def table_of(kinds: dict[str, tuple[pa.Array, str, list[Any]]]) -> pa.Table:
    columns = {name: padded(values) for name, (values, _, _) in kinds.items()}
    return pa.table({"id": pa.array(range(ROWS)), **columns})


def expected_in(path: Path, kinds: dict[str, tuple[pa.Array, str, list[Any]]]) -> None:
    """Make a DuckDB table of what should arrive, out of Python's own values."""
    with duckdb.connect(str(path)) as con:
        con.execute("SET TimeZone = 'UTC'")
        columns = ", ".join(f'"{name}" {type_name}' for name, (_, type_name, _) in kinds.items())
        con.execute(f"CREATE TABLE t (id BIGINT, {columns})")
        for row in range(ROWS):
            values = [given[row] if row < len(given) else None for _, _, given in kinds.values()]
            values = [dict(v) if v and isinstance(v, list) and isinstance(v[0], tuple) else v
                      for v in values]  # fmt: skip
            marks = ", ".join(f"CAST(? AS {type_name})" for _, type_name, _ in kinds.values())
            con.execute(f"INSERT INTO t VALUES ({row}, {marks})", values)


def connections(folder: Path, server: Any) -> None:
    (folder / "connections.toml").write_text(
        '[duckdb]\nkind = "duckdb"\npath = "out.duckdb"\n'
        '[sqlite]\nkind = "sqlite"\npath = "out.sqlite"\n[postgres]\nkind = "postgres"\n'
        f'host = "{server.connection().host}"\ndatabase = "postgres"\nuser = "postgres"\n'
    )
    server.run("DROP TABLE IF EXISTS carried")


def sent(pipeline: Any, source: Any, target: str) -> str:
    """Write rows to a target; return the code by which that is refused, or nothing."""
    if target in {"csv", "jsonl", "parquet"}:
        source.to(f"{target}_sink", path=f"out.{target}")
    else:
        source.to("table_sink", connection=target, table="carried")
    found = [p.code for p in pipeline.check() if p.severity == "error"]
    if found:
        return found[0]
    result = pipeline.run()
    return "" if result.ok else result.error.code


def require_same(folder: Path, target: str, kinds: dict[str, Any]) -> None:
    expected_in(folder / "expected.duckdb", kinds)
    types, rows = back(folder, target)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"ATTACH '{folder / 'expected.duckdb'}' AS db (READ_ONLY)")
        con.register("back", rows)
        wrong = {k: types.get(k) for k in kinds if not same(con, k, types.get(k, ""), own(k))}
    assert wrong == {}
    declared = {k: DIFFERS[target].get(k, own(k)).replace('"', "") for k in kinds}
    assert {k: types[k].replace('"', "") for k in kinds} == declared


@pytest.mark.parametrize("target", DIFFERS)
def test_what_parquet_holds_arrives_as_it_was(tmp_path, server, target: str):
    connections(tmp_path, server)
    kinds = {k: v for k, v in KINDS.items() if not is_code(DIFFERS[target].get(k, own(k)))}
    pq.write_table(table_of(kinds), tmp_path / "in.parquet")
    pipeline = summit.Pipeline("there", folder=tmp_path)
    assert sent(pipeline, pipeline.add("parquet_source", path="in.parquet"), target) == ""
    require_same(tmp_path, target, kinds)


@pytest.mark.parametrize(
    ("target", "kind"),
    [(t, k) for t, differs in DIFFERS.items() for k, found in differs.items() if is_code(found)],
)
def test_what_a_target_cannot_hold_is_said(tmp_path, server, target: str, kind: str):
    connections(tmp_path, server)
    pq.write_table(table_of({kind: KINDS[kind]}), tmp_path / "in.parquet")
    pipeline = summit.Pipeline("there", folder=tmp_path)
    code = sent(pipeline, pipeline.add("parquet_source", path="in.parquet"), target)
    assert code == DIFFERS[target][kind]
    assert not list(tmp_path.glob("out.[cjp]*"))


@pytest.mark.parametrize("target", DIFFERS)
def test_what_code_returns_arrives_as_it_was(tmp_path, server, target: str):
    connections(tmp_path, server)
    trust(tmp_path)
    every = KINDS | CODE_ONLY
    kinds = {k: v for k, v in every.items() if not is_code(DIFFERS[target].get(k, own(k)))}
    table = table_of(kinds)
    with pa.ipc.new_file(str(tmp_path / "in.arrow"), table.schema) as file:
        file.write_table(table)
    (tmp_path / "one.csv").write_text("id\n1\n")
    columns = [{"name": "id", "type": "BIGINT"}, *({"name": k, "type": own(k)} for k in kinds)]
    pipeline = summit.Pipeline("there", folder=tmp_path)
    code = (
        "import pyarrow as pa\n\n\ndef process(rows):\n"
        f"    return pa.ipc.open_file({json.dumps(str(tmp_path / 'in.arrow'))}).read_all()\n"
    )
    source = pipeline.add("csv_source", path="one.csv")
    node = source.to("python", code=code, frame="arrow", columns=columns, whole=True)
    assert sent(pipeline, node, target) == ""
    require_same(tmp_path, target, kinds)
