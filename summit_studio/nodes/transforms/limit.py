"""Keep the first rows."""

from collections.abc import Mapping
from typing import ClassVar

from summit_studio.nodes.contract import (
    Category,
    Example,
    Input,
    Relation,
    RelationalNode,
    Rows,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import star

_SCHEMA = {"id": "BIGINT"}


class LimitParams(Params):
    """Params of `limit`."""

    rows: int = param(
        1000,
        doc="How many rows to keep.",
        keywords=("n", "count", "limit", "head", "top", "take", "number", "first"),
        editor=Editor.NUMBER,
        unit="rows",
        minimum=0,
    )
    skip: int = param(
        0,
        doc="How many rows to leave out before.",
        keywords=("offset", "start"),
        editor=Editor.NUMBER,
        unit="rows",
        minimum=0,
        advanced=True,
    )


class Limit(RelationalNode[LimitParams]):
    """Keep the first rows and leave out the rest."""

    id = "limit"
    title = "Limit rows"
    category = Category.TRANSFORM
    icon = "limit"
    keywords = (
        "top n", "first rows", "head", "take", "row limit", "sample rows", "skip", "offset",
        "fetch", "nlargest",
    )  # fmt: skip
    params_class = LimitParams
    passes = ("rows",)
    origins: ClassVar[Mapping[str, str]] = {"rows": "rows"}
    conserves = False
    examples = (
        Example(
            "The first two rows",
            {"rows": 2},
            given={"rows": Rows(_SCHEMA, [(3,), (None,), (1,)])},
            expected={"rows": Rows(_SCHEMA, [(3,), (None,)])},
        ),
        Example(
            "Two rows after the first two, as far as there are any",
            {"rows": 2, "skip": 2},
            given={"rows": Rows(_SCHEMA, [(3,), (None,), (1,)])},
            expected={"rows": Rows(_SCHEMA, [(1,)])},
        ),
    )

    def summary(self) -> str:
        """Return the number of rows."""
        after = f" after {self.params.skip:,}" if self.params.skip else ""
        return f"first {self.params.rows:,} rows{after}"

    def expected(self, rows_in: Mapping[str, int]) -> Mapping[str, int]:
        """Return as many rows as are wanted and there."""
        left = max(rows_in.get("rows", 0) - self.params.skip, 0)
        return {"rows": min(left, self.params.rows)}

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the rows kept, in input order."""
        (rows,) = inputs["rows"]
        window = f"LIMIT {self.params.rows} OFFSET {self.params.skip}"
        return Relation(ports={"rows": f"SELECT {star(rows.schema)} FROM {rows.table} {window}"})
