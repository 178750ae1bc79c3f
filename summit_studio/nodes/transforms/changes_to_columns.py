"""Make plain rows of changes."""

from collections.abc import Iterator, Mapping

from summit_studio.core.changes import KINDS, OP, SEQ
from summit_studio.core.problems import Problem
from summit_studio.core.schema import CHANGE_COLUMNS, HIDDEN, Schema
from summit_studio.core.sql import quote_name, quote_text
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
    visible,
)
from summit_studio.nodes.made import Made, Makes, passed
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import require_new, star

_SCHEMA = {"id": "BIGINT", "name": "VARCHAR"}
_CHANGES = _SCHEMA | {c.name: c.type for c in CHANGE_COLUMNS}


class ChangesToColumnsParams(Params):
    """Params of `changes_to_columns`."""

    operation: str = param(
        "operation",
        doc="The column to add that says what happened: insert, update, delete or truncate.",
        keywords=("op", "op_column", "change_type"),
        editor=Editor.TEXT,
    )
    sequence: str = param(
        "",
        doc="The column to add that says in which order it happened; empty adds none. It is null "
        "where the source does not number its changes.",
        keywords=("order", "lsn", "position"),
        editor=Editor.TEXT,
    )


class ChangesToColumns(RelationalNode[ChangesToColumnsParams]):
    """Make plain rows of changes, with what happened in a column.

    Each change is one row: a log of what happened, for any sink and any node. Of a delete there is
    the key, of a truncate nothing.
    """

    id = "changes_to_columns"
    title = "Changes to columns"
    category = Category.TRANSFORM
    icon = "changes"
    keywords = ("cdc", "change data capture", "change log", "audit log", "history", "op column")
    params_class = ChangesToColumnsParams
    rowwise = True
    reads_changes = True
    examples = (
        Example(
            "A log of what happened",
            {"sequence": "number"},
            given={"rows": Rows(_CHANGES, [(1, "Ada", 0, 7), (1, None, 2, 8)])},
            expected={
                "rows": Rows(
                    _SCHEMA | {"operation": "VARCHAR", "number": "BIGINT"},
                    [(1, "Ada", "insert", 7), (1, None, "delete", 8)],
                )
            },
        ),
    )

    def summary(self) -> str:
        """Return the columns that are added."""
        return ", ".join(filter(None, (self.params.operation, self.params.sequence)))

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield that no changes come."""
        del context
        if not all(is_changes(schema) for schema in inputs["rows"]):
            yield self.problem(
                "no_changes",
                "There are no changes to make columns of",
                why="what comes in are plain rows",
                do="take this node out, or put Columns to changes before it",
            )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's columns and the added ones."""
        (schema,) = inputs["rows"]
        taken = list(schema.names)
        for field_name in ("operation", "sequence"):
            name = getattr(self.params, field_name)
            if name or field_name == "operation":
                require_new(name, taken, field_name)
                taken.append(name)
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the input's columns, and those that are added."""
        (schema,) = inputs["rows"]
        added = [Made(self.params.operation, (), "what happened", "operation")]
        if self.params.sequence:
            added.append(Made(self.params.sequence, (), "the order of changes", "sequence"))
        return {
            **super().made(inputs, outputs),
            "rows": (*passed(visible(schema), "rows"), *added),
        }

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the rows with what happened."""
        (rows,) = inputs["rows"]
        comes = {name: name if name in rows.schema else "NULL" for name in (OP, SEQ)}
        arms = " ".join(f"WHEN {i} THEN {quote_text(kind)}" for i, kind in enumerate(KINDS))
        added = f"CASE {comes[OP]} {arms} END AS {quote_name(self.params.operation)}"
        if self.params.sequence:
            added += f", {comes[SEQ]}::BIGINT AS {quote_name(self.params.sequence)}"
        query = f"SELECT {_kept(rows.schema)}{added}{_further(rows.schema)} FROM {rows.table}"
        return Relation(ports={"rows": query}, fast=query)


def _kept(schema: Schema) -> str:
    columns = visible(schema)
    return f"{star(columns)}, " if columns.names else ""


def _further(schema: Schema) -> str:
    """Return what goes on beside the columns that people see."""
    names = (c.name for c in schema if c.name.startswith(HIDDEN) and c.name not in {OP, SEQ})
    return "".join(f", {quote_name(name)}" for name in names)
