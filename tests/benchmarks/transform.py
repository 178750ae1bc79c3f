"""The transform case: CSV, filter, derive, mask, five rules, Parquet, and a group-by to Parquet.

Ours runs as in production: row ledger, events, quality scores and run history on. The limit is one
raw DuckDB statement with two threads, then the group-by over its output. Both inner: in this
process, imports done.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from summit_studio.core.events import RunStatus
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.request import RunRequest
from tests.benchmarks.orders import COLUMNS, orders
from tests.benchmarks.pairs import paired

MAIL = r"[^@ ]+@[^@ ]+\.[a-z]+"
MEASURES = [
    {"name": "orders", "function": "count"},
    {"name": "gross", "function": "sum", "column": "gross"},
    {
        "name": "good",
        "function": "count",
        "condition": "r1_ok AND r2_ok AND r3_ok AND r4_ok AND r5_ok",
    },
]


def document(source: Path) -> Document:
    """Return the case as a pipeline."""
    columns = [{"name": n, "type": t} for n, t in COLUMNS.items()]
    derived = {
        "gross": "round(amount * 1.19, 2)",
        "yr": "year(created_at)::INT",
        "seg": "upper(country) || '-' || status",
    }
    rules = [
        {"id": "r1", "expression": "email IS NOT NULL"},
        {"id": "r2", "kind": "matches", "column": "email", "pattern": MAIL},
        {"id": "r3", "expression": "amount BETWEEN 0 AND 9000"},
        {"id": "r4", "expression": "country <> 'XX'"},
        {"id": "r5", "expression": "updated_at >= created_at"},
    ]
    nodes = {
        "orders": ("csv_source", {"path": str(source), "columns": columns}),
        "keep": ("filter", {"condition": "status <> 'cancelled' and amount > -40"}),
        "derive": (
            "derive",
            {"columns": [{"name": n, "expression": e} for n, e in derived.items()]},
        ),
        "mask": ("mask", {"columns": [{"column": "email", "kind": "mail"}]}),
        "rules": ("rules", {"rules": [r | {"action": "tag"} for r in rules]}),
        "rows": ("parquet_sink", {"path": "rows.parquet", "compression": "snappy"}),
        "groups": (
            "aggregate",
            {"group_by": ["country", "status", "yr"], "measures": MEASURES},
        ),
        "summary": ("parquet_sink", {"path": "summary.parquet", "compression": "snappy"}),
    }
    edges = (
        "orders.rows -> keep.rows", "keep.kept -> derive.rows", "derive.rows -> mask.rows",
        "mask.rows -> rules.rows", "rules.passed -> rows.rows", "rules.passed -> groups.rows",
        "groups.rows -> summary.rows",
    )  # fmt: skip
    return Document(
        "transform",
        nodes={i: Node(i, kind, params) for i, (kind, params) in nodes.items()},
        edges=tuple(map(Edge.parse, edges)),
    )


def raw(source: Path, folder: Path) -> None:
    """Do the same by raw DuckDB."""
    types = ", ".join(f"{n}: '{t}'" for n, t in COLUMNS.items())
    flags = (
        "email is not null as r1, regexp_full_match(email, '" + MAIL + "') as r2, "
        "amount between 0 and 9000 as r3, country <> 'XX' as r4, updated_at >= created_at as r5"
    )
    with duckdb.connect(config={"threads": 2}) as con:
        con.execute("set timezone='UTC'")
        con.execute(f"""
            copy (select *, {flags} from (
              select * replace (
                substr(email, 1, 1) || '***' || substr(email, instr(email, '@')) as email)
              from (
                select *, round(amount * 1.19, 2) as gross, year(created_at)::int as yr,
                  upper(country) || '-' || status as seg
                from read_csv('{source}', header = true, columns = {{{types}}})
                where status <> 'cancelled' and amount > -40)))
            to '{folder}/raw.parquet' (format parquet, compression snappy)""")
        con.execute(f"""
            copy (select country, status, yr, count(*), sum(gross),
              count(*) filter (r1 and r2 and r3 and r4 and r5)
            from '{folder}/raw.parquet' group by all)
            to '{folder}/raw_summary.parquet' (format parquet)""")


def run(args: Any) -> Iterator[dict[str, Any]]:
    """Yield the figure of the fused case."""
    source = orders(args.rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["SUMMIT_HOME"] = str(folder / "home")
        from summit_studio.workspace.trust import trust

        trust(folder)
        pipeline = document(source)

        def ours() -> None:
            finished = launch(RunRequest(pipeline, folder))
            if finished.status is not RunStatus.SUCCEEDED:
                raise SystemExit(str(finished.error))

        yield paired(
            "transform", ours, lambda: raw(source, folder), args.rounds, rows=args.rows,
            cores=os.cpu_count(), state="history, ledger, scores and events on",
        )  # fmt: skip
        _same(folder)


def _same(folder: Path) -> None:
    """Refuse a figure whose results differ from the limit's."""
    sums = "count(*), sum(id), round(sum(gross), 0), sum(r4{0}::int), sum(r2{0}::int)"
    with duckdb.connect() as con:
        a = con.sql(f"select {sums.format('_ok')} from '{folder}/rows.parquet'").fetchall()
        b = con.sql(f"select {sums.format('')} from '{folder}/raw.parquet'").fetchall()
    if a != b:
        raise SystemExit(f"The results differ: {a} and {b}")
