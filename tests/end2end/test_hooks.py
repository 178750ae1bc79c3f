"""Hooks of failed runs are called, in time, and change nothing of how a run ended."""

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import Event, RunFinished, RunStatus
from summit_studio.engine.child import ChildRun
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.check import check
from summit_studio.workspace.trust import trust
from summit_studio.workspace.workspace import Workspace
from tests.end2end.test_epochs import Bench

STRICT = {"tolerance": "none"}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "work"
    folder.mkdir()
    trust(folder)
    return Bench(folder)


def failing(bench: Bench, *hooks: dict[str, Any]) -> RunFinished:
    """Run into too many rejected rows, and return how that ended: as without hooks."""
    document = bench.document(
        errors={**STRICT, "on_error": list(hooks)}, checkpoints={"publish": "whole"}
    )
    finished = bench.run(document)
    assert finished.status is RunStatus.FAILED
    assert finished.error is not None
    assert finished.error.code == "too_many_rejected"
    assert bench.events[-1] is finished
    return finished


def python(body: str) -> list[str]:
    return [sys.executable, "-c", body]


class Post(BaseHTTPRequestHandler):
    """Keeps what is posted; answers late, or with an error, if it is asked for."""

    got: list[dict[str, Any]]

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(json.loads(text))
        if self.path == "/late":
            time.sleep(5)
        self.send_response(500 if self.path == "/broken" else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass


@pytest.fixture
def web() -> Iterator[str]:
    Post.got = []
    server = HTTPServer(("127.0.0.1", 0), Post)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_all_kinds_are_told_how_the_run_ended(bench: Bench, web: str):
    keep = python("import sys; open('told.json', 'w').write(sys.stdin.read())")
    finished = failing(
        bench, {"log": "logs/errors.jsonl"}, {"command": keep}, {"webhook": f"{web}/here"}
    )
    line = (bench.folder / "logs/errors.jsonl").read_text()
    told = json.loads(line)
    assert line.endswith("}\n")
    assert json.loads((bench.folder / "told.json").read_text()) == told
    assert Post.got == [told]
    assert (told["pipeline"], told["run_id"], told["status"]) == (
        "numbers", finished.run_id, "failed",
    )  # fmt: skip
    assert told["error"]["code"] == "too_many_rejected"
    assert told["error"]["where"]["node_id"] == "read"


ALERTS = """
import pathlib, time
from messages import line

def tell(error, finished):
    pathlib.Path("told.txt").write_text(line(error, finished))

def slow(error, finished):
    pathlib.Path("begun").touch()
    time.sleep(60)

def broken(error, finished):
    raise ValueError("token-4711")
"""


def test_a_function_of_the_workspace_is_told(bench: Bench):
    (bench.folder / "alerts.py").write_text(ALERTS)
    (bench.folder / "messages.py").write_text(
        "def line(error, finished):\n"
        "    return f'{error.code} {error.where.node_id} {finished.run_id}'\n"
    )
    finished = failing(bench, {"function": "alerts.tell"})
    told = (bench.folder / "told.txt").read_text()
    assert told == f"too_many_rejected read {finished.run_id}"


def test_a_function_of_the_workspace_has_its_time_and_may_fail(bench: Bench, caplog):
    (bench.folder / "alerts.py").write_text(ALERTS.replace("from messages import line", ""))
    begun = time.monotonic()
    names = ("alerts.broken", "alerts.missing", "nowhere.tell")
    slow = {"function": "alerts.slow", "timeout_secs": 5}
    failing(bench, slow, *({"function": name} for name in names), {"log": "errors.jsonl"})
    assert time.monotonic() - begun < 50
    assert (bench.folder / "begun").exists()
    assert (bench.folder / "errors.jsonl").exists()
    said = [r.getMessage() for r in caplog.records if "on_error hook" in r.getMessage()]
    assert "did not end in time" in said[0]
    for line, kind in zip(said[1:], ["ValueError", "AttributeError", "ModuleNotFoundError"],
                          strict=True):  # fmt: skip
        assert kind in line
    assert "4711" not in caplog.text


def test_an_address_may_be_a_secret(bench: Bench, web: str, monkeypatch, caplog):
    monkeypatch.setenv("HOOK_URL", f"{web}/token-4711")
    monkeypatch.setenv("BAD_URL", "ftp://token-4711")
    failing(bench, {"webhook": "env:HOOK_URL"}, {"webhook": "env:BAD_URL"})
    assert len(Post.got) == 1
    assert "the secret is no http address" in caplog.text
    assert "4711" not in caplog.text


BROKEN = [
    {"command": ["no-such-program-anywhere"]},
    {"command": python("import sys; print('token-4711'); sys.exit(3)")},
    {"log": "in.csv/cannot/be"},
    {"webhook": "http://127.0.0.1:9/token-4711"},
    {"webhook": "env:NOT_THERE"},
]


@pytest.mark.parametrize("hook", BROKEN, ids=str)
def test_a_hook_that_fails_is_logged_and_the_next_is_called(bench: Bench, hook, caplog):
    failing(bench, hook, {"log": "errors.jsonl"})
    assert len((bench.folder / "errors.jsonl").read_text().splitlines()) == 1
    (record,) = [r for r in caplog.records if "on_error hook" in r.getMessage()]
    assert record.levelname == "WARNING"
    assert "4711" not in record.getMessage()


def test_a_hook_has_its_time_and_no_more(bench: Bench, web: str, caplog):
    slow = python("import time; open('begun', 'w').close(); time.sleep(4); open('late', 'w')")
    begun = time.monotonic()
    failing(
        bench,
        {"command": slow, "timeout_secs": 1.5},
        {"webhook": f"{web}/late", "timeout_secs": 0.5},
        {"log": "errors.jsonl"},
    )
    assert time.monotonic() - begun < 8
    assert caplog.text.count("did not end in time") + caplog.text.count("timed out") >= 1
    assert caplog.text.count("on_error hook") == 2
    assert (bench.folder / "errors.jsonl").exists()
    time.sleep(max(0.0, 5 - (time.monotonic() - begun)))
    assert (bench.folder / "begun").exists()
    assert not (bench.folder / "late").exists()


def test_only_a_run_that_failed_calls_them(bench: Bench):
    hook = {"on_error": [{"log": "errors.jsonl"}]}
    assert bench.run(bench.document(errors=hook)).status is RunStatus.SUCCEEDED
    token = CancelToken()
    token.cancel()
    assert bench.run(bench.document(errors=hook), token).status is RunStatus.CANCELLED
    assert not (bench.folder / "errors.jsonl").exists()


def test_a_run_that_cannot_begin_calls_them(bench: Bench):
    document = bench.document(errors={"on_error": [{"log": "errors.jsonl"}]})
    bench.stop_at("commit:good:3", document)
    refuse = bench.document(
        errors=document.settings["errors"],
        checkpoints={**document.settings["checkpoints"], "on_unfinished": "refuse"},
    )
    with pytest.raises(Exception, match="does not go on by itself"):
        bench.run(refuse)
    first, second = (bench.folder / "errors.jsonl").read_text().splitlines()
    assert json.loads(first)["error"]["code"] == "internal_error"
    assert json.loads(second)["error"]["code"] == "unfinished"


def test_an_untrusted_workspace_calls_none_and_says_so(tmp_path: Path, monkeypatch, caplog):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "work"
    folder.mkdir()
    bench = Bench(folder)
    (folder / "alerts.py").write_text("open('ran', 'w')")
    failing(
        bench, {"command": python("open('ran', 'w')")}, {"log": "errors.jsonl"},
        {"function": "alerts.tell"},
    )  # fmt: skip
    assert not (folder / "ran").exists()
    assert not (folder / "errors.jsonl").exists()
    assert "hooks were not called" in caplog.text
    document = bench.document(errors={"on_error": [{"log": "errors.jsonl"}]})
    found = check(document, Catalogue.load(), design_context(Workspace.open(folder)))
    assert [p.code for p in found.problems if p.severity == "warning"] == ["hooks_untrusted"]
    assert found.ok


def test_the_editors_child_calls_them_before_it_is_ended(bench: Bench):
    document = bench.document(
        errors={**STRICT, "on_error": [{"log": "errors.jsonl"}]},
        checkpoints={"publish": "whole"},
    )
    child = ChildRun(bench.request(document))
    child.start()
    told: list[Event] = []
    while not any(isinstance(event, RunFinished) for event in told):
        told += child.poll(0.1)
    child.close()
    assert len((bench.folder / "errors.jsonl").read_text().splitlines()) == 1
