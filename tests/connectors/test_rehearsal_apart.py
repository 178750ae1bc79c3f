"""A rehearsal in the very database: in a schema of its own, which goes again."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.cli.main import main
from summit_studio.workspace.workspace import Workspace
from tests.connectors.conftest import Server

MADE = """
DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;
CREATE TABLE orders (number serial PRIMARY KEY, id bigint UNIQUE CHECK (id % 50 <> 7), note text);
INSERT INTO orders (id, note) VALUES (-1, 'kept')
"""


def drawn(server: Server, folder: Path) -> summit.Pipeline:
    server.run(MADE)
    (folder / "in.csv").write_text("id,note\n" + "".join(f"{n},n{n}\n" for n in range(400)))
    (folder / "connections.toml").write_text(
        f'[db]\nkind = "postgres"\nhost = "{server.host}"\nuser = "postgres"\n'
    )
    pipeline = summit.Pipeline("orders", folder=folder)
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "note", "type": "VARCHAR"}]
    rows = pipeline.add("csv_source", "orders", path="in.csv", columns=columns)
    out = rows.to("table_sink", "out", connection="db", table="public.orders")
    out["rejected"].to("csv_sink", "refused", path="refused", layout="parts", if_exists="append")
    return pipeline


def test_the_table_is_built_alike_and_the_persons_own_stays_as_it_is(
    server: Server, tmp_path: Path
):
    report = drawn(server, tmp_path).rehearse(rows=400, kills=2, same_database=True)
    assert report.clean, report
    assert [(t.delivered.title, t.rows) for t in report.targets] == [
        ("Write table", 392),
        ("Write CSV", 8),  # What the check of the table refuses.
    ]
    assert "schema summit_rehearsal_" in report.targets[0].said
    assert report.notes == (
        "Not compared in 'Write table': 'number', which the target fills by itself.",
    )
    assert any(death.behind for death in report.deaths)
    assert server.run("SELECT number, id, note FROM orders") == [(1, -1, "kept")]
    assert server.run("SELECT last_value FROM orders_number_seq") == [(1,)]
    assert server.run("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'summit%'") == []
    assert server.run("SELECT to_regclass('_summit_checkpoint')") == [(None,)]
    assert not (tmp_path / "refused").exists()


def test_by_default_a_servers_table_is_a_file_and_it_says_so(server: Server, tmp_path: Path):
    pipeline = drawn(server, tmp_path)
    node = pipeline.catalogue.bind(pipeline.request().document.nodes["out"])
    workspace = Workspace.open(tmp_path)
    found = node.stand_in(workspace, tmp_path / "aside")  # type: ignore[attr-defined]
    assert "temporary DuckDB file in place of PostgreSQL: of the same class, T" in found.said
    (made,) = found.connections
    assert (made.kind, Path(made.path or "").parent) == ("duckdb", tmp_path / "aside")
    assert found.params["table"] == "public_orders"


def test_what_a_rehearsal_leaves_that_is_killed_is_pruned_and_never_that_of_one_at_work(
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    work = tmp_path / "work"
    work.mkdir()
    file = str(drawn(server, work).save(work / "orders.summit.json"))

    def pruned(*words: str) -> list[str]:
        assert main(["prune", file, "--json", *words]) == 0
        return json.loads(capsys.readouterr().out)["rehearsals"]

    child = subprocess.Popen(
        [sys.executable, "-m", "summit_studio", "rehearse", file, "--same-database"],
        env=os.environ | {"TMPDIR": str(temp)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not (schemas := server.run(SCHEMAS)):
            assert child.poll() is None
            time.sleep(0.05)
        os.kill(child.pid, signal.SIGSTOP)
        assert pruned("--yes") == []
        assert server.run(SCHEMAS) == schemas
    finally:
        child.kill()
        child.wait()
    (folder,) = temp.glob("summit-rehearsal-*")
    left = [str(folder), f"db: {schemas[0][0]}"]
    assert pruned() == left
    assert pruned("--yes") == left
    assert pruned() == []
    assert server.run(SCHEMAS) == []
    assert not folder.exists()


SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'summit\\_rehearsal\\_%'"


@pytest.mark.parametrize("schema", ["", "summit_rehearsal_x"])
def test_a_rehearsal_runs_no_statements_of_a_sink(server: Server, tmp_path: Path, schema: str):
    pipeline = drawn(server, tmp_path)
    drawn_node = pipeline.request().document.nodes["out"]
    scripts = {"before_sql": "DELETE FROM orders", "after_sql": "SELECT 1"}
    node = pipeline.catalogue.bind(
        dataclasses.replace(drawn_node, params={**drawn_node.params, **scripts})
    )
    found = node.stand_in(  # type: ignore[attr-defined]
        Workspace.open(tmp_path), tmp_path / "aside", schema
    )
    assert {name: found.params[name] for name in scripts} == {"before_sql": "", "after_sql": ""}
    assert found.said.endswith("without before_sql, after_sql")
