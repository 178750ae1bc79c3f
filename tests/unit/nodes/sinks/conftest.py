"""Writes rows, given as SQL, by a sink bound to real params, into a temporary workspace."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.problems import Problem
from summit_studio.core.schema import Column, Schema, carried, to_arrow
from summit_studio.document.model import Node
from summit_studio.expressions.binder import Binder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, Published, RunContext, SinkNode, Writer
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

EVERY_TYPE = """
SELECT * FROM (VALUES
  (true, (-128)::TINYINT, (-32768)::SMALLINT, (-2147483648)::INTEGER,
   (-9223372036854775808)::BIGINT,
   18446744073709551615::UBIGINT, 0.1::FLOAT, 0.1::DOUBLE, 1234567890123456.78::DECIMAL(18,2),
   99999999999999999999999999999999999.999::DECIMAL(38,3), (-0.5)::DECIMAL(4,4),
   'Zoë "Z", 漢字 🙂', DATE '1904-02-29', TIME '23:59:59.999999',
   TIMESTAMP '1950-01-01 01:02:03.000001', TIMESTAMPTZ '1950-01-01 01:02:03.5+02:00',
   '\\x00\\xFF'::BLOB),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
   NULL),
  (false, 127::TINYINT, 32767::SMALLINT, 2147483647, 9223372036854775807, 0::UBIGINT,
   1e30::FLOAT, 1e300::DOUBLE, 0.01::DECIMAL(18,2), 0::DECIMAL(38,3), 0::DECIMAL(4,4),
   '', DATE '9999-12-31', TIME '00:00:00', TIMESTAMP '2024-02-29 00:00:00',
   TIMESTAMPTZ '2024-02-29 00:00:00+00', ''::BLOB)
) t(ok, i8, i16, i32, i64, u64, f32, f64, money, huge, small, "te xt", d, t, ts, tz, raw)
"""
"""Rows of every flat type: extremes, nulls, and empty values."""


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


@dataclass
class Bench:
    """One workspace, and everything to write into it."""

    workspace: Workspace
    catalogue: Catalogue
    con: duckdb.DuckDBPyConnection
    binder: Binder
    run_id: str = "run1"

    @property
    def root(self) -> Path:
        return self.workspace.root

    def bind(self, type_id: str, **params: Any) -> SinkNode[Any]:
        node = self.catalogue.bind(Node("out", type_id, params))
        assert isinstance(node, SinkNode)
        return node

    def rows(self, sql: str) -> tuple[Schema, pa.Table]:
        """Return what `sql` gives as batches between nodes carry it."""
        described = self.con.execute(f"DESCRIBE {sql}").fetchall()
        schema = carried(Schema(tuple(Column(row[0], row[1]) for row in described)))
        return schema, self.con.sql(sql).to_arrow_table().cast(to_arrow(schema))

    def open(self, node: SinkNode[Any], schema: Schema) -> Writer:
        return node.open(schema, self.context())

    def context(self) -> RunContext:
        return RunContext(self.run_id, self.workspace, SecretStore(self.root), CancelToken())

    def write(self, type_id: str, sql: str, *, batch_rows: int = 1000, **params: Any) -> Published:
        """Write all rows of `sql` in batches, and commit."""
        schema, table = self.rows(sql)
        writer = self.open(self.bind(type_id, **params), schema)
        for start in range(0, table.num_rows, batch_rows):
            writer.write(table.slice(start, batch_rows))
        writer.prepare()
        done = writer.commit(1)
        writer.abort()  # Harmless by contract.
        assert done.rows == table.num_rows
        return done

    def problems(self, node: SinkNode[Any], sql: str = "SELECT 1 AS a") -> list[Problem]:
        design = DesignContext(self.workspace, self.binder, SecretStore(self.root))
        return list(node.check({"rows": (self.rows(sql)[0],)}, design))

    def files(self) -> list[str]:
        """Return every file in the workspace, hidden ones too."""
        found = [p for p in self.root.rglob("*") if p.is_file()]
        return sorted(p.relative_to(self.root).as_posix() for p in found)


@pytest.fixture
def bench(tmp_path: Path):
    folder = tmp_path / "workspace"
    folder.mkdir()
    with duckdb.connect() as con, Binder() as binder:
        con.execute("SET TimeZone = 'UTC'")
        yield Bench(Workspace(folder, trusted=False), Catalogue.load(), con, binder)
