"""The batteries let a plugin through that keeps its promises, and find out ones that do not."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pytest

from summit_studio.core.schema import Schema, from_arrow
from summit_studio.formats.contract import Loaded
from summit_studio.nodes.contract import (
    ROWS,
    Chunk,
    Delivery,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Published,
    Reader,
    Replay,
    Rows,
    RunContext,
    SinkNode,
    SourceNode,
    Writer,
)
from summit_studio.nodes.params import Params, param
from summit_studio.testing import Bench, Broken, check_sink, check_source, run_examples


class PathParams(Params):
    """Params of both."""

    path: str = param(doc="The file.")


class Numbers(SourceNode[PathParams]):
    """Read a number from each line."""

    id = "numbers_source"
    title = "Read numbers"
    icon = "csv"
    params_class = PathParams
    outputs = (ROWS,)
    examples = (
        Example(
            "Two numbers",
            {"path": "in.txt"},
            expected={"rows": Rows({"n": "BIGINT"}, [(7,), (8,)])},
            files={"in.txt": "7\n8\n"},
        ),
    )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        return {"rows": Schema.of({"n": "BIGINT"})}

    def replay(self, context: RunContext) -> Replay:
        return Replay.EXACT

    def open(self, schema: Schema, context: RunContext) -> Reader:
        lines = context.workspace.path(self.params.path).read_text().split()
        return NumberReader(list(map(int, lines)), context)


class NumberReader(Reader):
    def __init__(self, numbers: list[int], context: RunContext) -> None:
        self.numbers = numbers
        self.first: int = context.start["row"] if context.start else 0
        self.size = context.batch_rows

    def chunks(self) -> Iterator[Chunk]:
        for start in range(self.first, len(self.numbers), self.size):
            part = self.numbers[start : start + self.size]
            yield Chunk(lambda part=part: loaded(part), {"row": start + len(part)})  # type: ignore[misc]

    def total(self) -> int | None:
        return len(self.numbers) - self.first


def loaded(numbers: list[int]) -> Loaded:
    return Loaded(pa.table({"n": pa.array(numbers, pa.int64())}))


class SkipsOne(Numbers):
    """Goes on a row too late."""

    id = "skips_one"

    def open(self, schema: Schema, context: RunContext) -> Reader:
        reader = super().open(schema, context)
        assert isinstance(reader, NumberReader)
        reader.first += bool(context.start)
        return reader


class OtherChunks(Numbers):
    """Cuts other chunks where it goes on."""

    id = "other_chunks"

    def open(self, schema: Schema, context: RunContext) -> Reader:
        reader = super().open(schema, context)
        assert isinstance(reader, NumberReader)
        reader.size += bool(context.start)
        return reader


class Miscounts(Numbers):
    """Counts what was before its position, too."""

    id = "miscounts"

    def open(self, schema: Schema, context: RunContext) -> Reader:
        reader = super().open(schema, context)
        reader.total = lambda: 10  # type: ignore[method-assign]
        return reader


class NoJson(Numbers):
    """Has a position that no file could keep."""

    id = "no_json"

    def open(self, schema: Schema, context: RunContext) -> Reader:
        reader = super().open(schema, context)
        made = reader.chunks
        reader.chunks = lambda: (Chunk(c.load, {"at": {1}}) for c in made())  # type: ignore[method-assign]
        return reader


class OneAfterTheOther(Numbers):
    """Loads whatever comes next, whichever chunk is asked."""

    id = "one_after_the_other"

    def open(self, schema: Schema, context: RunContext) -> Reader:
        reader = super().open(schema, context)
        made, waiting = reader.chunks, []

        def chunks() -> Iterator[Chunk]:
            for chunk in made():
                waiting.append(chunk)
                yield Chunk(lambda: waiting.pop(0).load(), chunk.position)

        reader.chunks = chunks  # type: ignore[method-assign]
        return reader


CARELESS_SOURCES = [
    (SkipsOne, "Behind {'row': 3} a source gives what a whole reading gives there"),
    (OtherChunks, "Behind {'row': 3} a source gives what a whole reading gives there"),
    (Miscounts, "leaves out what was before its position"),
    (NoJson, "A position is JSON values"),
    (OneAfterTheOther, "in any order"),
]


def test_a_source_that_keeps_its_promises_passes(tmp_path: Path):
    bench = Bench.at(tmp_path, Numbers)
    run_examples(bench, Numbers)
    bench.prepare({"in.txt": "\n".join(map(str, range(10)))})
    chunks = check_source(bench, bench.bind("numbers_source", {"path": "in.txt"}), batch_rows=3)
    assert [row["n"] for chunk in chunks for row in chunk.rows] == list(range(10))


@pytest.mark.parametrize(("kind", "why"), CARELESS_SOURCES)
def test_a_careless_source_is_found_out(tmp_path: Path, kind: type[Numbers], why: str):
    bench = Bench.at(tmp_path, kind)
    bench.prepare({"in.txt": "\n".join(map(str, range(10)))})
    with pytest.raises(Broken) as caught:
        check_source(bench, bench.bind(kind.id, {"path": "in.txt"}), batch_rows=3)
    assert why in str(caught.value)


def test_an_example_that_declares_other_rows_is_found_out(tmp_path: Path):
    class Wrong(Numbers):
        """Declares what it does not give."""

        id = "wrong"
        examples = (
            Example(
                "One too many",
                {"path": "in.txt"},
                expected={"rows": Rows({"n": "BIGINT"}, [(7,)])},
                files={"in.txt": "7 8"},
            ),
        )

    with pytest.raises(Broken, match="'One too many' of 'wrong' gives what it declares"):
        run_examples(Bench.at(tmp_path, Wrong), Wrong)


class Lines(SinkNode[PathParams]):
    """Write rows as JSON lines, the file as a whole."""

    id = "lines_sink"
    title = "Write lines"
    icon = "json"
    params_class = PathParams
    delivery: ClassVar = Delivery.ATOMIC

    def target(self) -> str:
        return self.params.path

    def open(self, schema: Schema, context: RunContext) -> Writer:
        return LinesWriter(context.workspace.path(self.params.path))


class LinesWriter(Writer):
    mode = "w"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.aside = path.with_name(f"{path.name}.aside")
        self.aside.write_text("")
        self.rows = 0

    def write(self, batch: pa.Table) -> None:
        with self.aside.open("a") as file:
            file.writelines(json.dumps(list(row.values())) + "\n" for row in batch.to_pylist())
        self.rows += batch.num_rows

    def prepare(self) -> int | None:
        return len(self.aside.read_text().splitlines())

    def commit(self, epoch: int) -> Published:
        del epoch
        self.aside.replace(self.path)
        return Published(str(self.path), self.rows)

    def abort(self) -> None:
        self.aside.unlink(missing_ok=True)


class Appends(Lines):
    """Adds to the file at each commit, and does not know how far it is."""

    id = "appends"

    def open(self, schema: Schema, context: RunContext) -> Writer:
        writer = LinesWriter(context.workspace.path(self.params.path))

        def commit(epoch: int) -> Published:
            with writer.path.open("a") as file:
                file.write(writer.aside.read_text())
            return Published(str(writer.path), writer.rows)

        writer.commit = commit  # type: ignore[method-assign]
        return writer


class Shows(Lines):
    """Shows rows before they are committed."""

    id = "shows"

    def open(self, schema: Schema, context: RunContext) -> Writer:
        writer = LinesWriter(context.workspace.path(self.params.path))
        writer.aside = writer.path
        writer.commit = lambda _: Published("", writer.rows)  # type: ignore[method-assign]
        return writer


class CountsItself(Lines):
    """Tells the rows that it was handed, and loses one."""

    id = "counts_itself"

    def open(self, schema: Schema, context: RunContext) -> Writer:
        writer = LinesWriter(context.workspace.path(self.params.path))
        write = writer.write

        def losing(batch: pa.Table) -> None:
            write(batch.slice(1))
            writer.rows += 1

        writer.write = losing  # type: ignore[method-assign]
        writer.prepare = lambda: writer.rows  # type: ignore[method-assign]
        return writer


CARELESS_SINKS = [
    (Appends, "every row is there once"),
    (Shows, "What was not committed nobody finds. But 20 rows are there before the commit."),
    (CountsItself, "What was committed is there, each row once. But 38 rows are there, not 40."),
]


def checked(tmp_path: Path, kind: type[Lines]) -> tuple[str, ...]:
    bench = Bench.at(tmp_path, kind)
    out = bench.workspace.root / "out.jsonl"

    def read() -> list[tuple[Any, ...]]:
        lines = out.read_text().splitlines() if out.exists() else []
        return [tuple(json.loads(line)) for line in lines]

    node = bench.bind(kind.id, {"path": "out.jsonl"})
    assert isinstance(node, SinkNode)
    return check_sink(bench, node, read=read, clear=lambda: out.unlink(missing_ok=True))


def test_a_sink_that_keeps_its_promises_passes(tmp_path: Path):
    done = checked(tmp_path, Lines)
    assert len(done) == 3
    assert done[-1].startswith("killed at ")


@pytest.mark.parametrize(("kind", "why"), CARELESS_SINKS)
def test_a_careless_sink_is_found_out(tmp_path: Path, kind: type[Lines], why: str):
    with pytest.raises(Broken) as caught:
        checked(tmp_path, kind)
    assert why in str(caught.value)


def test_it_needs_no_pytest():
    code = "import sys, summit_studio.testing; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_the_numbers_are(tmp_path: Path):
    """The schema that the battery gives is that of the rows which its runs make."""
    from summit_studio.testing.sinks import SCHEMA

    bench = Bench.at(tmp_path)
    node = bench.bind("sample_source", {"kind": "customers", "rows": 3})
    table = bench.execute(node, {})["rows"].select(list(SCHEMA.names))
    assert from_arrow(table.schema) == SCHEMA
