"""The guide's chapter "Connection pooling": at most so many sessions, idle ones closed, rotated.

```typescript
await connector.connect({
  poolSize: 20, // Max connections
  idleTimeoutMillis: 30000,
  connectionTimeoutMillis: 5000,
  maxUses: 7500, // Rotate connections
});
```
"""

import json
import re
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.cli.main import main
from summit_studio.core.events import SessionsUsed
from tests.connectors.conftest import Server, server  # noqa: F401 - a fixture

pytestmark = pytest.mark.postgres

SESSIONS = """
pool_size = 20
idle_timeout_secs = 30
connect_timeout_secs = 5
max_uses = 7500
"""
SETTINGS = {"checkpoints": {"publish": "each", "every_rows": 500}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server) -> Path:  # noqa: F811
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "connections.toml").write_text(
        f'[db]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
        f'user = "postgres"\n{SESSIONS}'
    )
    (tmp_path / "in.csv").write_text("id\n" + "".join(f"{n}\n" for n in range(3_000)))
    server.run("DROP TABLE IF EXISTS copied, _summit_checkpoint")
    return tmp_path


def pipeline_in(folder: Path) -> summit.Pipeline:
    pipeline = summit.Pipeline("copy", folder=folder)
    pipeline.configure(performance={"batch_bytes": 2048}, **SETTINGS)
    rows = pipeline.add("csv_source", path="in.csv")
    rows.to("table_sink", connection="db", table="copied")
    return pipeline


def test_in_python_a_run_tells_what_became_of_its_sessions(folder: Path, server: Server):  # noqa: F811
    told = []
    result = pipeline_in(folder).run(on=told.append).raise_for_status()
    (used,) = [event for event in told if isinstance(event, SessionsUsed)]
    assert len(result.checkpoints) > 3
    assert used.opened == used.most <= 2
    assert used.reused > len(result.checkpoints)
    assert server.run("SELECT count(*) FROM copied") == [(3_000,)]


def test_on_the_command_line_a_line_says_it(folder: Path, capsys: pytest.CaptureFixture[str]):
    file = folder / "copy.summit.json"
    pipeline_in(folder).save(file)
    assert main(["run", str(file)]) == 0
    said = capsys.readouterr().err
    assert re.search(r"Connection 'db': \d+ sessions? opened, used again \d+ times", said)
    assert main(["connections", str(folder), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["db"]
    assert {key: shown[key] for key in ("pool_size", "idle_timeout_secs", "max_uses")} == {
        "pool_size": 20, "idle_timeout_secs": 30, "max_uses": 7500,
    }  # fmt: skip
