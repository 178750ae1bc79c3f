"""Brings a table to exactly the schema that was promised at design time."""

from typing import TYPE_CHECKING

from summit_studio.core.arrow import exact
from summit_studio.core.errors import SummitError
from summit_studio.core.schema import AT

if TYPE_CHECKING:
    import pyarrow as pa


class SchemaMismatch(SummitError):
    """Rows came with other columns or types than promised. Permanent."""

    code = "schema_mismatch"


def conform(table: "pa.Table", promised: "pa.Schema") -> "pa.Table":
    """Return `table` with the promised columns, order and types; extra columns go.

    Raises:
        SchemaMismatch: A column is missing, or a value does not fit the promised type.
    """
    import pyarrow as pa

    if table.schema.equals(promised):
        return _whole(table)
    columns = []
    for wanted in promised:
        index = table.schema.get_field_index(wanted.name)
        if index < 0 and wanted.name == AT:
            # Lost by a node that does not pass it on: where the rows came from is then unknown.
            columns.append(pa.chunked_array([pa.nulls(table.num_rows, wanted.type)]))
            continue
        if index < 0:
            raise SchemaMismatch(
                f"Column '{wanted.name}' is missing",
                why=f"the rows have {', '.join(table.schema.names) or 'no columns'}",
                do="look at the source again, so that its columns are read anew",
            )
        column = table.column(index)
        try:
            columns.append(column if column.type == wanted.type else exact(column, wanted.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise SchemaMismatch(
                f"Column '{wanted.name}' came as {column.type}, not as {wanted.type}",
                why=str(error),
                do="cast it in a Select columns node",
            ) from None
    return _whole(pa.table(columns, schema=promised))


def _whole(table: "pa.Table") -> "pa.Table":
    """Return `table` with its structs copied where they are a part cut out of others.

    DuckDB refuses to read such a part, and readers and people's code cut tables at will.
    """
    import pyarrow as pa

    structs = [i for i, field in enumerate(table.schema) if _holds_struct(field.type)]
    if not structs:
        return table
    # Columns in chunks of different lengths are cut as well, once they are read as batches.
    batches = [_copied(batch, structs) for batch in table.to_batches()]
    return pa.Table.from_batches(batches, table.schema)


def _copied(batch: "pa.RecordBatch", columns: list[int]) -> "pa.RecordBatch":
    import pyarrow as pa

    for index in columns:
        array = batch.column(index)
        if array.offset:
            batch = batch.set_column(index, batch.schema.field(index), pa.concat_arrays([array]))
    return batch


def _holds_struct(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind) or pa.types.is_union(kind):
        return True
    return any(_holds_struct(kind.field(i).type) for i in range(kind.num_fields))
