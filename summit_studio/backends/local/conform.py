"""Brings a table to exactly the schema that was promised at design time."""

from typing import TYPE_CHECKING

from summit_studio.core.errors import SummitError

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
        return table
    columns = []
    for wanted in promised:
        index = table.schema.get_field_index(wanted.name)
        if index < 0:
            raise SchemaMismatch(
                f"Column '{wanted.name}' is missing",
                why=f"the rows have {', '.join(table.schema.names) or 'no columns'}",
                do="look at the source again, so that its columns are read anew",
            )
        column = table.column(index)
        try:
            columns.append(column if column.type == wanted.type else column.cast(wanted.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise SchemaMismatch(
                f"Column '{wanted.name}' came as {column.type}, not as {wanted.type}",
                why=str(error),
                do="cast it in a Select columns node",
            ) from None
    return pa.table(columns, schema=promised)
