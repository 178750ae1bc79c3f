"""The pipelines that runs ran, and what these told: read only where an old run is opened."""

import heapq
import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from summit_studio.core.events import (
    BatchProcessed,
    CheckpointCommitted,
    Event,
    LoadMeasured,
    RowsRejected,
    RunResumed,
    RunRetried,
    from_json,
    to_json,
)
from summit_studio.state.records import Told

if TYPE_CHECKING:
    from sqlalchemy import Connection


MOST_MEASURES: Final = 240
"""So many are kept of a run at most, of a longer one at longer distances; an even number."""


class Telling:
    """What a run has told so far, kept short however long it runs.

    Batches, rejects and checkpoints of one node are added up, and of measures ever fewer are kept,
    so that it grows with the pipeline and neither with rows nor with time. No value of a row is
    in it: of a reject its code alone.
    """

    def __init__(self) -> None:
        self._told: list[Told] = []
        self._merged: dict[object, int] = {}
        self._measured: list[Told] = []
        self._passed, self._every = 0, 1

    @property
    def told(self) -> tuple[Told, ...]:
        """All of it, in order."""
        return tuple(heapq.merge(self._told, self._measured, key=attrgetter("secs")))

    def take(self, event: Event, secs: float) -> None:
        """Take in an event that came so many seconds after the start."""
        match event:
            case BatchProcessed():
                self._merge(event.node_id, event, secs)
            case RowsRejected():
                plain = RowsRejected(
                    event.node_id, event.code, event.column, event.rows, event.code
                )
                self._merge((event.node_id, event.code, event.column), plain, secs)
            case CheckpointCommitted():
                self._merge((event.node_id, event.staged, event.lineage), event, secs)
            case LoadMeasured():
                self._measure(event, secs)
            case _:
                self._told.append(Told(secs, event))
                if isinstance(event, RunRetried | RunResumed):
                    self._merged.clear()  # What is counted from here on is another account.

    def _measure(self, event: LoadMeasured, secs: float) -> None:
        """Keep a measure, or the higher figures of it and of the last; queues tell only of now."""
        plain = Told(secs, replace(event, queues={}))
        if self._passed % self._every:
            self._measured[-1] = _higher(self._measured[-1], plain)
        else:
            if len(self._measured) == MOST_MEASURES:
                pairs = zip(self._measured[::2], self._measured[1::2], strict=True)
                self._measured = [_higher(one, other) for one, other in pairs]
                self._every *= 2
            self._measured.append(plain)
        self._passed += 1

    def _merge(self, key: object, event: Event, secs: float) -> None:
        at = self._merged.get(key)
        if at is None:
            self._merged[key] = len(self._told)
            self._told.append(Told(secs, event))
        else:
            self._told[at] = Told(self._told[at].secs, sum_of(self._told[at].event, event))


def _higher(one: Told, other: Told) -> Told:
    first, second = one.event, other.event
    assert isinstance(first, LoadMeasured)  # noqa: S101 - nothing else is kept among measures
    assert isinstance(second, LoadMeasured)  # noqa: S101
    memory = max((m for m in (first.memory_bytes, second.memory_bytes) if m), default=None)
    return Told(other.secs, LoadMeasured(second.at, max(first.cpu, second.cpu), memory))


def sum_of(first: Event, second: Event) -> Event:
    """Return two events of one kind and node as one; the second where they cannot be added."""
    match first, second:
        case BatchProcessed(), BatchProcessed():
            return BatchProcessed(
                first.node_id,
                _added(first.rows_in, second.rows_in),
                _added(first.rows_out, second.rows_out),
                first.bytes_out + second.bytes_out,
                first.busy_secs + second.busy_secs,
                first.progress if second.progress is None else second.progress,
            )
        case RowsRejected(), RowsRejected():
            rows = first.rows + second.rows
            return RowsRejected(first.node_id, first.code, first.column, rows, first.reason)
        case CheckpointCommitted(), CheckpointCommitted():
            rows = first.rows + second.rows
            return CheckpointCommitted(
                second.node_id, second.epoch, rows, second.lineage, second.staged
            )
    return second


def _added(first: dict[str, int], second: dict[str, int]) -> dict[str, int]:
    return {p: first.get(p, 0) + second.get(p, 0) for p in {**first, **second}}


def put_document(connection: "Connection", text_hash: str, text: str) -> None:
    """Keep a pipeline's text, once however many runs ran it."""
    from sqlalchemy.exc import IntegrityError

    from summit_studio.state.tables import run_documents

    mine = run_documents.c.text_hash == text_hash
    if connection.execute(run_documents.select().where(mine)).first() is not None:
        return
    row = {"text_hash": text_hash, "packed": zlib.compress(text.encode())}
    try:
        with connection.begin_nested():
            connection.execute(run_documents.insert().values(row))
    except IntegrityError:
        pass  # Another run of the same pipeline has kept it meanwhile.


def put_log(connection: "Connection", run_id: str, told: Sequence[Told]) -> None:
    """Keep what a run told."""
    from summit_studio.state.tables import run_logs

    plain = [[round(t.secs, 3), to_json(t.event)] for t in told]
    packed = zlib.compress(json.dumps(plain).encode())
    connection.execute(run_logs.insert().values({"run_id": run_id, "packed": packed}))


def read_document(connection: "Connection", text_hash: str | None) -> str | None:
    """Return a pipeline's text, or None where it is not kept."""
    from summit_studio.state.tables import run_documents

    query = run_documents.select().where(run_documents.c.text_hash == text_hash)
    row = connection.execute(query).mappings().first()
    return None if row is None else zlib.decompress(row["packed"]).decode()


def read_log(connection: "Connection", run_id: str) -> tuple[Told, ...]:
    """Return what a run told; nothing where that is not kept."""
    from summit_studio.state.tables import run_logs

    row = connection.execute(run_logs.select().where(run_logs.c.run_id == run_id)).mappings()
    found = row.first()
    if found is None:
        return ()
    plain = json.loads(zlib.decompress(found["packed"]))
    return tuple(Told(secs, from_json(body)) for secs, body in plain)


def drop_unused_documents(connection: "Connection") -> None:
    """Delete the pipelines of which no run is left."""
    from sqlalchemy import select

    from summit_studio.state.tables import run_documents, runs

    used = select(runs.c.text_hash).where(runs.c.text_hash.is_not(None))
    connection.execute(run_documents.delete().where(run_documents.c.text_hash.not_in(used)))
