"""The command `summit`, as people and servers call it: in a process of its own."""

import json
import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import summit_studio

ROOT = Path(summit_studio.__file__).parents[1]

PIPELINE = {
    "format": 2,
    "name": "orders",
    "parameters": {"status": {"type": "text", "default": "paid"}},
    "nodes": {
        "orders": {"type": "csv_source", "params": {"path": "orders.csv"}},
        "paid": {
            "type": "filter",
            "title": "Paid only",
            "params": {"condition": "status = '${status}'"},
        },
        "out": {"type": "jsonl_sink", "params": {"path": "paid.jsonl"}},
    },
    "edges": ["orders.rows -> paid.rows", "paid.kept -> out.rows"],
}

SLOW = {
    "format": 2,
    "name": "slow",
    "nodes": {
        "orders": {"type": "csv_source", "params": {"path": "orders.csv"}},
        "wait": {
            "type": "python",
            "params": {
                "code": "import time\n\ndef process(rows):\n    time.sleep(1.5)\n    return rows\n",
                "frame": "arrow",
            },
        },
        "out": {"type": "jsonl_sink", "params": {"path": "slow.jsonl"}},
    },
    "edges": ["orders.rows -> wait.rows", "wait.rows -> out.rows"],
}


class Summit:
    """Calls the command in a workspace, with a settings folder of its own."""

    def __init__(self, folder: Path, home: Path) -> None:
        script = shutil.which("summit", path=str(Path(sys.executable).parent))
        self.words = [script] if script else [sys.executable, "-m", "summit_studio"]
        self.folder = folder
        before = os.environ.get("PYTHONPATH", "")
        self.environ = os.environ | {
            "SUMMIT_HOME": str(home),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), before])),
        }
        self.environ.pop("SUMMIT_DEBUG", None)

    def write(self, name: str, document: dict) -> None:
        (self.folder / name).write_text(json.dumps(document))

    def start(self, *words: str, **options: Any) -> subprocess.Popen:
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        return subprocess.Popen([*self.words, *words], cwd=self.folder, env=self.environ, **options)

    def __call__(self, *words: str, stdin: str = "", code: int = 0) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [*self.words, *words], cwd=self.folder, env=self.environ, capture_output=True,
            text=True, input=stdin, check=False, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done


@pytest.fixture
def summit(tmp_path: Path) -> Summit:
    folder = tmp_path / "work"
    folder.mkdir()
    found = Summit(folder, tmp_path / "home")
    (folder / "orders.csv").write_text("id,status\n1,paid\n2,open\n3,paid\n")
    found.write("orders.summit.json", PIPELINE)
    found.write("slow.summit.json", SLOW)
    return found


