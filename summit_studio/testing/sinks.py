"""The conformance battery of sinks."""

import inspect
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from summit_studio.core.epochs import Checkpoint, Claim, EpochEnd, Fenced, SinkKey, Stage
from summit_studio.core.process import own_name
from summit_studio.core.refusal import Refusal
from summit_studio.core.schema import Schema
from summit_studio.document.files import save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.rehearsal.steps import Listing, kind_of
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import Delivery, RunContext, SinkNode, Writer
from summit_studio.testing.bench import Bench, arrow
from summit_studio.testing.broken import broken, require

if TYPE_CHECKING:
    import pyarrow as pa

ROWS: Final = 400
_BATCH_ROWS: Final = 20
_EPOCH_ROWS: Final = 100
SCHEMA: Final = Schema.of({"customer_id": "BIGINT", "city": "VARCHAR"})
"""The rows that a sink is given: the numbers from 1 to 400, each with a city."""

Kills = Literal["none", "kinds", "all"]

ReadTarget = Callable[[], Iterable[Hashable]]


def check_sink(
    bench: Bench,
    node: SinkNode[Any],
    *,
    read: ReadTarget,
    clear: Callable[[], None],
    refused: "pa.Table | None" = None,
    kills: Kills = "kinds",
) -> tuple[str, ...]:
    """Put a sink through the battery; return what was checked, in words.

    The target is read by the author's own means, so that what the sink says of itself proves
    nothing. All that the battery writes is in the target, and in a temporary folder.

    - Nothing shows before a commit; abort leaves nothing, at any time, also twice and after a
      commit; prepare and commit count what the target took.
    - Refused rows come back, and the others are there (`refused`, of a sink that `can_reject`).
    - The checkpoint tells how far the target is, moves with the rows, and begins anew with another
      load; a run whose claim is older commits nothing (where there is one).
    - A run is killed at each kind of step, in the first, a middle or the last epoch: before a
      commit, behind it (nobody knows then that it came through) and in between. Then a reader finds
      no row twice; the next run goes on, and every row is there once, no epoch was written again.
      (All but class N, of which nothing is promised.)

    Args:
        bench: With all that the sink needs in place.
        node: The sink, bound; its type is defined at the top level of a file, or installed.
        read: Returns every row of the target as a reader finds it, such as tuples.
        clear: Removes all that runs have written, and what is known of them.
        refused: Rows (`customer_id`, `city`) of which the target refuses the last, and no other.
        kills: At each kind of step once (`kinds`), at every step of every epoch (`all`), or at
            `none`.

    Raises:
        Broken: A promise is not kept.
    """
    battery = _Battery(bench, node, lambda: Counter(read()), clear)
    done = [battery.aborted(), battery.counted()]
    if refused is not None:
        done.append(battery.refused(refused))
    if battery.keeps_progress:
        done += [battery.tells_how_far(), battery.fenced()]
    if node.delivery is not Delivery.NONE and kills != "none":
        done.append(battery.killed(every_step=kills == "all"))
    clear()
    return tuple(done)


