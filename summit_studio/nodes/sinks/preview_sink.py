"""Look at rows without writing them."""

from typing import TYPE_CHECKING

from summit_studio.core.schema import Schema
from summit_studio.nodes.contract import (
    Delivery,
    Example,
    Published,
    Rows,
    RunContext,
    SinkNode,
    Writer,
)
from summit_studio.nodes.params import Params

if TYPE_CHECKING:
    import pyarrow as pa


class PreviewSinkParams(Params):
    """`preview_sink` has no params."""


class PreviewSink(SinkNode[PreviewSinkParams]):
    """Count the rows and write nothing: an end for pipelines still being drawn."""

    id = "preview_sink"
    title = "Preview only"
    icon = "preview"
    keywords = ("browse", "view", "look", "dummy", "nothing", "discard", "end", "null")
    params_class = PreviewSinkParams
    delivery = Delivery.NONE
    keeps_rows = False
    examples = (
        Example("Rows are only counted", {}, given={"rows": Rows({"id": "BIGINT"}, [(1,), (2,)])}),
    )

    def summary(self) -> str:
        """Return what happens."""
        return "writes nothing"

    def open(self, schema: Schema, context: RunContext) -> Writer:
        """Return a counter."""
        del schema, context
        return _Counter()


class _Counter(Writer):
    def __init__(self) -> None:
        self._rows = 0

    def write(self, batch: "pa.Table") -> None:
        """Count."""
        self._rows += batch.num_rows

    def prepare(self) -> int | None:
        """Do nothing: nobody else counts."""
        return None

    def commit(self, epoch: int) -> Published:
        """Return the count."""
        del epoch
        return Published("nowhere", self._rows)

    def abort(self) -> None:
        """Do nothing."""
