"""Bundles: what is in them, what they refuse, and that they run."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.export.bundle import export_bundle
from summit_studio.export.plain_secrets import PlainSecret
from summit_studio.export.report import ExportFailed
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.trust import trust
from summit_studio.workspace.workspace import Workspace, save_connection


def saved(pipeline: summit.Pipeline, name: str = "orders.summit.json") -> Path:
    return pipeline.save(pipeline.folder / name)


def test_a_bundle_is_whole_and_verified(pipeline, tmp_path):
    path, said = saved(pipeline), []
    report = export_bundle(path, tmp_path / "bundle", progress=said.append)
    assert report.verified
    assert report.notes == ()
    wheel = next(f for f in report.files if f.startswith("wheels/"))
    assert set(report.files) == {
        "README.md", "bundle.json", "data/a.csv", "data/b.csv", "orders.summit.json",
        "requirements.txt", "run.sh", wheel,
    }  # fmt: skip
    found = {p.relative_to(report.folder).as_posix() for p in report.folder.rglob("*.*")}
    assert found == set(report.files), "and nothing else"
    assert (report.folder / path.name).read_bytes() == path.read_bytes()
    assert os.access(report.folder / "run.sh", os.X_OK)
    assert not (pipeline.folder / "out").exists(), "checking writes nothing into the workspace"
    assert said[-1] == "Running the export in a temporary copy, without Qt."
    assert "same row counts" in str(report)
    readme = (report.folder / "README.md").read_text()
    assert "data/*.csv" in readme
    assert "out/paid.jsonl" in readme


def test_a_bundle_names_no_address_and_no_path_of_this_machine(pipeline, tmp_path):
    report = export_bundle(saved(pipeline), tmp_path / "bundle", verify=False)
    assert not report.verified
    for name in report.files:
        data = (report.folder / name).read_bytes()
        assert str(tmp_path).encode() not in data, name
        assert str(Path.home()).encode() + b"/" not in data, name
    requirements = (report.folder / "requirements.txt").read_text()
    assert "://" not in requirements
    assert requirements.startswith(f"summit-studio=={summit.__version__}\n")


def test_an_earlier_bundle_is_replaced_and_other_folders_are_not(pipeline, workspace, tmp_path):
    target = tmp_path / "bundle"
    export_bundle(saved(pipeline), target, verify=False)
    (target / ".venv").mkdir()
    (target / "paid.jsonl").write_text("kept")
    (workspace / "data" / "b.csv").unlink()
    report = export_bundle(saved(pipeline), target, verify=False)
    assert "data/b.csv" not in report.files
    assert not (target / "data" / "b.csv").exists()
    assert (target / "paid.jsonl").read_text() == "kept"

    with pytest.raises(ExportFailed) as caught:
        export_bundle(saved(pipeline), workspace, verify=False)
    assert caught.value.code == "export_folder_taken"


def test_a_forged_marker_removes_nothing_outside(pipeline, tmp_path):
    target, victim = tmp_path / "bundle", tmp_path / "victim"
    victim.write_text("mine")
    target.mkdir()
    names = ["../victim", str(victim)]
    (target / "bundle.json").write_text(json.dumps({"bundle": 1, "files": names}))
    export_bundle(saved(pipeline), target, verify=False)
    assert victim.read_text() == "mine"


def test_other_targets_are_named_as_missing(pipeline, tmp_path):
    with pytest.raises(ExportFailed, match="there is script"):
        export_bundle(saved(pipeline), tmp_path / "bundle", target="kubernetes")
    assert not (tmp_path / "bundle").exists()


def test_large_and_outside_files_are_listed_and_not_copied(pipeline, workspace, tmp_path):
    (workspace / "data" / "c.csv").write_text("id,status\n" + "7,paid\n" * 1_500_000)
    (tmp_path / "far.csv").write_text("id,status\n9,paid\n")
    trust(workspace)
    far = pipeline.add("csv_source", "far", path=str(tmp_path / "far.csv"))
    far.to("jsonl_sink", path="far.jsonl")
    report = export_bundle(saved(pipeline), tmp_path / "bundle")
    assert report.verified, "what is left out is provided for the check"
    assert "data/c.csv" not in report.files
    assert "data/c.csv" in report.notes[0]
    assert "far.csv" in report.notes[0]


def test_what_is_disabled_stays_so_and_its_files_are_not_asked_for(pipeline, workspace, tmp_path):
    gone = pipeline.add("csv_source", "gone", path="gone.csv", state="disabled")
    gone.to("jsonl_sink", path="gone.jsonl", title="Write what is gone")
    report = export_bundle(saved(pipeline), tmp_path / "bundle")
    assert report.verified
    assert "not run there: 'Read CSV', 'Write what is gone'" in str(report)


def test_only_connections_in_use_come_along_and_by_reference(pipeline, workspace, tmp_path):
    own = Connection(name="own", kind="sqlite", path="own.db")
    shop = Connection(
        name="shop", kind="postgres", host="db", database="shop", password="env:SHOP_PASSWORD"
    )
    for connection in (own, shop, shop.model_copy(update={"name": "unused"})):
        save_connection(workspace, connection)
    pipeline["filter"]["dropped"].to("table_sink", connection="own", table="open_orders")
    report = export_bundle(saved(pipeline), tmp_path / "own")
    assert report.verified
    assert not (workspace / "own.db").exists()
    assert set(Workspace.open(report.folder).connections) == {"own"}

    pipeline["orders"].to("table_sink", "all", connection="shop", table="public.orders")
    report = export_bundle(saved(pipeline), tmp_path / "shop")
    assert not report.verified
    assert "writes to the connection 'shop'" in str(report)
    assert set(Workspace.open(report.folder).connections) == {"own", "shop"}
    readme = (report.folder / "README.md").read_text()
    assert "connection `shop`: `env:SHOP_PASSWORD`" in readme


def test_a_database_file_that_is_read_comes_along(workspace, tmp_path):
    import sqlite3

    with sqlite3.connect(workspace / "own.db") as database:
        database.execute("CREATE TABLE t (id INTEGER)")
        database.execute("INSERT INTO t VALUES (1), (2)")
    database.close()
    save_connection(workspace, Connection(name="own", kind="sqlite", path="own.db"))
    built = summit.Pipeline("t", folder=workspace)
    built.add("table_source", connection="own", table="t").to("jsonl_sink", path="t.jsonl")
    report = export_bundle(saved(built), tmp_path / "bundle")
    assert report.verified
    assert "own.db" in report.files


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 -- postgresql://ana:hunter2@db/shop",
        "-----BEGIN RSA PRIVATE KEY-----",
        "host=db password=hunter2;",
    ],
)
def test_plain_secrets_are_refused_and_not_repeated(pipeline, tmp_path, text):
    pipeline["orders"].to("jsonl_sink", path=text)
    with pytest.raises(PlainSecret) as caught:
        export_bundle(saved(pipeline), tmp_path / "bundle")
    assert "hunter2" not in str(caught.value)
    assert not (tmp_path / "bundle").exists()


def test_code_runs_in_the_check_only_where_it_is_trusted(pipeline, workspace, tmp_path):
    code = "def process(rows):\n    return rows\n"
    pipeline["orders"].to("python", code=code, frame="pandas").to("jsonl_sink", path="p.jsonl")
    with pytest.raises(ExportFailed, match="pipeline itself does not run"):
        export_bundle(saved(pipeline), tmp_path / "bundle")
    trust(workspace)
    report = export_bundle(saved(pipeline), tmp_path / "bundle")
    assert report.verified
    assert "trust the folder" in str(report)
    assert "pandas==" in (report.folder / "requirements.txt").read_text()


def test_parameters_without_a_default_leave_it_unchecked(pipeline, tmp_path):
    status = pipeline.parameter("status")
    pipeline["filter"].set(condition=f"status = '{status}'")
    report = export_bundle(saved(pipeline), tmp_path / "bundle")
    assert not report.verified
    assert "parameter 'status' has no default" in str(report)
    assert "`status` (text, required)" in (report.folder / "README.md").read_text()


def test_a_pipeline_that_fails_is_not_called_verified(pipeline, workspace, tmp_path):
    (workspace / "data" / "a.csv").write_text("id,status\n1,paid\n2\n3,open,too,many\n")
    with pytest.raises(ExportFailed) as caught:
        export_bundle(saved(pipeline), tmp_path / "bundle")
    assert caught.value.code == "export_unverified"
    assert "rejected" in caught.value.why


def test_the_script_runs_with_a_name_that_needs_quoting(pipeline, tmp_path):
    path = saved(pipeline, "it's $HOME.summit.json")
    report = export_bundle(path, tmp_path / "bundle of mine", verify=False)
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    # An environment that is there already, so that nothing need be installed.
    tool = venv / "bin" / "summit"
    tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m summit_studio "$@"\n')
    tool.chmod(0o755)
    copied = (report.folder / "requirements.txt").read_bytes()
    (venv / "installed-requirements.txt").write_bytes(copied)
    with zipfile.ZipFile(next((report.folder / "wheels").iterdir())) as wheel:
        wheel.extractall(tmp_path / "site")
    done = subprocess.run(
        [str(report.folder / "run.sh"), "--events", "json"],
        env=os.environ | {"SUMMIT_VENV": str(venv), "PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["status"] == "succeeded"
    assert (report.folder / "out" / "paid.jsonl").exists()
