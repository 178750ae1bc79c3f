"""Read rows as changes."""

from collections.abc import Mapping
from dataclasses import replace

from summit_studio.core.changes import DELETE, KINDS, OP, SEQ, Changes, Kind
from summit_studio.core.errors import InvalidParams, Where
from summit_studio.core.schema import REJECT_COLUMNS, Schema
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
    hidden,
    is_changes,
    visible,
)
from summit_studio.nodes.made import Made, Makes, Read
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import require, require_new, require_some
from summit_studio.nodes.parts.queries import rejects

_SCHEMA = {"op": "VARCHAR", "id": "BIGINT", "name": "VARCHAR"}
_WHOLE = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
)


class ColumnsToChangesParams(Params):
    """Params of `columns_to_changes`."""

    keys: tuple[str, ...] = param(
        doc="The columns by which a row of the source is found; a change without a value in one of "
        "them is rejected.",
        keywords=("key", "primary_key", "unique_key", "by"),
        editor=Editor.COLUMNS,
    )
    operation: str = param(
        "op",
        doc="The column that says what happened. It does not go on.",
        keywords=("op", "op_column", "change_type", "action", "kind"),
        editor=Editor.COLUMN,
    )
    sequence: str = param(
        "",
        doc="The column, of whole numbers, that says in which order changes happened; without it "
        "they did so in the order in which they come.",
        keywords=("order", "lsn", "position", "version", "sequence_by"),
        editor=Editor.COLUMN,
    )
    inserts: str = param(
        "insert, i, c, r",
        doc="The words for an insert, with commas between them; letter case does not matter.",
        advanced=True,
    )
    updates: str = param("update, u", doc="The words for an update.", advanced=True)
    deletes: str = param("delete, d", doc="The words for a delete.", advanced=True)
    truncates: str = param(
        "truncate, t", doc="The words for a truncate, which deletes all rows.", advanced=True
    )


