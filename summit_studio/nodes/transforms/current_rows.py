"""Make of changes the rows that are there in the end."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from summit_studio.core.changes import DELETE, OP, SEQ, TRUNCATE
from summit_studio.core.problems import Problem
from summit_studio.core.schema import CHANGE_COLUMNS, Schema
from summit_studio.core.sql import quote_name
from summit_studio.nodes.contract import (
    Category,
    DesignContext,
    Example,
    Input,
    Inputs,
    Outputs,
    Relation,
    RelationalNode,
    Rows,
    is_changes,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import require, star

_SCHEMA = {"id": "BIGINT", "name": "VARCHAR"}
_CHANGES = _SCHEMA | {c.name: c.type for c in CHANGE_COLUMNS}


class CurrentRowsParams(Params):
    """Params of `current_rows`."""

    keys: tuple[str, ...] = param(
        (),
        doc="The columns by which changes of one row are told; none means the key that the changes "
        "come with.",
        keywords=("key", "by", "primary_key"),
        editor=Editor.COLUMNS,
    )


class CurrentRows(RelationalNode[CurrentRowsParams]):
    """Make of changes the rows that are there in the end.

    Of each key the last row stays, and none of one that was deleted last. It waits for all changes,
    and gives rows that any node can take.
    """

    id = "current_rows"
    title = "Current rows"
    category = Category.TRANSFORM
    icon = "changes"
    keywords = (
        "cdc", "change data capture", "latest row", "last state", "materialise",
        "snapshot", "upsert",
    )  # fmt: skip
    params_class = CurrentRowsParams
    reads_changes = True
    conserves = False
    passes = ("rows",)
    origins: ClassVar[Mapping[str, str]] = {"rows": "rows"}
    examples = (
        Example(
            "The last row of each key; a deleted one is gone",
            {"keys": ["id"]},
            given={
                "rows": Rows(
                    _CHANGES,
                    [
                        (1, "Ada", 0, 1), (2, "Alan", 0, 2), (1, "Ada L.", 1, 3), (2, None, 2, 4),
                        (3, "Grace", 0, 5),
                    ],
                )
            },
            expected={"rows": Rows(_SCHEMA, [(1, "Ada L."), (3, "Grace")])},
        ),
        Example(
            "What came before a truncate is gone",
            {"keys": ["id"]},
            given={
                "rows": Rows(
                    _CHANGES,
                    [(1, "Ada", 0, None), (None, None, 3, None), (2, "Alan", 1, None)],
                )
            },
            expected={"rows": Rows(_SCHEMA, [(2, "Alan")])},
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the key."""
        return f"by {', '.join(self.params.keys)}" if self.params.keys else "by the changes' key"

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield that no changes come."""
        del context
        if not all(is_changes(schema) for schema in inputs["rows"]):
            yield self.problem(
                "no_changes",
                "There are no changes to make current rows of",
                why="what comes in are plain rows",
                do="take this node out; Deduplicate keeps the last row of each key",
            )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's columns, as plain rows."""
        (schema,) = inputs["rows"]
        self._keys(schema)
        return super().infer(inputs, context)

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the last row of each key."""
        (rows,) = inputs["rows"]
        schema = rows.schema
        keys = ", ".join(map(quote_name, self._keys(schema)))
        missing = ", ".join(
            f"NULL::{c.type} AS {c.name}" for c in CHANGE_COLUMNS if c.name not in schema
        )
        numbered = f'SELECT *, row_number() OVER () AS "__summit_row" FROM {rows.table}'
        given = f"SELECT *, {missing} FROM ({numbered})" if missing else numbered
        turns = (
            f'(SELECT *, row_number() OVER (ORDER BY {SEQ} NULLS FIRST, "__summit_row")'
            f' AS "__summit_turn" FROM ({given}))'
        )
        since = f'(SELECT coalesce(max("__summit_turn"), 0) FROM {turns} WHERE {OP} = {TRUNCATE})'
        behind = f'{OP} <> {TRUNCATE} AND "__summit_turn" > {since}'
        rank = f'row_number() OVER (PARTITION BY {keys} ORDER BY "__summit_turn" DESC)'
        ranked = f'SELECT *, {rank} AS "__summit_place" FROM {turns} WHERE {behind}'
        last = f'arg_max({OP}, "__summit_turn") AS "__summit_last"'
        groups = f"SELECT {last} FROM {turns} WHERE {behind} GROUP BY {keys}"
        kept = Schema(tuple(c for c in schema if c not in CHANGE_COLUMNS))
        return Relation(
            ports={
                "rows": f'SELECT {star(kept)} FROM ({ranked}) WHERE "__summit_place" = 1'
                f' AND {OP} < {DELETE} ORDER BY "__summit_row"'
            },
            counts={"rows": f'SELECT count(*) FROM ({groups}) WHERE "__summit_last" < {DELETE}'},
        )

    def _keys(self, schema: Schema) -> list[str]:
        if self.params.keys or schema.changes is None:
            named = enumerate(self.params.keys or schema.names[:1])
            return [require(schema, name, f"keys.{index}").name for index, name in named]
        return list(schema.changes.keys)
