"""Names in SQL: quoting, `schema.table`, and telling a table from a query."""

import re
from dataclasses import dataclass

from summit_studio.core.errors import ReadFailed
from summit_studio.core.sql import quote_name

_PART = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^".\s][^".]*?))\s*(?:\.|$)')
_COMMENTS = re.compile(r"\s*(?:--[^\n]*(?:\n|$)|/\*.*?\*/)", re.DOTALL)
_TOKENS = re.compile(
    r"""(?P<gap>\s+|--[^\n]*|/\*.*?\*/)|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$).*?\2|[^\s;'"$/-]+|.""",
    re.DOTALL,
)
"""Blanks and comments; texts, names and dollar quotes whole; words; single characters."""
_QUERY = re.compile(r"(SELECT|WITH|VALUES|FROM|TABLE)[\s(\"'*]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableName:
    """A table and, where the database has them, its schema."""

    schema: str | None
    table: str

    @classmethod
    def parse(cls, text: str) -> "TableName":
        """Return the name written as `table`, `schema.table`, or with parts in double quotes.

        Raises:
            ReadFailed: The text is empty or has more than two parts.
        """
        parts: list[str] = []
        at = 0
        while at < len(text):
            match = _PART.match(text, at)
            if match is None:
                break
            parts.append((match[1] or "").replace('""', '"') or match[2])
            at = match.end()
        if at < len(text) or len(parts) not in {1, 2} or text.rstrip().endswith("."):
            raise ReadFailed(
                f"Cannot understand the table name '{text}'",
                why="it is not of the form table or schema.table",
                do='put a name with a dot in it in double quotes: public."my.table"',
                code="table_name_invalid",
            )
        return cls(parts[-2] if parts[:-1] else None, parts[-1])

    def __str__(self) -> str:
        return ".".join(_shown(part) for part in (self.schema, self.table) if part)

    @property
    def sql(self) -> str:
        """The name, quoted for SQL."""
        return ".".join(quote_name(part) for part in (self.schema, self.table) if part)

    def sibling(self, table: str) -> "TableName":
        """Return another table of the same schema."""
        return TableName(self.schema, table)


@dataclass(frozen=True, slots=True)
class Listed:
    """A table or view, as the catalogue of its database lists it."""

    name: TableName
    view: bool = False


def _shown(part: str) -> str:
    return quote_name(part) if re.search(r'[".\s]', part) else part


def is_query(text: str) -> bool:
    """Return True if `text` is a query and not the name of a table."""
    rest = text
    while True:
        comment = _COMMENTS.match(rest)
        if comment is None:
            break
        rest = rest[comment.end() :]
    return _QUERY.match(rest.lstrip(" \t\r\n(")) is not None


def one_query(text: str) -> str:
    """Return a query without the semicolons that end it, and what comments stand behind them."""
    end = len(text)
    tokens = list(_TOKENS.finditer(text))
    while tokens and (tokens[-1]["gap"] or tokens[-1][0] == ";"):
        token = tokens.pop()
        end = token.start() if token[0] == ";" else end
    return text[:end].strip()


@dataclass(frozen=True, slots=True)
class Relation:
    """What is read: a table, or a query of the user's; all of it, or what a condition leaves."""

    table: TableName | None
    query: str | None = None
    condition: str = ""

    @classmethod
    def of(cls, query_or_table: str) -> "Relation":
        """Return the relation that `query_or_table` speaks of."""
        if not is_query(query_or_table):
            return cls(TableName.parse(query_or_table))
        return cls(None, one_query(query_or_table))

    @classmethod
    def one_of(cls, table: str | None, query: str | None) -> "Relation":
        """Return the relation given as either `table` or `query`."""
        if (table is None) == (query is None):
            raise ValueError("Give either a table or a query.")
        if query is not None:
            return cls(None, one_query(query))
        return cls(TableName.parse(table or ""))

    @property
    def sql(self) -> str:
        """What stands after FROM. The line break ends a comment at the end of the query."""
        whole = self.table.sql if self.table is not None else f"({self.query}\n) AS summit_query"
        if not self.condition:
            return whole
        return f"(SELECT * FROM {whole} WHERE {self.condition}) AS summit_part"

    @property
    def label(self) -> str:
        """How messages call it."""
        return f"table {self.table}" if self.table is not None else "the query"
