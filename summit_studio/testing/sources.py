"""The conformance battery of sources."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Position
from summit_studio.core.errors import Cancelled
from summit_studio.nodes.contract import Chunk, Replay, RunContext, SourceNode
from summit_studio.testing.bench import Bench
from summit_studio.testing.broken import broken, require

if TYPE_CHECKING:
    from summit_studio.core.schema import Schema


@dataclass(frozen=True)
class Read:
    """A chunk as it was delivered.

    Args:
        position: Where the next one starts; None where reading does not go on there.
        lines: The place of each row, where they have one.
        held: How many rows the source holds there by its own account.
    """

    position: Position | None
    rows: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    lines: list[int]
    held: int | None

    @property
    def count(self) -> int:
        """How many rows were read, rejected ones included."""
        return len(self.rows) + len(self.rejected)


def check_source(bench: Bench, node: SourceNode[Any], **performance: Any) -> list[Read]:
    """Put a source through the battery; return the chunks of the whole.

    Positions are JSON; what is read behind each of them is what a reading from the beginning gives
    there, in the same chunks, so that an epoch may end and a load go on at any; a chunk may be
    loaded on any thread and in any order; the source's own count and its bound on rows are true;
    a reading may be cancelled, or given up half-way. A source whose `replay` is NONE is not read
    on; it gives the same again only where it says so.

    Args:
        bench: With all that the source reads in place.
        node: The source, bound.
        performance: `batch_rows`, `batch_bytes`: small ones make many chunks of little data.

    Raises:
        Broken: A promise is not kept.
    """
    context = replace(bench.run, **performance)
    schema = next(iter(bench.infer(node, {}).values()))
    whole, total = read_source(node, schema, context)
    count = sum(one.count for one in whole)
    said = "What a source says it delivered is what it delivered"
    require(total in {None, count}, said, f"it says {total}, and there were {count} rows")
    _check_bounds(node, context, count)
    _check_given_up(node, schema, context)
    _check_cancelled(node, schema, context, whole)
    if node.replay(context) is not Replay.NONE:
        _check_order(node, schema, context, whole)
        _check_positions(node, schema, context, whole, counts=total is not None)
    return whole


def read_source(
    node: SourceNode[Any], schema: "Schema", context: RunContext
) -> tuple[list[Read], int | None]:
    """Read a source from `context.start` to its end; return its chunks, and its own count."""
    reader = node.open(schema, context)
    try:
        found = [_delivered(chunk) for chunk in reader.chunks()]
        return found, reader.total()
    finally:
        reader.close()


def _delivered(chunk: Chunk) -> Read:
    loaded = chunk.load()
    try:
        position = json.loads(json.dumps(chunk.position, allow_nan=False))
    except (TypeError, ValueError) as error:
        broken("A position is JSON values", f"{chunk.position!r} is not: {error}")
    require(position == chunk.position, "A position is JSON values", f"{chunk.position!r} is not")
    return Read(
        position,
        loaded.rows.to_pylist(),
        [] if loaded.rejected is None else loaded.rejected.to_pylist(),
        list(loaded.lines()) if loaded.lines else [],
        loaded.held,
    )


def _check_bounds(node: SourceNode[Any], context: RunContext, count: int) -> None:
    most = node.most_rows(context)
    promise = "A source has no more rows than it says at most"
    require(most is None or most >= count, promise, f"it says {most}, and there were {count}")
    print_ = node.fingerprint(context)
    promise = "A fingerprint is a text, the same while nothing changes"
    again = node.fingerprint(context)
    require(isinstance(print_, str) and print_ == again, promise, f"it is {print_!r}, {again!r}")


def _check_given_up(node: SourceNode[Any], schema: "Schema", context: RunContext) -> None:
    """A reader may be closed after a chunk, and twice."""
    reader = node.open(schema, context)
    try:
        next(iter(reader.chunks()), None)
    finally:
        reader.close()
    try:
        reader.close()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        broken("A reader may be closed twice", f"the second time raised {error!r}")


def _check_cancelled(
    node: SourceNode[Any], schema: "Schema", context: RunContext, whole: Sequence[Read]
) -> None:
    """A reading that is cancelled ends; what it has given by then is true."""
    token = CancelToken()
    found: list[Read] = []
    reader = node.open(schema, replace(context, cancel=token))
    try:
        for chunk in reader.chunks():
            found.append(_delivered(chunk))
            token.cancel()
    except Cancelled:
        pass
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        broken("A reading that is cancelled raises Cancelled, or nothing", f"it raised {error!r}")
    finally:
        reader.close()
    promise = "What a reading gives until it is cancelled is the beginning of the whole"
    require(
        _same_rows(found, whole[: len(found)]) or node.replay(context) is Replay.NONE,
        promise,
        f"it gave {len(found)} chunks, and others",
    )


def _same_rows(one: Sequence[Read], other: Sequence[Read]) -> bool:
    return list(one) == list(other)


def _check_order(
    node: SourceNode[Any], schema: "Schema", context: RunContext, whole: Sequence[Read]
) -> None:
    """Load the chunks last first, each on a thread of its own."""
    promise = "A chunk may be loaded on any thread, in any order, while others are made"
    reader = node.open(schema, context)
    found: list[Read] = []
    failed: list[Exception] = []

    def work(chunk: Chunk) -> None:
        try:
            found.append(_delivered(chunk))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            failed.append(error)

    try:
        for chunk in reversed(list(reader.chunks())):
            thread = threading.Thread(target=work, args=(chunk,))
            thread.start()
            thread.join()
    finally:
        reader.close()
    require(not failed, promise, f"it raised {failed[:1]}")
    require(_same_rows(found[::-1], whole), promise, "the rows were others")


def _check_positions(
    node: SourceNode[Any],
    schema: "Schema",
    context: RunContext,
    whole: Sequence[Read],
    *,
    counts: bool,
) -> None:
    for number, chunk in enumerate(whole, start=1):
        if chunk.position is None:
            continue
        promise = f"Behind {dict(chunk.position)} a source gives what a whole reading gives there"
        rest, left = read_source(node, schema, replace(context, start=chunk.position))
        want = whole[number:]
        rows = sum(one.count for one in rest)
        require(
            rest == list(want),
            promise,
            f"{rows} rows came in {len(rest)} chunks, and {sum(one.count for one in want)} rows in "
            f"{len(want)} chunks, perhaps others, should have",
        )
        said = "What a source says it delivered leaves out what was before its position"
        require(left == (rows if counts else None), said, f"it says {left} of {rows}")
