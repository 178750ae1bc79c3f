"""The functions of Summit SQL: `functions.txt` is the allow-list, this reads it.

The editor shows a function's signature and sentence in completion.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

_LIST = Path(__file__).with_name("functions.txt")


@dataclass(frozen=True, slots=True)
class Function:
    """One function people may call.

    Args:
        name: Lower case, as written in an expression.
        group: The subject it is listed under.
        kind: `row` (one value a row), `aggregate` (one a group) or `window` (needs OVER).
        signature: How it is written, with the type it gives.
        doc: One sentence.
    """

    name: str
    group: str
    kind: str
    signature: str
    doc: str


OPERATORS = frozenset(
    "+ - * / // % ** ^ || & | << >> ~ @ ! ~~ !~~ ~~* !~~* ~~~ ^@ -> ->> @> <@ &&".split()  # noqa: SIM905 - read as words
)
"""What DuckDB's parse names as a function, but is written between or before values."""

SYNTAX = frozenset(
    {"like_escape", "not_like_escape", "ilike_escape", "not_ilike_escape", "unnest"}
)  # fmt: skip
"""Function names that DuckDB's parser puts in for syntax."""

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
"""What a query may read from besides its inputs."""

_SAME = "a run must give the same result on the same data"
_MEMORY = "it can build a value of any size"
_OUTSIDE = "expressions reach no file, network, setting or catalogue"
REFUSED: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "setseed"), _SAME)
    | dict.fromkeys(("hash", "approx_top_k", "reservoir_quantile"), _SAME)
    | dict.fromkeys(("nextval", "currval", "setval"), "sequences keep state between rows")
    | dict.fromkeys(("repeat", "bar", "list_resize", "array_resize"), _MEMORY)
    | dict.fromkeys(("sleep_ms", "pg_sleep"), "it only waits")
    | dict.fromkeys(("error", "assert_true"), "quality rules reject rows, with their own messages")
)
"""Functions people may look for, and why they are not here."""


def why_refused(name: str) -> str | None:
    """Return why a function DuckDB has is not part of Summit SQL, or None for an unknown one."""
    folded = name.casefold()
    if folded in REFUSED:
        return REFUSED[folded]
    reaches = (
        "read_", "parquet_", "sniff_", "duckdb_", "pragma_", "pg_", "iceberg_", "delta_",
        "json_execute", "current_", "getvariable", "getenv", "glob", "query", "which_secret",
        "_scan", "write_log", "st_read", "ducklake_", "sqlite_", "postgres_", "mysql_",
    )  # fmt: skip
    return _OUTSIDE if folded.startswith(reaches) or folded.endswith("_scan") else None


@cache
def functions() -> Mapping[str, Function]:
    """Return every function of Summit SQL by its name, other names included, in listed order."""
    found: dict[str, Function] = {}
    kind = group = ""
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind, _, group = line[1:].partition("] ")
        elif line and not line.startswith("#"):
            found |= _read(line, group, kind)
    return MappingProxyType(found)


def _read(line: str, group: str, kind: str) -> dict[str, Function]:
    signature, doc, *others = (part.strip() for part in line.split(" | "))
    name, bracket, rest = signature.partition("(")
    names = [name, *(others[0].split() if others else [])]
    return {n: Function(n, group, kind, n + bracket + rest, doc) for n in names}


TYPES = frozenset(
    """any bigint int8 long bignum varint bit bitstring blob bytea binary varbinary boolean bool
    logical date decimal numeric dec double float8 enum float real float4 hugeint int128 integer
    int int4 signed interval json smallint int2 short time timetz timestamp datetime timestamptz
    timestamp_s timestamp_ms timestamp_us timestamp_ns tinyint int1 ubigint uint64 uhugeint uint128
    uinteger uint32 usmallint uint16 utinyint uint8 int16 int32 int64 uuid guid varchar char bpchar
    text string list array struct row map union null nvarchar
    timestamptz_ns time_ns tuple variant geometry""".split()  # noqa: SIM905 - read as words
) | {"timestamp with time zone", "time with time zone", "timestamp without time zone"}
"""Names of types that a cast or a column may have, in small letters."""