def test_help_and_version_import_nothing_heavy(summit):
    code = (
        "import sys\n"
        "from summit_studio.cli.main import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as end:\n    assert end.code == 0\n"
        "heavy = {'pydantic', 'duckdb', 'pyarrow', 'networkx', 'sqlalchemy', 'rich', 'PySide6'}\n"
        "assert not heavy & {*sys.modules}, heavy & {*sys.modules}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=summit.environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "validate" in done.stdout
    assert summit("--version").stdout == f"summit {summit_studio.__version__}\n"


def test_a_run_tells_sums_up_and_is_remembered(summit):
    done = summit("run", "orders.summit.json")
    assert ["Paid", "only", "3", "2", "1", "0", "✓", "counted", "twice"] in [
        line.split() for line in done.stdout.splitlines()
    ]
    assert str(summit.folder / "paid.jsonl") in done.stdout
    assert "The run succeeded" in done.stderr
    assert len((summit.folder / "paid.jsonl").read_text().splitlines()) == 2

    (run,) = json.loads(summit("runs", "--json").stdout)
    assert (run["pipeline"], run["status"], run["trigger"]) == ("orders", "succeeded", "cli")
    assert run["run_id"] in summit("runs").stdout
    detail = json.loads(summit("runs", run["run_id"], "--json").stdout)
    assert [n["node_id"] for n in detail["nodes"]] == ["orders", "paid", "out"]
    assert "paid.jsonl" in summit("runs", run["run_id"]).stdout
    summit("runs", "nothing", code=2)


def test_parameters_and_events(summit):
    done = summit("run", "orders.summit.json", "--param", "status=open", "--events", "json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert (events[0]["event"], events[-1]["event"]) == ("RunStarted", "RunFinished")
    assert [e["rows"] for e in events if e["event"] == "OutputPublished"] == [1]
    assert done.stderr == ""
    wrong = summit("run", "orders.summit.json", "--param", "stats=x", "--events", "json", code=2)
    assert json.loads(wrong.stdout)["status"] == "failed"
    assert "did you mean 'status'?" in wrong.stderr


def test_warnings_are_said_and_do_not_stop(summit):
    open_end = json.loads(json.dumps(PIPELINE))
    open_end["nodes"]["more"] = {"type": "limit", "params": {"rows": 1}}
    open_end["edges"].append("paid.dropped -> more.rows")
    summit.write("open.summit.json", open_end)
    done = summit("run", "open.summit.json")
    assert "warning: The rows of 'Limit" in done.stderr
    assert "The run succeeded" in done.stderr
    assert "warning" not in summit("run", "open.summit.json", "--quiet").stderr


def test_what_a_disabled_node_keeps_from_running_is_said_before_and_in_the_run(summit):
    off = json.loads(json.dumps(PIPELINE))
    off["nodes"]["paid"]["state"] = "disabled"
    off["nodes"]["copy"] = {"type": "jsonl_sink", "params": {"path": "copy.jsonl"}}
    off["edges"].append("orders.rows -> copy.rows")
    summit.write("off.summit.json", off)
    why = "its rows come from 'Paid only', which is disabled"
    done = summit("run", "off.summit.json")
    before, began, after = done.stderr.partition(" started.")
    assert began
    assert "warning: 'Write JSON lines' is not written." in before
    assert why in before
    assert f"'Write JSON lines' is not written: {why}." in after
    assert "'Paid only' does not run: it is disabled." in after
    assert (summit.folder / "copy.jsonl").is_file()
    assert not (summit.folder / "paid.jsonl").exists()
    assert why in summit("validate", "off.summit.json").stderr
    assert why in summit("describe", "off.summit.json").stdout
    nodes = json.loads(summit("describe", "off.summit.json", "--json").stdout)["nodes"]
    assert {n["id"]: (n["state"], n["skipped"]) for n in nodes} == {
        "orders": ("enabled", None), "paid": ("disabled", "it is disabled"),
        "out": ("enabled", why), "copy": ("enabled", None),
    }  # fmt: skip
    assert "state of node 'paid' from 'enabled' to 'disabled'" in (
        summit("diff", "orders.summit.json", "off.summit.json").stdout
    )
    assert "node_skipped" in summit("preview", "off.summit.json", "paid", code=2).stderr


def test_a_run_to_a_node_shows_rows_and_counts_and_writes_nothing(summit):
    done = summit("run", "orders.summit.json", "--to", "paid")
    assert "of 'orders' to 'Paid only' started. Nothing is written." in done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["Paid", "only", "3", "2", "1", "0", "✓", "counted", "twice"] in lines
    assert lines[-2:] == [["1", "paid"], ["3", "paid"]]
    assert "All 2 rows, of a run to here over all rows." in done.stderr
    assert "Nothing was written." in done.stderr
    assert not (summit.folder / "paid.jsonl").exists()
    assert json.loads(summit("runs", "--json").stdout) == []
    said = summit("run", "orders.summit.json", "--to", "paid.dropped", "--rows", "1").stdout
    assert said.splitlines()[-1].split() == ["2", "open"]
    assert "did you mean 'paid'" in summit(
        "run", "orders.summit.json", "--to", "payd", code=2
    ).stderr  # fmt: skip
    assert "leave out --restart" in summit(
        "run", "orders.summit.json", "--to", "paid", "--restart", code=2
    ).stderr  # fmt: skip


def test_a_run_on_pinned_rows_says_so_and_is_refused_without_any(summit):
    assert "nothing_pinned" in summit("run", "orders.summit.json", "--pinned", code=2).stderr
    from summit_studio.api import Pipeline

    pipeline = Pipeline.load(summit.folder / "orders.summit.json")
    pipeline.pin(pipeline["orders"], 2)
    (summit.folder / "orders.csv").unlink()
    said = summit("run", "orders.summit.json", "--pinned").stderr
    assert "gives its pinned rows (2 rows, of " in said
    assert "what they came from is not read" in said
    assert len((summit.folder / "paid.jsonl").read_text().splitlines()) == 1


def test_quiet_is_quiet(summit):
    done = summit("run", "orders.summit.json", "--quiet")
    assert (done.stdout, done.stderr) == ("", "")


def test_invalid_pipelines_exit_with_2(summit):
    wrong = json.loads(json.dumps(PIPELINE))
    wrong["nodes"]["paid"]["params"]["condition"] = "stats = 'paid'"
    summit.write("wrong.summit.json", wrong)
    for command in ("run", "validate"):
        said = summit(command, "wrong.summit.json", code=2).stderr
        assert "error: " in said
        assert "'Paid only' (paid)" in said
    found = json.loads(summit("validate", "wrong.summit.json", "--json", code=2).stdout)
    assert not found["ok"]
    assert found["problems"][0]["where"]["node_id"] == "paid"
    said = summit("validate", "orders.summit.json").stdout
    assert "ready to run" in said
    assert "Atomic: readers find a file whole or not at all." in said
    (sink,) = json.loads(summit("validate", "orders.summit.json", "--json").stdout)["delivery"]
    assert (sink["class"], sink["publish"]) == ("A", "whole")
    assert sink["why"] in sink["message"]

    (summit.folder / "cut.summit.json").write_text('{"format": 2, "nodes": {')
    assert "breaks off" in summit("run", "cut.summit.json", code=2).stderr
    assert "no such file" in summit("run", "absent.summit.json", code=2).stderr
    summit("run", code=2)
    summit("fly", code=2)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"settings": {"perfomance": {}}}, "did you mean 'performance'?"),
        ({"settings": {"schedule": {"cron": "0 5 * * *"}}}, "setting_not_kept"),
        ({"settings": {"performance": {"spill": "on"}}}, "setting_not_kept"),
        ({"mode": "elt"}, "mode_not_kept"),
        ({"nots": {}}, "did you mean 'notes'?"),
    ],
    ids=str,
)
def test_what_is_not_honoured_never_runs(summit, more, said):
    summit.write("orders.summit.json", PIPELINE | more)
    assert said in summit("validate", "orders.summit.json", code=2).stderr
    assert said in summit("run", "orders.summit.json", code=2).stderr
    assert not (summit.folder / "paid.jsonl").exists()


