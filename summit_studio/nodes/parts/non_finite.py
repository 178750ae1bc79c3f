"""What sinks of text do with NaN and infinity, for which many readers have no word."""

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from summit_studio.core.errors import Where, WriteFailed
from summit_studio.core.refusal import Refusal, Refuse, kept_rows
from summit_studio.core.schema import REJECT_COLUMNS, Schema
from summit_studio.nodes.contract import Rows
from summit_studio.nodes.params import Editor, param
from summit_studio.nodes.parts.output import FileParams

if TYPE_CHECKING:
    import pyarrow as pa

NUMBERS = Rows({"x": "DOUBLE"}, [(1.5,), ("inf",)])
"""What the examples of these sinks are given."""

REJECTED_NUMBERS = Rows(
    {"x": "DOUBLE"} | {c.name: c.type for c in REJECT_COLUMNS},
    [("inf", "value_unwritable", "x", "the value holds NaN or an infinity: inf", None)],
)
"""What of it they reject."""

FLOATS = ("DOUBLE", "FLOAT")

_LONGEST = 200
"""Characters of a reason."""

_log = logging.getLogger("summit.sinks")


class NonFiniteParams(FileParams):
    """The field of sinks that meet numbers which are none."""

    non_finite: Literal["text", "null", "reject"] = param(
        "text",
        doc="What NaN and infinities become: a text that says so (NaN, Infinity), or null; or the "
        "row is rejected. Where none is chosen, a text, and the log says how many there were.",
        keywords=("nan", "inf", "infinity"),
        editor=Editor.CHOICE,
        advanced=True,
    )


class NonFinite:
    """Counts the numbers of batches that are not finite, those inside of lists and structs too.

    Tells which rows cannot be written for them.

    Args:
        params: The sink's params.
        schema: The columns of the batches.
    """

    def __init__(self, params: NonFiniteParams, schema: Schema) -> None:
        self._params = params
        self._names = [c.name for c in schema if any(f in c.type for f in FLOATS)]
        self.found = 0

    def sayable(self, batch: "pa.Table", refuse: Refuse | None) -> "pa.Table":
        """Return the rows of a batch that can be written, and give the others to `refuse`.

        Raises:
            WriteFailed: Some cannot, and nobody takes them.
        """
        refusals = self._refusals(batch) if self._params.non_finite == "reject" else []
        if refusals:
            if refuse is None:
                raise self._failure(refusals)
            refuse(batch, refusals)
            batch = kept_rows(batch, refusals)
        for name in self._names:
            self.found += _odd(batch.column(name))
        return batch

    def counts(self) -> dict[str, int]:
        """Return the count for the run's report, and say it where nobody chose what happens."""
        if self.found and "non_finite" not in self._params.model_fields_set:
            _log.warning(
                "Wrote %d values that are NaN or an infinity as text to %s. Choose 'non_finite'.",
                self.found,
                self._params.path,
            )
        return {"not_finite": self.found} if self.found else {}

    def _refusals(self, batch: "pa.Table") -> list[Refusal]:
        found: dict[int, Refusal] = {}
        for name in self._names:
            column = batch.column(name)
            if not _odd(column):
                continue
            for row in range(batch.num_rows):
                if _odd(column.slice(row, 1)):
                    why = f"the value holds NaN or an infinity: {column[row].as_py()}"
                    found.setdefault(row, Refusal(row, "value_unwritable", why[:_LONGEST], name))
        return [found[row] for row in sorted(found)]

    def _failure(self, refusals: Sequence[Refusal]) -> WriteFailed:
        more = f", and {len(refusals) - 1:,} more rows are alike" if len(refusals) > 1 else ""
        return WriteFailed(
            f"Cannot write {self._params.path}",
            why=refusals[0].reason + more,
            do="connect the rejected port of this sink to put such rows aside, replace the value "
            "by null before it, or set 'non_finite' to text or null",
            code=refusals[0].code,
            where=Where(column=refusals[0].column),
        )


def _odd(column: "pa.ChunkedArray") -> int:
    """Return how many numbers of a column are not finite."""
    return sum(map(_unsayable, _leaves(column.chunks)))


def _unsayable(values: "pa.Array | pa.ChunkedArray") -> int:
    import pyarrow.compute as pc

    return int(pc.sum(pc.invert(pc.is_finite(values))).as_py() or 0)


def _leaves(arrays: list[Any]) -> Iterator["pa.Array"]:
    """Yield the arrays of floats among arrays, and inside of nested ones."""
    import pyarrow as pa

    kinds = pa.types
    for array in arrays:
        if kinds.is_floating(array.type):
            yield array
        elif kinds.is_struct(array.type):
            yield from _leaves(array.flatten())
        elif kinds.is_map(array.type):
            yield from _leaves([array.keys, array.items])
        elif kinds.is_nested(array.type) and not kinds.is_union(array.type):
            yield from _leaves([array.flatten()])
