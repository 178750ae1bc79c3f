"""A workspace with a pipeline that reads, filters and writes files."""

from pathlib import Path

import pytest

import summit_studio as summit


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    folder = tmp_path / "work"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "a.csv").write_text("id,status\n1,paid\n2,open\n")
    (folder / "data" / "b.csv").write_text("id,status\n3,paid\n")
    return folder


@pytest.fixture
def pipeline(workspace: Path) -> summit.Pipeline:
    built = summit.Pipeline("orders", folder=workspace)
    source = built.add("csv_source", "orders", path="data/*.csv")
    kept = source.to("filter", condition="status = 'paid'")
    kept.to("jsonl_sink", path="out/paid.jsonl")
    return built