def test_a_newer_document_is_not_asked_for_its_keys(summit):
    newer = {"format": 99, "mode": "stream", "nots": {}, "settings": {"require": "at_least"}}
    summit.write("orders.summit.json", PIPELINE | newer)
    done = summit("validate", "orders.summit.json")
    assert "newer version" in done.stderr
    assert "error" not in done.stderr


def test_a_failed_run_exits_with_1_and_a_gate_with_3(summit):
    (summit.folder / "paid.jsonl").mkdir()
    said = summit("run", "orders.summit.json", code=1).stderr
    assert said.rstrip().endswith("]")
    assert "Do: " in said

    gated = json.loads(json.dumps(PIPELINE))
    rule = {"id": "low_ids", "kind": "expression", "expression": "id < 2", "critical": True}
    gated["nodes"]["paid"] = {"type": "rules", "params": {"rules": [rule | {"threshold": 1.0}]}}
    gated["nodes"]["out"]["params"]["path"] = "gated.jsonl"
    kind = json.loads(summit("describe", "rules", "--json").stdout)
    gated["edges"] = [
        f"orders.rows -> paid.{kind['inputs'][0]['name']}",
        f"paid.{kind['outputs'][0]['name']} -> out.rows",
    ]
    summit.write("gated.summit.json", gated)
    done = summit("run", "gated.summit.json", code=3)
    assert "low_ids" in done.stdout
    assert not (summit.folder / "gated.jsonl").exists()