class _Battery:
    def __init__(
        self,
        bench: Bench,
        node: SinkNode[Any],
        read: Callable[[], Counter[Hashable]],
        clear: Callable[[], None],
    ) -> None:
        self._bench = bench
        self._node = node
        self._read = read
        self._clear = clear
        self._key = SinkKey("0" * 32, node.node_id)
        clear()
        # One of its own for each use.
        made = node.checkpoint(self._context(), self._key)
        self.keeps_progress = made is not None

    def aborted(self) -> str:
        promise = "What was not committed nobody finds"
        for steps in ("", "w", "wp"):
            writer = self._open(self._context())
            for step in steps:
                writer.write(_batch(1)) if step == "w" else writer.prepare()
            found = self._read()
            require(not found, promise, f"{found.total()} rows are there before the commit")
            writer.abort()
            self._quietly(writer.abort, "abort may be called twice")
            found = self._read()
            require(not found, promise, f"{found.total()} rows are there after abort")
        return "nothing shows before a commit, and abort leaves nothing"

    def counted(self) -> str:
        writer = self._open(self._context())
        writer.write(_batch(1))
        writer.write(_batch(_BATCH_ROWS + 1))
        rows = 2 * _BATCH_ROWS
        taken = writer.prepare()
        promise = "prepare tells how many rows the target took, or None"
        require(taken in {None, rows}, promise, f"of {rows} it tells {taken}")
        published = writer.commit(1)
        promise = "commit tells how many rows it made visible"
        require(published.rows == rows, promise, f"of {rows} it tells {published.rows}")
        self._quietly(writer.abort, "abort is harmless after a commit")
        self._holds(rows, "What was committed is there, each row once")
        self._clear()
        return "its counts are those of the target"

    def refused(self, rows: "pa.Table") -> str:
        told: list[Refusal] = []

        def refuse(batch: "pa.Table", refusals: Sequence[Refusal]) -> None:
            del batch
            told.extend(refusals)

        writer = self._open(replace(self._context(), refuse=refuse))
        writer.write(rows)
        taken = writer.prepare()
        writer.commit(1)
        good = rows.num_rows - 1
        promise = "A row that the target refuses comes back, with its number in its batch and why"
        found = [(one.row, bool(one.code), bool(one.reason)) for one in told]
        require(found == [(good, True, True)], promise, f"{told} came back")
        promise = "prepare does not count refused rows"
        require(taken in {None, good}, promise, f"of {good} it tells {taken}")
        self._holds(good, "The rows beside a refused one are there, each once")
        self._clear()
        return "refused rows come back, and the others are there"

    def tells_how_far(self) -> str:
        promise = "A checkpoint tells how far its target is"
        first = self._claimed("one", "run 1")
        self._commit(first, 1)
        found = self._checkpoint().look()
        want = (1, {"in": {"row": 1}}, _BATCH_ROWS, "one")
        told = found and (found.epoch, dict(found.positions), found.rows, found.lineage)
        require(told == want, promise, f"after epoch 1 it says {told}, not {want}")
        again = self._checkpoint()
        held = again.acquire(self._claim("one", "run 2"))
        require(held.epoch == 1, promise, f"another run of the load is told epoch {held.epoch}")
        self._commit(again, 2, last=True)
        stage = self._stage()
        require(stage is Stage.COMPLETE, promise, f"after the last epoch it says {stage}")
        again.finish()
        stage = self._stage()
        require(stage is Stage.FINISHED, promise, f"after finish it says {stage}")
        again.release()
        other = self._checkpoint().acquire(self._claim("two", "run 3"))
        require(other.epoch == 0, "Another load begins at epoch 0", f"it is told {other.epoch}")
        self._holds(2 * _BATCH_ROWS, "Two epochs are there, each once")
        self._checkpoint().forget()
        promise = "What is known of a sink can be forgotten, and its rows stay"
        require(self._checkpoint().look() is None, promise, "it is still known")
        self._holds(2 * _BATCH_ROWS, promise)
        self._clear()
        return "its checkpoint tells how far it is, and moves with the rows"

    def fenced(self) -> str:
        promise = "A run whose claim is older commits nothing: it raises Fenced"
        old = self._claimed("one", "run 1")
        new = self._claimed("one", "run 2")
        self._commit(new, 1)
        writer: Writer | None = None
        try:
            writer = self._open(replace(self._context(), checkpoint=old))
            writer.write(_batch(1))
            writer.prepare()
            old.settle(_mark(1))
            writer.commit(1)
        except Fenced:
            pass
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            broken(promise, f"it raised {error!r}")
        else:
            broken(promise, f"it did, and {self._read().total()} rows are there")
        finally:
            if writer is not None:
                writer.abort()
        self._holds(_BATCH_ROWS, promise)
        self._clear()
        return "a run that another has taken over from commits nothing"

    def killed(self, *, every_step: bool) -> str:
        with _Runs(self._bench, self._node) as runs:
            code, said, labels = runs.listed()
            require(code == 0, "A run goes well that nobody disturbs", said)
            whole = self._holds(ROWS, "Every row is there once")
            chosen = labels if every_step else _each_kind(labels)
            for label in chosen:
                self._clear()
                self._killed_at(runs, label, whole)
        return f"killed at {len(chosen)} steps, every row is there once"

    def _killed_at(self, runs: "_Runs", label: str, whole: Counter[Hashable]) -> None:
        code, said = runs.run(label)
        promise = f"A run is killed at the step {label}, which it has told before"
        require(code not in {0, 1, 2, 3}, promise, f"it ended with {code}: {said}")
        found = self._read()
        promise = f"Once a run is killed at {label}, a reader finds no row twice"
        require(found <= whole, promise, f"{(found - whole).total()} rows are too many")
        code, said = runs.run()
        require(code == 0, f"Once a run is killed at {label}, the next goes on", said)
        found = self._read()
        lost, doubled = (whole - found).total(), (found - whole).total()
        promise = f"Once a run was killed at {label} and gone on with, every row is there once"
        require(found == whole, promise, f"{lost} are lost, {doubled} are too many")

    def _holds(self, rows: int, promise: str) -> Counter[Hashable]:
        found = self._read()
        total, different = found.total(), len(found)
        require(total == rows, promise, f"{total} rows are there, not {rows}")
        require(different == rows, promise, f"of {rows} rows {different} are different")
        return found

    def _context(self) -> RunContext:
        target = frozenset({self._node.target()} - {""})
        return replace(self._bench.run, written=target)

    def _open(self, context: RunContext) -> Writer:
        return self._node.open(SCHEMA, context)

    def _checkpoint(self) -> Checkpoint:
        made = self._node.checkpoint(self._context(), self._key)
        if made is None:
            broken("A sink keeps its progress or does not", "it did, and now does not")
        made.reach()
        return made

    def _claimed(self, lineage: str, run_id: str) -> Checkpoint:
        made = self._checkpoint()
        made.acquire(self._claim(lineage, run_id))
        return made

    @staticmethod
    def _claim(lineage: str, run_id: str) -> Claim:
        begun = datetime(2026, 1, 1, tzinfo=UTC)
        return Claim(lineage, begun, "print", run_id, own_name(), take_over=True)

    def _commit(self, checkpoint: Checkpoint, epoch: int, *, last: bool = False) -> None:
        writer = self._open(replace(self._context(), checkpoint=checkpoint))
        try:
            writer.write(_batch(epoch * _BATCH_ROWS + 1))
            writer.prepare()
            checkpoint.settle(_mark(epoch, last=last))
            writer.commit(epoch)
        finally:
            writer.abort()

    def _stage(self) -> Stage | None:
        found = self._checkpoint().look()
        return found.stage if found is not None else None

    def _quietly(self, call: Callable[[], None], promise: str) -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            broken(f"{promise[0].upper()}{promise[1:]}", f"it raised {error!r}")


