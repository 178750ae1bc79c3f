"""The guide's chapters "Incremental vs Full Loads" and "Incremental Processing".

```typescript
const cdc = new CDCEngine({
  mode: CDCMode.TIMESTAMP_BASED, incrementalColumn: 'updated_at', watermark: lastRunTime,
});
for await (const record of connector.read({
  filter: { where: 'updated_at > $1', params: [lastRunTime] },
})) {
  // Process only new/changed records
}
await saveLastRunTimestamp(new Date());
```

What the guide saves, the time of the run, would lose rows that are committed while it reads; here
the watermark is kept with the rows, and lies a time to settle behind the clock.
"""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.cli.main import main


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text(
        '[shop]\nkind = "sqlite"\npath = "shop.db"\n[warehouse]\nkind = "sqlite"\npath = "w.db"\n'
    )
    with closing(sqlite3.connect(tmp_path / "shop.db")) as con, con:
        con.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, updated_at TIMESTAMP)")
        con.execute("INSERT INTO orders VALUES (1, '2026-01-01 10:00:00.000001')")
        con.execute("INSERT INTO orders VALUES (2, '2026-01-01 10:00:00.000002')")
    return tmp_path


def ask(folder: Path, name: str, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / name)) as con, con:
        return con.execute(sql).fetchall()


def incremental(folder: Path) -> summit.Pipeline:
    pipeline = summit.Pipeline("orders", folder=folder)
    orders = pipeline.add(
        "table_source",
        "orders",
        connection="shop",
        table="orders",
        incremental=summit.CDCMode.TIMESTAMP_BASED,
        cursor="updated_at",
        initial="2026-01-01 10:00:00.000002",
        zone="UTC",
    )
    orders.to("table_sink", connection="warehouse", table="orders")
    pipeline.save(folder / "orders.summit.json")
    return pipeline


def test_only_what_changed_since_the_last_run_is_read(folder: Path):
    pipeline = incremental(folder)
    pipeline.run().raise_for_status()
    assert ask(folder, "w.db", "SELECT id FROM orders") == [(2,)]
    (mark,) = pipeline.watermarks()
    value = datetime.fromisoformat(mark.value or "").replace(tzinfo=UTC)
    assert value < datetime.now(UTC) - timedelta(seconds=60)

    pipeline.set_watermark("orders", "2026-01-01 10:00:00")
    pipeline.run().raise_for_status()
    assert ask(folder, "w.db", "SELECT id FROM orders ORDER BY 1") == [(1,), (2,), (2,)]


def test_a_condition_takes_the_time_of_the_last_run_as_a_parameter(folder: Path):
    pipeline = summit.Pipeline("orders", folder=folder)
    pipeline.parameter("last_run", "timestamp")
    orders = pipeline.add(
        "table_source", connection="shop", table="orders", where="updated_at > ${last_run}"
    )
    orders.to("table_sink", connection="warehouse", table="orders")
    last_run = datetime(2026, 1, 1, 10, 0, 0, 1)
    pipeline.run(parameters={"last_run": last_run}).raise_for_status()
    assert ask(folder, "w.db", "SELECT id FROM orders") == [(2,)]


def test_watermarks_are_shown_set_and_reset_by_commands(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    incremental(folder)
    file = str(folder / "orders.summit.json")
    assert main(["watermarks", "list", file]) == 0
    assert "the beginning" in capsys.readouterr().out
    assert main(["watermarks", "set", file, "orders", "2026-01-01T10:00:00.000001Z"]) == 0
    assert main(["run", file]) == 0
    assert "after 2026-01-01 10:00:00.000001 up to" in capsys.readouterr().err
    assert ask(folder, "w.db", "SELECT id FROM orders") == [(2,)]
    assert main(["run", file]) == 0
    assert "found nothing new: no row moved" in capsys.readouterr().err
    assert main(["watermarks", "reset", file, "orders", "--json"]) == 0
    assert '"value": null' in capsys.readouterr().out
    assert main(["watermarks", "set", file, "orders"]) == 2
    assert main(["watermarks", "set", file, "ordrs", "1"]) == 2
    assert "did you mean 'orders'" in capsys.readouterr().err