def test_previews(summit):
    done = summit("preview", "orders.summit.json", "paid", "--rows", "1")
    assert done.stdout.splitlines() == ["id  status", " 1  paid"]
    found = json.loads(summit("preview", "orders.summit.json", "paid.kept", "--json").stdout)
    assert [row["id"] for row in found["rows"]] == [1, 3]
    assert found["schema"][0] == {"name": "id", "type": "BIGINT"}
    assert found["complete"]
    assert "did you mean 'paid'?" in summit("preview", "orders.summit.json", "pad", code=2).stderr


def test_what_a_source_found_out_and_its_raw_lines(summit):
    told = summit("preview", "orders.summit.json", "orders", "--found").stdout
    assert "columns.id" in told
    assert "every value is a whole number" in told
    found = json.loads(
        summit("preview", "orders.summit.json", "orders", "--found", "--json").stdout
    )["found"]
    assert {"param": "delimiter", "value": ","}.items() <= found[2].items()
    raw = json.loads(
        summit("preview", "orders.summit.json", "orders", "--raw", "--rows", "2", "--json").stdout
    )
    text = (summit.folder / "orders.csv").read_text().splitlines()
    assert [line["cells"] for line in raw["lines"]] == [[line] for line in text[:2]]
    assert "no raw lines" in summit("preview", "orders.summit.json", "paid", "--raw", code=2).stderr


def test_nodes_and_descriptions(summit):
    kinds = json.loads(summit("nodes", "--json").stdout)
    assert {"csv_source", "filter", "jsonl_sink"} <= {k["type"] for k in kinds}
    assert "condition: str, required" in summit("describe", "filter").stdout
    assert "did you mean 'filter'?" in summit("describe", "filtre", code=2).stderr


def test_diff(summit):
    changed = json.loads(json.dumps(PIPELINE))
    changed["nodes"]["paid"]["params"]["condition"] = "true"
    summit.write("changed.summit.json", changed)
    text = summit("diff", "orders.summit.json", "changed.summit.json").stdout
    assert "Changed param 'condition' of node 'paid'" in text
    same = summit("diff", "orders.summit.json", "orders.summit.json", "--json").stdout
    assert json.loads(same)["equal"]


def test_trust_lets_code_run_and_can_be_taken_back(summit):
    assert "summit trust" in summit("run", "slow.summit.json", code=2).stderr
    summit("trust", "slow.summit.json")
    assert summit("trust", "--list").stdout == f"{summit.folder}\n"
    summit("validate", "slow.summit.json")
    summit("trust", "slow.summit.json", "--remove")
    assert summit("trust", "--list").stdout == ""
    summit("trust", code=2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels_in_good_order(summit, number):
    summit("trust", "slow.summit.json")
    process = summit.start("run", "slow.summit.json", "--events", "json")
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line) == {"event": "NodeStarted", "node_id": "wait"}:
            process.send_signal(number)
            break
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert json.loads(out.splitlines()[-1])["status"] == "cancelled"
    assert "Cancelling" in err
    assert not (summit.folder / "slow.jsonl").exists()
    assert json.loads(summit("runs", "--json").stdout)[0]["status"] == "cancelled"


def test_a_second_signal_ends_it_at_once(summit):
    endless = json.loads(json.dumps(SLOW))
    endless["nodes"]["wait"]["params"]["code"] = (
        "import time\n\ndef process(rows):\n    time.sleep(60)\n    return rows\n"
    )
    summit.write("endless.summit.json", endless)
    summit("trust", ".")
    process = summit.start("run", "endless.summit.json")
    assert process.stderr is not None
    assert "started" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    while "Cancelling" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 130


def test_a_reader_that_goes_away_leaves_no_traceback(summit):
    read, write = os.pipe()
    process = summit.start("run", "orders.summit.json", "--events", "json", stdout=write)
    os.close(write)
    os.close(read)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert (summit.folder / "paid.jsonl").exists(), "the run is not the reader's"


def test_on_a_terminal_there_are_bars(summit):
    ours, theirs = pty.openpty()
    process = summit.start("run", "orders.summit.json", stdout=theirs, stderr=theirs)
    os.close(theirs)
    text = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    os.close(ours)
    assert process.wait(30) == 0
    assert b"rows/s" in text
    assert b"Paid only" in text
    assert text.rstrip().endswith(b"s.")


