"""The guide's chapter "Error Handling & Recovery": a hook, retries, a circuit breaker.

```typescript
errorHandling: {
  strategy: ErrorStrategy.RETRY,
  onError: async (error, context) => {
    await logError(error, context);
    await sendAlert(error);
  },
},
```
"""

import logging
import threading
import time
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.core.events import ErrorReport, RunFinished


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "orders.csv").write_text("id,amount\n1,2\n3\n")
    return tmp_path


def make(folder: Path) -> summit.Pipeline:
    pipeline = summit.Pipeline("orders", folder=folder)
    pipeline.add("csv_source", "orders", path="orders.csv").to("csv_sink", path="out.csv")
    return pipeline


def test_a_function_is_told_of_the_error(folder: Path):
    told: list[tuple[ErrorReport, RunFinished]] = []

    def on_error(error: ErrorReport, context: RunFinished) -> None:
        told.append((error, context))

    result = make(folder).run(on_error=on_error)
    ((error, context),) = told
    assert error.code == "rejected_unconnected"
    assert error.where.node_id == "orders"
    assert (context.run_id, context.status) == (result.run_id, "failed")
    (folder / "orders.csv").write_text("id,amount\n1,2\n")
    assert make(folder).run(on_error=on_error).ok
    assert len(told) == 1
    with pytest.raises(summit.Misuse, match="on_error"):
        make(folder).run(on_error="alerts.tell")


def test_whatever_becomes_of_it_changes_nothing(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("summit_studio.engine.hooks.FUNCTION_SECS", 0.1)
    never = threading.Event()

    def broken(_error: object, _context: object) -> None:
        raise ConnectionError("token-4711")

    begun = time.monotonic()
    with caplog.at_level(logging.WARNING, "summit.engine"):
        for on_error in (broken, lambda *_: never.wait(120)):
            result = make(folder).run(on_error=on_error)
            assert result.error is not None
            assert result.error.code == "rejected_unconnected"
    never.set()
    assert time.monotonic() - begun < 60
    said = [r.getMessage() for r in caplog.records if "on_error hook" in r.getMessage()]
    assert "ConnectionError" in said[0]
    assert "did not end in time" in said[1]
    assert "4711" not in caplog.text