class ColumnsToChanges(RelationalNode[ColumnsToChangesParams]):
    """Read each row as a change: an insert, an update, a delete or a truncate.

    What comes behind carries changes: deletes go past expressions with their key, and a sink that
    finds rows by a key carries them out. Of a delete only the key is read, of a truncate nothing.
    """

    id = "columns_to_changes"
    title = "Columns to changes"
    category = Category.TRANSFORM
    icon = "changes"
    keywords = (
        "cdc", "change data capture", "debezium", "op column", "operation",
        "tombstone", "change log",
    )  # fmt: skip
    params_class = ColumnsToChangesParams
    can_reject = True
    rowwise = True
    reads_changes = True
    examples = (
        Example(
            "What happened stands in the column op; a word that nobody knows is rejected",
            {"keys": ["id"]},
            given={
                "rows": Rows(
                    _SCHEMA, [("c", 1, "Ada"), ("U", 1, "Ada L."), ("d", 1, None), ("x", 2, "Alan")]
                )
            },
            expected={
                "rows": Rows(
                    {"id": "BIGINT", "name": "VARCHAR"}, [(1, "Ada"), (1, "Ada L."), (1, None)]
                ),
                "rejected": Rows(
                    _SCHEMA | {c.name: c.type for c in REJECT_COLUMNS},
                    [
                        ("x", 2, "Alan", "operation_unknown", "op",
                         "Column 'op' says 'x', which is none of the words for a change.", None),
                    ],
                ),
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the column that says what happened, and the key."""
        return f"{self.params.operation} · by {', '.join(self.params.keys)}"

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's columns without the one that says what happened, as changes."""
        (schema,) = inputs["rows"]
        require_some(self.params.keys, "keys", "There is no key", "choose the columns of the key")
        if is_changes(schema):
            raise InvalidParams(
                "The rows are changes already",
                why="what comes in says what happened by itself",
                do="take this node out",
                code="changes_twice",
            )
        keys = self._keys(schema)
        operation = require(schema, self.params.operation, "operation")
        for index, name in enumerate(keys):
            require_new(name, [operation.name, *keys[:index]], f"keys.{index}")
        if self.params.sequence:
            column = require(schema, self.params.sequence, "sequence")
            if column.type not in _WHOLE:
                raise InvalidParams(
                    f"'{column.name}' does not tell the order of changes",
                    why=f"it is {column.type}",
                    do="choose a column of whole numbers, or cast it before",
                    code="type_unfit",
                    where=Where(param="sequence"),
                )
        kinds = self._words()
        outputs = dict(super().infer(inputs, context))
        changes = Changes(tuple(keys), frozenset(kinds[word] for word in kinds))
        return outputs | {"rows": replace(outputs["rows"], changes=changes)}

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the input's columns but for the one that says what happened."""
        (schema,) = inputs["rows"]
        found = (Made(name, (Read("rows", name),)) for name in self._kept(visible(schema)))
        return {**super().made(inputs, outputs), "rows": tuple(found)}

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the changes, and the rows that are none."""
        (rows,) = inputs["rows"]
        schema = rows.schema
        operation = quote_name(require(schema, self.params.operation, "operation").name)
        keys = self._keys(schema)
        arms = " ".join(
            f"WHEN {quote_text(word)} THEN {KINDS.index(kind)}"
            for word, kind in self._words().items()
        )
        number = f"CASE lower(trim({operation}::VARCHAR)) {arms} END"
        keyless = " OR ".join(f"{quote_name(key)} IS NULL" for key in keys)
        known = f"{number} IS NOT NULL AND ({number} > {DELETE} OR NOT ({keyless}))"
        parts = []
        for name in self._kept(visible(schema)):
            last = DELETE if name in keys else DELETE - 1
            quoted = quote_name(name)
            parts.append(f"CASE WHEN {number} <= {last} THEN {quoted} END AS {quoted}")
        parts += [quote_name(column.name) for column in hidden(schema)]
        sequence = quote_name(self.params.sequence) if self.params.sequence else "NULL"
        parts += [f"({number})::UTINYINT AS {OP}", f"{sequence}::BIGINT AS {SEQ}"]
        unknown = f"coalesce('''' || {operation}::VARCHAR || '''', 'nothing')"
        said = quote_text(f"Column '{self.params.operation}' says ")
        first = "CASE " + " ".join(
            f"WHEN {quote_name(key)} IS NULL THEN {quote_text(key)}" for key in keys
        )
        query = f"SELECT {', '.join(parts)} FROM {rows.table} WHERE {known}"
        return Relation(
            ports={
                "rows": query,
                "rejected": rejects(
                    rows,
                    f"({known}) IS NOT TRUE",
                    code=f"CASE WHEN {number} IS NULL THEN 'operation_unknown' ELSE 'key_null' END",
                    column=f"CASE WHEN {number} IS NULL THEN {quote_text(self.params.operation)}"
                    f" ELSE {first} END END",
                    reason=f"CASE WHEN {number} IS NULL THEN {said} || {unknown} || "
                    "', which is none of the words for a change.'"
                    " ELSE 'A change has no value in its key.' END",
                ),
            },
            fast=query,
            filters=("rejected",),
        )

    def _keys(self, schema: Schema) -> list[str]:
        found = enumerate(self.params.keys)
        return [require(schema, name, f"keys.{index}").name for index, name in found]

    def _kept(self, schema: Schema) -> list[str]:
        operation = self.params.operation.casefold()
        return [name for name in schema.names if name.casefold() != operation]

    def _words(self) -> dict[str, Kind]:
        """Return what each word means.

        Raises:
            InvalidParams: One means two things.
        """
        found: dict[str, Kind] = {}
        for kind in KINDS:
            field = f"{kind}s"
            for word in getattr(self.params, field).split(","):
                said = word.strip().lower()
                if said in found and found[said] != kind:
                    raise InvalidParams(
                        f"'{said}' means both {found[said]} and {kind}",
                        do="name each word once",
                        code="word_twice",
                        where=Where(param=field),
                    )
                if said:
                    found[said] = kind
        return found
