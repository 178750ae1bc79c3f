"""Bad input through the command: each gets what, where, why and do; nothing is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GOOD = "id,amount\n1,1.5\n2,2.5\n"


class Bench:
    """A workspace with one pipeline: CSV to Parquet, and an earlier result in place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.home = folder / "home"
        (self.folder / "in.csv").write_text(GOOD)
        (self.folder / "out.jsonl").write_text("earlier\n")
        self.document: dict[str, Any] = {
            "format": 2,
            "name": "bad day",
            "nodes": {
                "rows": {"type": "csv_source", "params": {"path": "in.csv"}},
                "out": {"type": "jsonl_sink", "params": {"path": "out.jsonl"}},
            },
            "edges": ["rows.rows -> out.rows"],
        }

    def run(self, code: int, text: str | None = None, command: str = "run") -> str:
        """Call the command, check its exit code and that nothing was published; return stderr."""
        file = self.folder / "p.summit.json"
        file.write_text(json.dumps(self.document) if text is None else text)
        done = subprocess.run(
            [sys.executable, "-m", "summit_studio", command, str(file)],
            cwd=self.folder,
            env=os.environ | {"SUMMIT_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        assert (self.folder / "out.jsonl").read_text() == "earlier\n"
        return said


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def has_all_parts(said: str, *words: str) -> None:
    for part in ("Where:", "Why:", "Do:", *words):
        assert part in said, f"no {part} in: {said}"


def test_a_missing_file_is_named_with_a_guess(bench):
    bench.document["nodes"]["rows"]["params"]["path"] = "inn.csv"
    has_all_parts(bench.run(2), "inn.csv", "in.csv")


def test_a_malformed_line_without_a_rejected_edge_fails_with_its_place(bench):
    (bench.folder / "in.csv").write_text("id,amount\n1,1.5\n2\n3,4.5\n")
    has_all_parts(bench.run(1), "line 3", "rejected")


def test_a_malformed_line_goes_to_its_port_with_line_and_text(bench):
    (bench.folder / "in.csv").write_text("id,amount\n1,1.5\n2\n3,4.5\n")
    bench.document["nodes"]["bad"] = {"type": "jsonl_sink", "params": {"path": "bad.jsonl"}}
    bench.document["nodes"]["out"]["params"]["path"] = "good.jsonl"
    bench.document["edges"].append("rows.rejected -> bad.rows")
    bench.run(0)
    (bad,) = map(json.loads, (bench.folder / "bad.jsonl").read_text().splitlines())
    assert (bad["line"], bad["raw"]) == (3, "2")
    assert len((bench.folder / "good.jsonl").read_text().splitlines()) == 2


def test_a_wrong_type_names_value_line_and_column(bench):
    columns = [{"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "DOUBLE"}]
    bench.document["nodes"]["rows"]["params"]["columns"] = columns
    (bench.folder / "in.csv").write_text("id,amount\n1,1.5\n2,lots\n")
    has_all_parts(bench.run(1), "line 3", "lots", "amount")


def test_a_cycle_names_its_nodes(bench):
    bench.document["nodes"] |= {
        "a": {"type": "union", "params": {}},
        "b": {"type": "sort", "params": {"columns": [{"column": "id"}]}},
    }
    bench.document["edges"] = [
        "rows.rows -> a.rows", "a.rows -> b.rows", "b.rows -> a.rows", "b.rows -> out.rows",
    ]  # fmt: skip
    has_all_parts(bench.run(2), "a, b", "[cycle]")


def test_an_unknown_node_type_is_named_with_a_guess(bench):
    bench.document["nodes"]["rows"]["type"] = "csv_sourse"
    has_all_parts(bench.run(2), "csv_sourse", "did you mean 'csv_source'?")


def test_a_missing_column_is_named_with_a_guess(bench):
    bench.document["nodes"]["f"] = {"type": "filter", "params": {"condition": "amonut > 1"}}
    bench.document["edges"] = ["rows.rows -> f.rows", "f.kept -> out.rows"]
    has_all_parts(bench.run(2, command="validate"), "amonut", "amount", "[column_missing]")


def test_a_document_from_a_newer_version_is_not_run(bench):
    bench.document["format"] = 99
    assert "newer" in bench.run(2)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
def test_a_truncated_document_names_line_and_column(bench, cut):
    text = json.dumps(bench.document, indent=2)
    has_all_parts(bench.run(2, text[: int(len(text) * cut)]), "line")


def test_a_document_that_is_no_json(bench):
    has_all_parts(bench.run(2, "\x00\x01 no"))


def test_a_lost_database_says_what_to_do(bench):
    (bench.folder / "connections.toml").write_text(
        '[db]\nkind = "postgres"\nhost = "127.0.0.1"\nport = 1\ndatabase = "x"\nuser = "x"\n'
    )
    bench.document["nodes"]["rows"] = {
        "type": "table_source", "params": {"connection": "db", "table": "t"},
    }  # fmt: skip
    has_all_parts(bench.run(2), "127.0.0.1")


def test_a_plain_password_in_the_connections_is_refused_and_not_repeated(bench):
    (bench.folder / "connections.toml").write_text(
        '[db]\nkind = "postgres"\nhost = "h"\ndatabase = "x"\nuser = "x"\n'
        'password = "s3cr3t-w0rd"\n'
    )
    said = bench.run(2)
    assert "s3cr3t-w0rd" not in said
    assert "keyring:" in said


def test_a_full_disk_leaves_the_earlier_result(bench):
    """A limit on file size is what a full disk looks like to the program."""
    (bench.folder / "in.csv").write_text(
        "id,amount\n" + "".join(f"{i},{i / 2}\n" for i in range(200_000))
    )
    file = bench.folder / "p.summit.json"
    file.write_text(json.dumps(bench.document))
    script = (
        "import resource, runpy, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))\n"
        f"sys.argv = ['summit', 'run', {str(file)!r}]\n"
        "runpy.run_module('summit_studio', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=bench.folder,
        env=os.environ | {"SUMMIT_HOME": str(bench.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    has_all_parts(done.stdout + done.stderr, "out.jsonl")
    assert (bench.folder / "out.jsonl").read_text() == "earlier\n"
    names = sorted(p.name for p in bench.folder.iterdir())
    assert names == ["in.csv", "out.jsonl", "p.summit.json"]
