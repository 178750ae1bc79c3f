"""Changes on their way: deletes go past the expressions of a node, inserts and updates through it.

A delete knows the key of its row and nothing else, so that no expression may see it. A row that a
node leaves out becomes the delete of its key: what stands in the target is then no longer wanted.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from summit_studio.backends.local.conform import conform
from summit_studio.core.changes import DELETE, OP, SEQ
from summit_studio.core.schema import CHANGE_COLUMNS, Schema, to_arrow
from summit_studio.core.sql import quote_name
from summit_studio.nodes.contract import RelationalNode, visible
from summit_studio.planning.changes import past, streamed
from summit_studio.planning.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pyarrow as pa

DELETES = "deletes"
"""The name by which a node's query finds the deletes, of whose rows only the key is asked for."""


def with_change_columns(plan: Plan) -> Plan:
    """Return a plan in whose schemas changes have the columns that say what happened."""
    schemas = {
        ref: replace(schema, columns=(*schema, *CHANGE_COLUMNS)) if schema.changes else schema
        for ref, schema in plan.schemas.items()
    }
    return replace(plan, schemas=schemas)


def has_changes(schema: Schema) -> bool:
    """Return True if rows of a schema, as they are while a pipeline runs, are changes."""
    return OP in schema


class DeleteLane:
    """Takes deletes past one node. Immutable after it is made; called from any thread.

    Within a batch `SEQ` holds the place of each row, by which all of them are put in order again.

    Args:
        node: The node.
        inputs: The schemas that arrive, by port.
        output: What it gives by its first port.
        query: Of that port, over the table `DELETES`; empty where its columns only pass.
    """

    def __init__(
        self,
        node: RelationalNode[Any],
        inputs: "Mapping[str, tuple[Schema, ...]]",
        output: Schema,
        query: str = "",
    ) -> None:
        port = streamed(node)
        assert port is not None  # noqa: S101 - planning lets changes go nowhere else
        shown = {name: tuple(map(visible, schemas)) for name, schemas in inputs.items()}
        way = past(node, port, shown, {node.outputs[0].name: visible(output)})
        self._copied = way.copied
        self._promised = to_arrow(output)
        chosen = ", ".join(map(quote_name, (*way.computed, SEQ)))
        self._computed = way.computed if query else ()
        self._query = f"SELECT {chosen} FROM ({query})"

    @staticmethod
    def part(batch: "pa.Table") -> "tuple[pa.Table, pa.Table]":
        """Return the inserts and updates of a batch, and its other changes."""
        import pyarrow as pa
        import pyarrow.compute as pc

        places = pa.array(range(batch.num_rows), pa.int64())
        placed = batch.set_column(batch.column_names.index(SEQ), SEQ, places)
        through = pc.less(placed.column(OP), DELETE)
        return placed.filter(through), placed.filter(pc.invert(through))

    @staticmethod
    def deletes_of(rows: "pa.Table") -> "pa.Table":
        """Return the deletes that take the place of inserts and updates."""
        import pyarrow as pa

        index = rows.column_names.index(OP)
        return rows.set_column(index, OP, pa.array([DELETE] * rows.num_rows, pa.uint8()))

    def past(self, con: "duckdb.DuckDBPyConnection | None", changes: "pa.Table") -> "pa.Table":
        """Return deletes and the like as they stand behind the node.

        Args:
            con: A locked connection of the calling thread, where the node computes keys.
            changes: With the columns that come to the node.
        """
        import pyarrow as pa

        computed = self._compute(con, changes) if con is not None and self._computed else {}
        columns = []
        for field in self._promised:
            if field.name in computed:
                columns.append(computed[field.name])
                continue
            source = self._copied.get(field.name, field.name)
            held = field.name in self._copied or field.name.startswith("__summit_")
            columns.append(
                changes.column(source) if held else pa.nulls(changes.num_rows, field.type)
            )
        return conform(pa.table(columns, names=self._promised.names), self._promised)

    def joined(self, batch: "pa.Table", *parts: "pa.Table") -> "pa.Table":
        """Return what became of a batch, in its order and with its own `SEQ`."""
        import pyarrow as pa
        import pyarrow.compute as pc

        whole = pa.concat_tables(parts)
        whole = whole.take(pc.sort_indices(whole, sort_keys=[(SEQ, "ascending")]))
        own = batch.column(SEQ).take(whole.column(SEQ))
        return whole.set_column(whole.column_names.index(SEQ), SEQ, own)

    def _compute(
        self, con: "duckdb.DuckDBPyConnection", changes: "pa.Table"
    ) -> "dict[str, pa.ChunkedArray]":
        """Return the columns of keys that the node computes, null where it cannot.

        An insert of such a key was rejected, so that there is nothing to be deleted.
        """
        import duckdb
        import pyarrow as pa
        import pyarrow.compute as pc

        deletes = changes.filter(pc.equal(changes.column(OP), DELETE))
        try:
            found = self._asked(con, deletes)
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            one_by_one = []
            for row in range(deletes.num_rows):
                try:
                    one_by_one.append(self._asked(con, deletes.slice(row, 1)))
                except duckdb.InterruptException:
                    raise
                except duckdb.Error:
                    continue
            found = pa.concat_tables([self._asked(con, deletes.slice(0, 0)), *one_by_one])
        places = pc.index_in(changes.column(SEQ), value_set=found.column(SEQ).combine_chunks())
        return {name: found.column(name).take(places) for name in self._computed}

    def _asked(self, con: "duckdb.DuckDBPyConnection", deletes: "pa.Table") -> "pa.Table":
        con.register(DELETES, deletes)
        try:
            return con.sql(self._query).to_arrow_table()
        finally:
            con.unregister(DELETES)