class _Runs:
    """Runs of a pipeline from rows into the sink, from one process that has imported everything."""

    def __init__(self, bench: Bench, node: SinkNode[Any]) -> None:
        self._root = bench.workspace.root
        self._folder = Path(tempfile.mkdtemp(prefix="summit-battery-"))
        self._document = self._folder / "battery.summit.json"
        params = node.params.model_dump(mode="json", exclude_unset=True)
        rows = {"kind": "customers", "rows": ROWS, "flaws_percent": 0}
        picked = [{"column": column.name} for column in SCHEMA]
        nodes = [
            Node("in", "sample_source", rows),
            Node("pick", "select_columns", {"columns": picked, "others": "drop"}),
            Node("out", node.id, params),
        ]
        edges = ("in.rows -> pick.rows", f"pick.rows -> out.{node.inputs[0].name}")
        settings = {
            "performance": {"batch_rows": _BATCH_ROWS},
            "checkpoints": {"publish": "each", "every_rows": _EPOCH_ROWS},
            "errors": {"retry": {"attempts": 1}},
        }
        document = Document(
            "battery",
            id="0" * 32,
            nodes={n.id: n for n in nodes},
            edges=tuple(map(Edge.parse, edges)),
            settings=settings,
        )
        save(document, self._document)
        installed = Catalogue.load()
        self._kinds = [
            (inspect.getfile(kind), kind.__qualname__)
            for kind in bench.catalogue
            if kind.id not in installed
        ]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def listed(self) -> tuple[int, str, list[str]]:
        """Run undisturbed; return how it ended, what was said, and every step."""
        steps = self._folder / "steps"
        steps.touch()
        code, said = self._ask(None, str(steps))
        return code, said, Listing(steps).labels()

    def run(self, kill: str | None = None) -> tuple[int, str]:
        """Run once, perhaps killed at a step; return how it ended, and what was said."""
        return self._ask(kill, None)

    def _ask(self, kill: str | None, steps: str | None) -> tuple[int, str]:
        said = self._folder / "said"
        (self._folder / "home").mkdir(exist_ok=True)
        order = {
            "document": str(self._document), "root": str(self._root), "said": str(said),
            "home": str(self._folder / "home"), "kill": kill, "steps": steps,
        }  # fmt: skip
        process = self._begun()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:  # It was killed itself: this system cannot fork.
            code = process.wait()
            self._end()
        else:
            code = int(answer)
        return code, said.read_text(encoding="utf-8", errors="replace").strip()

    def _begun(self) -> "subprocess.Popen[str]":
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "summit_studio.testing.runs"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=self._folder,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            )
            assert self._process.stdin is not None  # noqa: S101 - asked for above
            self._process.stdin.write(json.dumps(self._kinds) + "\n")
            self._process.stdin.flush()
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.communicate()
            self._process = None


def _batch(first: int) -> "pa.Table":
    rows = [(n, f"city {n}") for n in range(first, first + _BATCH_ROWS)]
    return arrow(SCHEMA, rows)


def _mark(epoch: int, *, last: bool = False) -> EpochEnd:
    return EpochEnd(epoch, {"in": {"row": epoch}}, last, {"out": {"rows": epoch}})


def _each_kind(labels: Sequence[str]) -> list[str]:
    """Return each kind of step once: of the first, a middle or the last epoch in turn."""
    kinds: dict[str, list[str]] = {}
    for label in labels:
        kinds.setdefault(kind_of(label), []).append(label)
    return [of[(0, len(of) // 2, len(of) - 1)[n % 3]] for n, of in enumerate(kinds.values())]
