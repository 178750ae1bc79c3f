"""Staged loads: nothing shows before all of it does, and what is there is gone on with."""

import gzip
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from summit_studio.cli.main import main
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import SummitError
from summit_studio.core.events import (
    CheckpointCommitted,
    Event,
    OutputPublished,
    RunFinished,
    RunResumed,
    RunStatus,
)
from summit_studio.document.files import load, save
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.launch import run as launch
from summit_studio.engine.narrative import sentence_of
from summit_studio.engine.request import RunRequest

ROWS = 3_000
EVERY = 700
RULE = {"id": "few", "expression": "amount IS NOT NULL", "critical": True, "threshold": 0.9}


class Stopped(Exception):
    """The step at which a test ends a run."""


class Bench:
    """A CSV file of numbers, and a pipeline from it into one sink."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write()
        self.events: list[Event] = []

    def write(self, empty: range = range(0)) -> None:
        lines = (f"{n},{'' if n in empty else n * 2}\n" for n in range(ROWS))
        (self.folder / "in.csv").write_text("id,amount\n" + "".join(lines))

    def document(self, kind: str = "csv_sink", publish: str = "auto", **params: object) -> Document:
        columns = [{"name": n, "type": "BIGINT"} for n in ("id", "amount")]
        nodes = [
            Node("read", "csv_source", {"path": "in.csv", "columns": columns}),
            Node("rules", "rules", {"rules": [RULE | {"action": "keep"}]}),
            Node("out", kind, {"path": "out.csv"} | params),
        ]
        return Document(
            "numbers",
            nodes={n.id: n for n in nodes},
            edges=(Edge.parse("read.rows -> rules.rows"), Edge.parse("rules.passed -> out.rows")),
            settings={
                "performance": {"batch_bytes": 2048},
                "checkpoints": {"publish": publish, "every_rows": EVERY},
            },
        )

    def run(self, document: Document, **more: object) -> RunFinished:
        self.events.clear()
        request = RunRequest(document, self.folder, **more)  # type: ignore[arg-type]
        return launch(request, [self.events.append], CancelToken())

    def stop_at(self, label: str, document: Document) -> RunFinished:
        def step(said: str) -> None:
            if said == label:
                raise Stopped(label)

        return self.run(document, step=step)

    def all_of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def leftovers(self) -> list[str]:
        return sorted(p.name for p in self.folder.iterdir() if p.name.startswith(".out"))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


FILES: dict[str, tuple[str, dict[str, object]]] = {
    "csv": ("csv_sink", {}),
    "csv-plain": ("csv_sink", {"header": False}),
    "csv-gzip": ("csv_sink", {"compression": "gzip"}),
    "csv-zstd": ("csv_sink", {"compression": "zstd"}),
    "jsonl": ("jsonl_sink", {}),
    "jsonl-gzip": ("jsonl_sink", {"compression": "gzip"}),
    "jsonl-zstd": ("jsonl_sink", {"compression": "zstd"}),
}


def read(path: Path, codec: object) -> bytes:
    if codec == "gzip":
        return gzip.decompress(path.read_bytes())
    with pa.input_stream(str(path), compression=codec) as stream:
        return bytes(stream.read())


@pytest.mark.parametrize("name", FILES)
def test_a_single_file_goes_on_and_is_the_same_as_in_one_go(bench: Bench, name: str):
    kind, params = FILES[name]
    out = bench.folder / "out.csv"
    whole = bench.document(kind, "whole", **params)
    assert bench.run(whole).status is RunStatus.SUCCEEDED
    wanted = read(out, params.get("compression"))
    out.write_text("old")
    document = bench.document(kind, **params)
    failed = bench.stop_at("audit:3", document)
    assert out.read_text() == "old"
    assert failed.committed == {}
    staged = failed.staged["out"]
    assert staged == sum(e.rows for e in bench.all_of(CheckpointCommitted))
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    (resumed,) = bench.all_of(RunResumed)
    assert resumed.rows == {"out": staged}
    (published,) = bench.all_of(OutputPublished)
    assert published.rows == ROWS
    assert published.counts["bytes"] == out.stat().st_size
    assert read(out, params.get("compression")) == wanted
    assert bench.leftovers() == []


def test_gates_are_held_over_all_epochs_and_runs(bench: Bench):
    # All of the first epoch fails the rule, and less than a tenth of the load.
    bench.write(empty=range(250))
    document = bench.document()
    assert bench.stop_at("audit:3", document).staged["out"]
    finished = bench.run(document)
    assert finished.status is RunStatus.SUCCEEDED, finished.error
    bench.write(empty=range(350))
    assert bench.stop_at("audit:3", document).staged["out"]
    failed = bench.run(document)
    assert failed.status is RunStatus.QUALITY_FAILED
    assert (failed.committed, failed.staged) == ({}, {})
    assert "nothing was published" in str(failed.error)
    assert len((bench.folder / "out.csv").read_text().splitlines()) == ROWS + 1
    # The audit has refused it: the next load is a new one, and finds nothing in its way.
    assert bench.leftovers() == []
    bench.write()
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.all_of(RunResumed) == []


def test_what_no_reader_has_seen_can_be_begun_again(bench: Bench):
    document = bench.document()
    bench.stop_at("audit:3", document)
    bench.write(empty=range(5))
    with pytest.raises(SummitError, match="start again with --restart") as caught:
        bench.run(document)
    assert "wait out of sight of out.csv" in caught.value.why
    assert bench.run(document, restart=True).status is RunStatus.SUCCEEDED
    assert (bench.folder / "out.csv").read_text().startswith("id,amount\n0,\n1,\n")
    assert bench.leftovers() == []


def test_a_load_goes_on_as_it_began(bench: Bench):
    bench.stop_at("audit:3", bench.document())
    staged = bench.all_of(CheckpointCommitted)
    assert bench.run(bench.document(publish="whole")).status is RunStatus.SUCCEEDED
    assert bench.all_of(RunResumed)
    assert len(bench.all_of(CheckpointCommitted)) < len(staged) + 3
    assert len((bench.folder / "out.csv").read_text().splitlines()) == ROWS + 1
    assert bench.leftovers() == []


def test_a_file_that_is_to_stay_is_not_replaced_by_a_load_that_goes_on(bench: Bench):
    document = bench.document(if_exists="fail")
    bench.stop_at("audit:3", document)
    (bench.folder / "out.csv").write_text("mine")
    failed = bench.run(document)
    assert "there already, and this node is told not to" in str(failed.error)
    assert (bench.folder / "out.csv").read_text() == "mine"
    (bench.folder / "out.csv").unlink()
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.all_of(RunResumed)


def test_a_load_that_shows_and_is_not_finished_is_only_finished(bench: Bench):
    document = bench.document()
    stopped = bench.stop_at("finish:out", document)
    assert stopped.status is RunStatus.FAILED
    whole = (bench.folder / "out.csv").read_text()
    assert whole.count("\n") == ROWS + 1
    assert bench.run(document).status is RunStatus.SUCCEEDED
    assert bench.all_of(CheckpointCommitted) == []
    assert (bench.folder / "out.csv").read_text() == whole
    assert bench.leftovers() == []


def test_what_is_staged_is_read_back(bench: Bench):
    document = bench.document()
    checked = replace(document, settings=dict(document.settings) | {"verify": "content"})
    bench.stop_at("audit:3", checked)
    finished = bench.run(checked)
    assert finished.status is RunStatus.SUCCEEDED
    assert (bench.folder / "out.csv").read_text().count("\n") == ROWS + 1


def test_a_stage_that_somebody_changed_is_not_published(bench: Bench):
    document = bench.document()
    bench.stop_at("audit:3", document)
    (part, *_) = sorted(bench.folder.glob(".out.csv.*/part-*"))
    part.write_text(part.read_text().split("\n", 1)[1])
    failed = bench.run(document)
    assert failed.error is not None
    assert failed.error.code == "ledger_imbalance"
    assert "would publish other rows than were staged" in failed.error.what
    assert not (bench.folder / "out.csv").exists()
    assert bench.run(document, restart=True).status is RunStatus.SUCCEEDED


def test_people_are_told_what_waits(bench: Bench):
    failed = bench.stop_at("audit:3", bench.document())
    told = [sentence_of(event, {"out": "Write CSV"}) for event in bench.events]
    assert f"'Write CSV' staged epoch 1: {bench.all_of(CheckpointCommitted)[0].rows} rows." in told
    said = sentence_of(failed, {"out": "Write CSV"})
    assert said is not None
    rows = failed.staged["out"]
    assert f"nothing was published; 'Write CSV' keeps {rows:,} rows for the next run" in said


def test_pruning_finds_the_stage_that_nobody_needs(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "numbers.summit.json"
    save(bench.document(), file)
    document = load(file).document
    bench.stop_at("audit:3", document)
    assert main(["prune", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stages"] == []
    # A run that was killed as it was about to take its stage away.
    (stage,) = tmp_path.glob(".out.csv.*")
    copy = shutil.copytree(stage, tmp_path / "copy")
    assert bench.run(document).status is RunStatus.SUCCEEDED
    for manifest in copy.glob("_summit/*/epoch-*"):
        manifest.unlink()
    copy.rename(stage)
    assert main(["prune", str(file)]) == 0
    assert "1 stage to be dropped" in capsys.readouterr().err
    assert stage.exists()
    assert main(["prune", str(file), "--yes"]) == 0
    assert not stage.exists()
