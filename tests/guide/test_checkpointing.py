"""The guide's chapter "Checkpointing": checkpoints on demand, and going on from the last.

```typescript
pipeline.on('progress', async ({ recordsProcessed }) => {
  if (recordsProcessed % 10000 === 0) await pipeline.createCheckpoint(executionId);
});
try {
  await pipeline.execute();
} catch (error) {
  const checkpoints = await getCheckpoints(executionId);
  await pipeline.resumeFromCheckpoint(checkpoints[checkpoints.length - 1].id);
}
```
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import summit_studio as summit

ROWS = 40_000
SETTINGS = {
    "performance": {"batch_bytes": 4_096, "parallelism": 1},
    "checkpoints": {"publish": "each"},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    (tmp_path / "connections.toml").write_text('[warehouse]\nkind = "sqlite"\npath = "w.db"\n')
    lines = [f"{n},{n * 2}\n" for n in range(ROWS)]
    (tmp_path / "orders.csv").write_text("id,amount\n" + "".join(lines))
    return tmp_path


def make(folder: Path, **settings: object) -> summit.Pipeline:
    pipeline = summit.Pipeline("orders", folder=folder)
    pipeline.configure(**(SETTINGS | settings))
    orders = pipeline.add("csv_source", "orders", path="orders.csv")
    orders.to("table_sink", connection="warehouse", table="orders")
    return pipeline


def written(folder: Path) -> tuple[int, int]:
    with closing(sqlite3.connect(folder / "w.db")) as con:
        return con.execute("SELECT count(*), count(DISTINCT id) FROM orders").fetchone()


def test_checkpoints_on_demand_and_going_on_from_the_last(folder: Path):
    pipeline = make(folder)
    done = 0

    def checkpoint_every_10_000(progress) -> None:
        nonlocal done
        if progress.rows // 10_000 > done:
            done = progress.rows // 10_000
            pipeline.create_checkpoint()

    def fail_after_the_second(checkpoint: summit.Checkpoint) -> None:
        if checkpoint.epoch == 2 and not going_on:
            raise ConnectionError("the server is gone")

    going_on = False
    pipeline.on("progress", checkpoint_every_10_000)
    pipeline.on("checkpoint", fail_after_the_second)
    try:
        pipeline.run().raise_for_status()
    except summit.RunFailed as error:
        checkpoints = error.result.checkpoints
        assert [c.epoch for c in checkpoints] == [1, 2]
        assert written(folder)[0] == sum(c.rows for c in checkpoints) < ROWS
        going_on = True
        result = pipeline.resume_from_checkpoint(checkpoints[-1].id)
    assert result.ok
    assert result.checkpoints[0].epoch == 3
    assert written(folder) == (ROWS, ROWS)


def test_an_older_checkpoint_is_refused_since_the_target_stands_further(folder: Path):
    pipeline = make(folder, checkpoints={"publish": "each", "every_rows": 5_000})
    pipeline.on("checkpoint", _fail_at(3))
    with pytest.raises(summit.RunFailed) as failed:
        pipeline.run()
    first, *_, last = failed.value.result.checkpoints
    with pytest.raises(summit.NoCheckpoint, match="holds epoch 3") as refused:
        pipeline.resume_from_checkpoint(first.id)
    assert last.id in refused.value.do
    with pytest.raises(summit.NoCheckpoint, match="There is no checkpoint other"):
        pipeline.resume_from_checkpoint("other")
    assert make(folder, checkpoints={"publish": "each", "every_rows": 5_000}).run().ok
    assert written(folder) == (ROWS, ROWS)


def test_a_load_that_is_whole_has_nothing_to_go_on_with(folder: Path):
    result = make(folder).run()
    assert result.ok
    with pytest.raises(summit.NoCheckpoint, match="whole"):
        make(folder).resume_from_checkpoint(result.checkpoints[-1].id)


def _fail_at(epoch: int):
    def fail(checkpoint: summit.Checkpoint) -> None:
        if checkpoint.epoch == epoch:
            raise ConnectionError

    return fail


def test_each_name_is_told_of_what_it_stands_for(folder: Path):
    told: dict[str, list] = {}
    pipeline = make(folder)
    for name in ("execution:started", "progress", "checkpoint", "error", "completed"):
        pipeline.on(name, told.setdefault(name, []).append)
    assert pipeline.run().ok
    assert told["execution:started"][0].pipeline == "orders"
    assert told["progress"][-1].rows == ROWS
    assert told["checkpoint"][-1].rows == ROWS
    assert (len(told["completed"]), told["error"]) == (1, [])
    (folder / "orders.csv").write_text("id,amount\n1,2\n")
    pipeline.add("python", "broken", code="def process(batch):\n    raise ValueError('no')\n")
    with pytest.raises(summit.Misuse, match="did you mean 'progress'"):
        pipeline.on("progres", print)
    with pytest.raises(summit.Misuse, match="one value"):
        pipeline.on("progress", "print")


def test_an_error_is_told_once(folder: Path):
    told: list = []
    pipeline = make(folder)
    (folder / "orders.csv").write_text("id,amount\n1,2\n3\n")
    pipeline.on("error", told.append)
    result = pipeline.run()
    assert [e.code for e in told] == [result.error.code]


def test_no_checkpoint_is_made_where_there_can_be_none(folder: Path):
    pipeline = make(folder)
    with pytest.raises(summit.NoCheckpoint, match="no run of it is under way"):
        pipeline.create_checkpoint()
    whole = make(folder, checkpoints={"publish": "whole"})
    whole.on("progress", lambda _progress: whole.create_checkpoint())
    with pytest.raises(summit.RunFailed, match="shows all its rows at once"):
        whole.run()
