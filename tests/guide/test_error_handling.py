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


def test_a_circuit_breaker_of_ones_own():
    """The guide's "Circuit Breaker Pattern".

    ```typescript
    const breaker = new CircuitBreaker(5, 60000);
    for await (const record of connector.read()) {
      try {
        await breaker.execute(async () => { await processRecord(record); });
      } catch (error) { /* Handle circuit breaker open state */ }
    }
    ```
    """
    breaker = summit.CircuitBreaker(5, 60)
    processed, failed, refused = [], 0, 0

    def process(record: int) -> int:
        if record >= 10:
            raise ConnectionError("the server is gone")
        processed.append(record)
        return record * 2

    assert breaker.execute(lambda: process(1)) == 2
    for record in range(2, 30):
        try:
            breaker.execute(lambda record=record: process(record))
        except summit.CircuitOpen:
            refused += 1
        except ConnectionError:
            failed += 1
    assert processed == list(range(1, 10))
    assert (failed, refused, breaker.state, breaker.failures) == (5, 15, "open", 5)
    with pytest.raises(summit.CircuitOpen) as open_still:
        breaker.execute(lambda: process(1))
    assert "ConnectionError: the server is gone" in open_still.value.why
    quick = summit.CircuitBreaker(failures=1, timeout_secs=0.05)
    with pytest.raises(ConnectionError):
        quick.execute(lambda: process(10))
    assert quick.state == "open"
    time.sleep(0.1)
    assert quick.execute(lambda: process(3)) == 6
    assert quick.state == "closed"
    with pytest.raises(summit.Misuse, match="timeout"):
        summit.CircuitBreaker(5, 0)