def test_faults_of_the_program_are_one_line_and_a_log(summit, tmp_path):
    plugin = tmp_path / "plugin"
    (plugin / "faulty-1.0.dist-info").mkdir(parents=True)
    (plugin / "faulty-1.0.dist-info" / "METADATA").write_text("Name: faulty\nVersion: 1.0\n")
    points = "[summit_studio.nodes]\nfaulty = faulty_nodes\n"
    (plugin / "faulty-1.0.dist-info" / "entry_points.txt").write_text(points)
    (plugin / "faulty_nodes.py").write_text("raise ZeroDivisionError('oh no')\n")
    summit.environ["PYTHONPATH"] += os.pathsep + str(plugin)
    done = summit("nodes", code=1)
    (line,) = done.stderr.splitlines()
    log = tmp_path / "home" / "logs" / "summit.log"
    assert "ZeroDivisionError: oh no" in line
    assert str(log) in line
    assert "Traceback" in log.read_text()
    summit.environ["SUMMIT_DEBUG"] = "1"
    process = summit.start("nodes")
    assert "Traceback" in process.communicate(timeout=30)[1]


def test_connections_and_secrets(summit):
    (summit.folder / "connections.toml").write_text(
        '[own]\nkind = "sqlite"\npath = "own.db"\n\n'
        '[shop]\nkind = "postgres"\nhost = "db"\ndatabase = "shop"\npassword = "env:SHOP"\n'
    )
    text = summit("connections", ".").stdout
    assert "own.db" in text
    assert "env:SHOP" in text
    assert set(json.loads(summit("connections", "orders.summit.json", "--json").stdout)) == {
        "own",
        "shop",
    }
    assert "file_missing" in summit("connections", ".", "--test", "own", code=1).stderr
    sqlite3.connect(summit.folder / "own.db").close()
    assert "works" in summit("connections", ".", "--test", "own").stdout
    assert "choose 'shop'" in summit("connections", ".", "--test", "shp", code=2).stderr
    summit("secrets", "check", "env:SHOP", code=1)
    summit.environ["SHOP"] = "hunter2"
    done = summit("secrets", "check", "env:SHOP")
    assert "hunter2" not in done.stdout + done.stderr
    assert "the input is empty" in summit("secrets", "set", "shop", code=2).stderr


def test_exports_run_on_their_own(summit, tmp_path):
    done = summit("export", "orders.summit.json", "--to", str(tmp_path / "bundle"))
    assert "same row counts" in done.stderr
    assert "run.sh" in done.stdout.splitlines()
    taken = summit("export", "orders.summit.json", "--to", ".", code=2).stderr
    assert "not an earlier export" in taken
    summit("export", "orders.summit.json", "--to", "x", "--target", "airflow", code=2)


def test_a_run_that_nobody_remembers_still_runs(summit, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "state.db").write_text("this is no database, and never was one; it is a text")
    done = summit("run", "orders.summit.json")
    assert "will not be in the history" in done.stderr
    summit("runs", code=1)


PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon", "bash")


@pytest.mark.keyring
@pytest.mark.skipif(
    not all(map(shutil.which, PROGRAMS)), reason=f"needs the programs {', '.join(PROGRAMS)}"
)
def test_a_secret_goes_through_standard_input_into_the_store(summit, tmp_path):
    runtime, home = tmp_path / "runtime", tmp_path / "user"
    runtime.mkdir(mode=0o700)
    home.mkdir()
    hidden = {"DISPLAY", "DBUS_SESSION_BUS_ADDRESS"}
    environ = {k: v for k, v in summit.environ.items() if k not in hidden}
    environ |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}
    tool = " ".join(f"'{word}'" for word in summit.words)
    script = (
        'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; '
        f"printf 'hunter2\\n' | {tool} secrets set shop && {tool} secrets check shop && "
        f"{tool} secrets delete shop && ! {tool} secrets check shop"
    )
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", script],
        env=environ, cwd=summit.folder, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 'Write "keyring:shop"' in done.stderr
    assert "keyring:shop leads to a value." in done.stderr
    assert "secret_missing" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
