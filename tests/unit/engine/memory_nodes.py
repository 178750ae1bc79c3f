"""Node types that read from and write to memory: real nodes for the engine, without files."""

import threading
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from summit_studio.core.errors import WriteFailed
from summit_studio.core.schema import REJECT_COLUMNS, Column, Schema, to_arrow
from summit_studio.formats.contract import Loaded
from summit_studio.nodes.contract import (
    Category,
    Chunk,
    Delivery,
    Published,
    Reader,
    SinkNode,
    SourceNode,
    Writer,
)
from summit_studio.nodes.params import Params

SCHEMA = Schema.of({"id": "BIGINT", "grp": "VARCHAR", "amount": "DOUBLE"})


class NumbersParams(Params):
    rows: int = 1000
    chunk_rows: int = 100
    bad_every: int = 0
    wait_secs: float = 0.0


class NumbersReader(Reader):
    def __init__(self, params: NumbersParams, context: Any) -> None:
        self._params = params
        self._context = context

    def chunks(self):
        p = self._params
        total = min(p.rows, self._context.row_limit or p.rows)
        for start in range(0, total, p.chunk_rows):
            end = min(start + p.chunk_rows, total)
            if p.wait_secs:
                self._context.cancel.wait(p.wait_secs)
            yield Chunk(lambda start=start, end=end: self._load(start, end), {}, end / total)

    def _load(self, start: int, end: int) -> Loaded:
        bad = self._params.bad_every
        good = [i for i in range(start, end) if not (bad and i % bad == 0)]
        rows = pa.table(
            [good, [f"g{i % 7}" for i in good], [i / 2 for i in good]], schema=to_arrow(SCHEMA)
        )
        if not bad:
            return Loaded(rows)
        lost = [i for i in range(start, end) if i % bad == 0]
        schema = to_arrow(Schema((*SCHEMA, *REJECT_COLUMNS)))
        values = [lost, [None] * len(lost), [None] * len(lost)]
        values += [["odd"] * len(lost), ["id"] * len(lost), ["It is odd."] * len(lost)]
        values.append([None] * len(lost))
        return Loaded(rows, pa.table(values, schema=schema))


class Numbers(SourceNode[NumbersParams]):
    """Count up."""

    id = "numbers"
    title = "Numbers"
    icon = "generator"
    params_class = NumbersParams
    can_reject = True

    def infer(self, inputs, context) -> Mapping[str, Schema]:
        return {"rows": SCHEMA}

    def open(self, schema: Schema, context: Any) -> Reader:
        return NumbersReader(self.params, context)


class KeepParams(Params):
    name: str
    fail_at: str = ""
    fail_after: int = 0


class KeepWriter(Writer):
    def __init__(self, node: "Keep", schema: Schema) -> None:
        self._node = node
        self._schema = schema
        self._tables: list[pa.Table] = []
        self._thread = threading.get_ident()

    def _step(self, name: str) -> None:
        assert threading.get_ident() == self._thread, "a writer stays on one thread"
        Keep.log.append((self._node.params.name, name))
        if self._node.params.fail_at == name:
            raise WriteFailed(f"{name} failed", why="the test wants it")

    def write(self, batch: pa.Table) -> None:
        self._step("write")
        self._tables.append(batch)

    def prepare(self) -> None:
        self._step("prepare")

    def commit(self, epoch: int) -> Published:
        self._step("commit")
        empty = to_arrow(self._schema).empty_table()
        table = pa.concat_tables([empty, *self._tables])
        Keep.kept[self._node.params.name] = table
        return Published(self._node.params.name, table.num_rows)

    def abort(self) -> None:
        Keep.log.append((self._node.params.name, "abort"))


class Keep(SinkNode[KeepParams]):
    """Keep rows in memory."""

    id = "keep"
    title = "Keep"
    icon = "preview"
    category = Category.SINK
    delivery = Delivery.ATOMIC
    params_class = KeepParams
    kept: dict[str, pa.Table] = {}
    log: list[tuple[str, str]] = []

    def open(self, schema: Schema, context: Any) -> Writer:
        return KeepWriter(self, schema)

    def target(self) -> str:
        return self.params.name


__all__ = ["SCHEMA", "Column", "Keep", "Numbers"]
