"""Read the result of a database query."""

from typing import TYPE_CHECKING

from summit_studio.connectors.names import is_query
from summit_studio.connectors.selection import Selection
from summit_studio.core.bound import BoundSql
from summit_studio.core.errors import InvalidParams
from summit_studio.core.schema import Schema, carried
from summit_studio.nodes.contract import (
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Rows,
    RunContext,
    SourceNode,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.database_reader import (
    SAMPLE,
    DatabaseReader,
    bound_here,
    described,
    same_file,
    sample_files,
)
from summit_studio.nodes.parts.fields import at_field
from summit_studio.nodes.targets import Target, table_target, tables_in

if TYPE_CHECKING:
    from summit_studio.workspace.workspace import Workspace


class QuerySourceParams(Params):
    """Params of `query_source`."""

    connection: str = param(
        doc="The database, by connection.",
        keywords=("database", "db", "con", "dsn", "url"),
        editor=Editor.CONNECTION,
    )
    query: BoundSql = param(
        doc="A query in the words of that database; it runs read-only. Parameters of the pipeline "
        "are bound as what they are: WHERE updated_at >= ${since}.",
        keywords=("sql", "statement"),
        editor=Editor.DATABASE_SQL,
        placeholder="SELECT id, name FROM customers WHERE active",
    )


class QuerySource(SourceNode[QuerySourceParams]):
    """Read the rows that a query in a database's own SQL gives."""

    id = "query_source"
    title = "Read query"
    icon = "sql"
    keywords = (
        "database query", "read sql query", "db query reader", "select", "postgres", "sqlite",
        "duckdb",
    )  # fmt: skip
    params_class = QuerySourceParams
    can_reject = True
    raw_rejects = True
    examples = (
        Example(
            "Customers whose city is known",
            {
                "connection": "shop",
                "query": "SELECT id, name, city FROM customers WHERE city IS NOT NULL",
            },
            expected={"rows": Rows(SAMPLE, [(1, "Ada", "London")])},
            files=sample_files(),
        ),
    )

    def summary(self) -> str:
        """Return the query on one line, and the connection."""
        return f"{' '.join(self.params.query.split())} · {self.params.connection}"

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the query's columns, or nothing where the database may not be asked.

        Raises:
            InvalidParams: It is no query.
            SummitError: The connection is missing, or the database refuses the query.
        """
        del inputs
        if not is_query(self.params.query):
            raise InvalidParams(
                "This is not a query" if self.params.query.strip() else "No query is written",
                why="it must begin with SELECT, WITH, VALUES, FROM or TABLE",
                do="write one query that gives rows",
                code="query_invalid",
                where=self.place("query"),
            )
        with at_field("connection"):
            connection = context.workspace.connection(self.params.connection)
        with at_field("query"):
            selection = self._selection()
            schema = described(connection, context, query=self.params.query, selection=selection)
        return {} if schema is None else {"rows": carried(schema)}

    def _selection(self) -> Selection | None:
        """Return the values of the query."""
        query = bound_here(self.params.query)
        return Selection(query) if query.names else None

    def reads_from(self, target: Target, workspace: "Workspace") -> bool:
        """Return True if the connection leads to the same file."""
        return same_file(self.params.connection, target, workspace)

    def reads(self, target: Target, workspace: "Workspace") -> bool:
        """Return True if the query seems to name the table."""
        found = tables_in(self.params.query)
        return any(target == table_target(workspace, self.params.connection, t) for t in found)

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Open the database."""
        return DatabaseReader(
            self.params.connection, self.params.query, "query", schema, context,
            selection=self._selection(),
        )  # fmt: skip
