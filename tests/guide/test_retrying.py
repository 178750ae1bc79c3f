"""The guide's chapter "Error strategies": retries with back-off, a dead-letter queue, a hook.

```typescript
errorHandling: {
  strategy: ErrorStrategy.RETRY,
  retryAttempts: 3,
  retryDelay: 1000,
  retryBackoff: 'exponential',
  maxRetryDelay: 30000,
  deadLetterQueue: 'failed-records',
  onError: async (error, context) => { await logError(error, context); await sendAlert(error); },
}
```
"""

import json
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.cli.main import main
from summit_studio.core.events import Event, RunRetried
from summit_studio.workspace.trust import trust
from tests.connectors.conftest import Server, server  # noqa: F401 - a fixture

pytestmark = pytest.mark.postgres

ROWS, BAD = 2_000, 20
BUSY = """
DROP TABLE IF EXISTS records, _summit_checkpoint;
CREATE TABLE records (id BIGINT, amount BIGINT);
CREATE OR REPLACE FUNCTION conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END $$;
CREATE TRIGGER busy BEFORE INSERT ON records EXECUTE FUNCTION conflict();
"""
"""A table whose every insert conflicts with another transaction, for as long as the trigger is."""
SETTINGS = """{
  "errors": {
    "strategy": "dead_letter",
    "retry": {
      "attempts": 3, "delay_secs": 1, "backoff": "exponential", "max_delay_secs": 30,
      "jitter": false
    },
    "dead_letters": "failed-records",
    "on_error": [{"log": "errors.jsonl"}]
  }
}"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: Server) -> Path:  # noqa: F811
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "work"
    folder.mkdir()
    trust(folder)
    (folder / "connections.toml").write_text(
        f'[db]\nkind = "postgres"\nhost = "{server.host}"\ndatabase = "postgres"\n'
        'user = "postgres"\n'
    )
    lines = [f"{n},{'bad' if n % (ROWS // BAD) == 7 else n}\n" for n in range(ROWS)]
    (folder / "records.csv").write_text("id,amount\n" + "".join(lines))
    server.run(BUSY)
    return folder


def in_python(folder: Path) -> summit.Pipeline:
    pipeline = summit.Pipeline("records", folder=folder)
    pipeline.configure(
        errors={
            "strategy": "dead_letter",
            "retry": {
                "attempts": 3,
                "delay_secs": 1,
                "backoff": "exponential",
                "max_delay_secs": 30,
                "jitter": False,
            },
            "dead_letters": "failed-records",
            "on_error": [{"log": "errors.jsonl"}],
        }
    )
    records = pipeline.add("csv_source", "records", path="records.csv")
    number = {"name": "amount", "expression": "CAST(amount AS BIGINT)"}
    numbers = records.to("derive", "numbers", columns=[number])
    numbers.to("table_sink", "out", connection="db", table="records")
    return pipeline


def in_a_document(folder: Path) -> summit.Pipeline:
    """Return the same, from a file that says so."""
    file = in_python(folder).save(folder / "records.summit.json")
    document = json.loads(file.read_text())
    assert document["settings"] == json.loads(SETTINGS)
    document["settings"] = json.loads(SETTINGS)
    file.write_text(json.dumps(document))
    return summit.Pipeline.load(file)


@pytest.mark.parametrize("made", [in_python, in_a_document])
def test_three_attempts_a_queue_and_a_hook(made, folder, server, capsys):  # noqa: F811
    pipeline = made(folder)
    events: list[Event] = []
    alerts: list[summit.ErrorReport] = []
    pipeline.on("error", alerts.append)
    assert not pipeline.run(on=events.append).ok
    waits = [(e.attempt, e.attempts, e.wait_secs) for e in events if isinstance(e, RunRetried)]
    assert waits == [(2, 3, 1.0), (3, 3, 2.0)]
    assert [a.retryable for a in alerts] == [True]
    (told,) = (folder / "errors.jsonl").read_text().splitlines()
    assert json.loads(told)["error"]["code"] == alerts[0].code

    server.run("DROP TRIGGER busy ON records")
    assert pipeline.run().ok
    assert server.run("SELECT count(*), count(DISTINCT id) FROM records")[0] == (ROWS - BAD,) * 2
    assert len((folder / "errors.jsonl").read_text().splitlines()) == 1
    with summit.DeadLetterQueue(pipeline) as queue:
        assert [entry["row"]["amount"] for entry in queue] == ["bad"] * BAD
    capsys.readouterr()
    assert main(["dead-letters", "group", "--queue", "failed-records", "--json"]) == 0
    assert [g["letters"] for g in json.loads(capsys.readouterr().out)] == [BAD]
