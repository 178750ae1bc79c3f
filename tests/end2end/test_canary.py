"""A secret never leaves: not in what is printed, logged, kept, exported or traced."""

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import summit_studio

ROOT = Path(summit_studio.__file__).parents[1]
CANARY = "kanarienvogel-7f3a-zwitschert"
SSL_REQUEST = 80877103


class FakeServer:
    """Speaks enough PostgreSQL to be told the password, and then refuses it.

    Args:
        echo: True repeats the password in the refusal, as no good server would.
    """

    def __init__(self, *, echo: bool) -> None:
        self._echo = echo
        self.told: list[str] = []
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                session, _ = self._listener.accept()
                self.connections += 1
                with session, contextlib.suppress(OSError, struct.error):
                    self._refuse(session)

    def _refuse(self, session: socket.socket) -> None:
        while struct.unpack(">I", self._body(session)[:4])[0] == SSL_REQUEST:
            session.sendall(b"N")
        session.sendall(b"R" + struct.pack(">II", 8, 3))
        session.recv(1)
        self.told.append(self._body(session).rstrip(b"\0").decode())
        said = f'password authentication failed for user "{self.told[-1] if self._echo else "ana"}"'
        fields = f"SFATAL\0VFATAL\0C28P01\0M{said}\0\0".encode()
        session.sendall(b"E" + struct.pack(">I", len(fields) + 4) + fields)

    @staticmethod
    def _body(session: socket.socket) -> bytes:
        (size,) = struct.unpack(">I", session.recv(4, socket.MSG_WAITALL))
        return session.recv(size - 4, socket.MSG_WAITALL)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture(params=[False, True], ids=["plain", "echo"])
def server(request: pytest.FixtureRequest) -> Iterator[FakeServer]:
    found = FakeServer(echo=request.param)
    yield found
    found.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


def environ(folder: Path, **more: str) -> dict[str, str]:
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    found = os.environ | {
        "SUMMIT_HOME": str(folder.parent / "home"),
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }
    return found | more


def summit(folder: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "summit_studio", *words], cwd=folder, check=False,
        env=environ(folder, **more), capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def write(folder: Path, port: int, password: str, *, source: bool = True) -> None:
    (folder / "connections.toml").write_text(
        f'[db]\nkind = "postgres"\nhost = "127.0.0.1"\nport = {port}\ndatabase = "shop"\n'
        f'user = "ana"\npassword = "{password}"\n'
    )
    (folder / "in.csv").write_text("id\n1\n")
    read = {"type": "table_source", "params": {"connection": "db", "table": "orders"}}
    if not source:
        read = {"type": "csv_source", "params": {"path": "in.csv"}}
    write_to = {"type": "table_sink", "params": {"connection": "db", "table": "copy"}}
    if source:
        write_to = {"type": "csv_sink", "params": {"path": "out.csv"}}
    document = {"format": 2, "name": "p", "nodes": {"in": read, "out": write_to},
                "edges": ["in.rows -> out.rows"]}  # fmt: skip
    (folder / "p.summit.json").write_text(json.dumps(document))


def files_with_canary(*folders: Path) -> list[str]:
    return [
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and CANARY.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize(("kind", "source"), [("env", True), ("file", False)])
def test_a_password_that_a_server_refuses_is_shown_nowhere(server, folder, kind, source):
    secret = folder.parent / "secret"
    secret.write_text(CANARY)
    secret.chmod(0o600)
    write(folder, server.port, {"env": "env:BIRD", "file": f"file:{secret}"}[kind], source=source)
    secrets = {"BIRD": CANARY} if kind == "env" else {}
    assert summit(folder, "trust", "p.summit.json", **secrets).returncode == 0
    said = ""
    for words in (
        ("run", "p.summit.json"),
        ("run", "p.summit.json", "--events", "json"),
        ("validate", "p.summit.json", "--json"),
        ("preview", "p.summit.json", "in"),
        ("connections", "p.summit.json", "--test", "db"),
        ("connections", "p.summit.json", "--json"),
        ("export", "p.summit.json", "--to", str(folder.parent / "bundle")),
        ("runs", "--json"),
    ):
        done = summit(folder, *words, **secrets, SUMMIT_DEBUG="1")
        said += done.stdout + done.stderr
    assert CANARY in server.told
    assert "ana" in said
    assert CANARY not in said
    secret.unlink()
    assert files_with_canary(folder.parent) == []


def test_a_password_in_clear_in_connections_is_refused_without_repeating_it(folder):
    write(folder, 1, CANARY)
    for words in (("validate", "p.summit.json"), ("connections", "p.summit.json")):
        done = summit(folder, *words, SUMMIT_DEBUG="1")
        assert done.returncode == 2
        assert CANARY not in done.stdout + done.stderr


def test_looking_at_a_strangers_pipeline_connects_nowhere_and_runs_nothing(folder):
    server = FakeServer(echo=False)
    write(folder, server.port, "env:BIRD")
    document = json.loads((folder / "p.summit.json").read_text())
    mark = folder / "mark"
    code = f"open({str(mark)!r}, 'w').close()\ndef process(rows):\n    return rows\n"
    document["nodes"]["code"] = {"type": "python", "params": {"code": code, "frame": "arrow"}}
    document["nodes"]["csv"] = {"type": "csv_source", "params": {"path": "in.csv"}}
    document["nodes"]["end"] = {"type": "table_sink", "params": {"connection": "db", "table": "t"}}
    document["edges"] += ["csv.rows -> code.rows", "code.rows -> end.rows"]
    (folder / "p.summit.json").write_text(json.dumps(document))
    looks = (
        ("validate", "p.summit.json"),
        ("diff", "p.summit.json", "p.summit.json"),
        ("connections", "p.summit.json"),
        ("runs", "--json"),
    )
    said = [summit(folder, *words, BIRD=CANARY) for words in looks]
    untrusted = server.connections
    assert "not trusted" in said[0].stdout + said[0].stderr
    assert not mark.exists()
    # The same trap does close on who trusts: it is no trap that never could.
    summit(folder, "trust", "p.summit.json")
    summit(folder, "validate", "p.summit.json", BIRD=CANARY)
    assert server.connections > untrusted
    server.close()
    assert untrusted == 0
