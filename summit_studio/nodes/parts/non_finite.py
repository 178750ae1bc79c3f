"""What sinks of text do with NaN and infinity, for which many readers have no word."""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from summit_studio.core.errors import Where, WriteFailed
from summit_studio.core.schema import Schema
from summit_studio.nodes.params import Editor, param
from summit_studio.nodes.parts.output import FileParams

if TYPE_CHECKING:
    import pyarrow as pa

FLOATS = ("DOUBLE", "FLOAT")

_log = logging.getLogger("summit.sinks")


class NonFiniteParams(FileParams):
    """The field of sinks that meet numbers which are none."""

    non_finite: Literal["text", "null", "fail"] = param(
        "text",
        doc="What NaN and infinities become: a text that says so (NaN, Infinity), null, or the end "
        "of the run. Where none is chosen, a text, and the log says how many there were.",
        keywords=("nan", "inf", "infinity"),
        editor=Editor.CHOICE,
        advanced=True,
    )


class NonFinite:
    """Counts the numbers of batches that are not finite, those inside of lists and structs too.

    Args:
        params: The sink's params.
        schema: The columns of the batches.
    """

    def __init__(self, params: NonFiniteParams, schema: Schema) -> None:
        self._params = params
        self._names = [c.name for c in schema if any(f in c.type for f in FLOATS)]
        self.found = 0

    def see(self, batch: "pa.Table") -> None:
        """Take the rows of a batch into account.

        Raises:
            WriteFailed: A number is not finite, where that is refused.
        """
        for name in self._names:
            found = sum(map(_unsayable, _leaves(batch.column(name).chunks)))
            if found and self._params.non_finite == "fail":
                raise self._refused(name, f"{found} of its values are NaN or an infinity")
            self.found += found

    def counts(self) -> dict[str, int]:
        """Return the count for the run's report, and say it where nobody chose what happens."""
        if self.found and "non_finite" not in self._params.model_fields_set:
            _log.warning(
                "Wrote %d values that are NaN or an infinity as text to %s. Choose 'non_finite'.",
                self.found,
                self._params.path,
            )
        return {"not_finite": self.found} if self.found else {}

    def _refused(self, name: str, why: str) -> WriteFailed:
        return WriteFailed(
            f"Cannot write {self._params.path}",
            why=why,
            do="replace it by null before this node, or set 'non_finite' to text or null",
            code="value_unwritable",
            where=Where(column=name),
        )


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
