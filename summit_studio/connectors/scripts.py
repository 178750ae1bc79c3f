"""Statements of a person's own that run in the transaction of a table's rows."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from summit_studio.core.errors import InvalidExpression

_CONTROL: Final = frozenset({"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT"})
_LONG_CONTROL: Final = ("PREPARE", "TRANSACTION")


@dataclass(frozen=True, slots=True)
class Scripts:
    """What runs around the rows of a load, once a load.

    Args:
        before: Statements that run before the first row goes in.
        after: Statements that run once the last is in, before the COMMIT.
        begins: True if the transaction is the first of the load that readers see.
    """

    before: str = ""
    after: str = ""
    begins: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a script.

    Args:
        number: Its place, from 1.
        line: The line of the script on which it begins, from 1.
        text: Without the semicolon.
    """

    number: int
    line: int
    text: str


def dialect_of(kind: str) -> tuple[str, Callable[[str], bool]]:
    """Return what `statements` needs to know of a kind of database.

    Within a trigger of SQLite statements end with semicolons of their own.
    """
    import sqlite3

    return kind, sqlite3.complete_statement if kind == "sqlite" else lambda _: True


def statements(
    script: str, dialect: str, whole: Callable[[str], bool] = lambda _: True
) -> Iterator[Statement]:
    """Yield the statements of a script.

    Args:
        script: Statements in a database's own words, with semicolons between them.
        dialect: Whose words they are, as sqlglot calls it.
        whole: Tells of a text that ends with a semicolon whether that is its last.

    Raises:
        InvalidExpression: A text or comment has no end (`script_invalid`), or a statement would end
            the transaction (`transaction_control`). The message says on which line.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError
    from sqlglot.tokenizer_core import Token, TokenType

    try:
        tokens = sqlglot.tokenize(script, read=dialect)
    except SqlglotError as error:
        raise InvalidExpression(
            "Cannot tell the statements apart",
            why=str(error).partition("\n")[0],
            do="close the text or comment that is open",
            code="script_invalid",
        ) from None
    found: list[Token] = []
    number = 0
    for token in (*tokens, None):
        ends = token is None or (
            token.token_type is TokenType.SEMICOLON
            and (not found or whole(script[found[0].start : token.end + 1]))
        )
        if not ends:
            assert token is not None  # noqa: S101 - the end of the script ends a statement
            found.append(token)
        elif found:
            number += 1
            line = script.count("\n", 0, found[0].start) + 1
            made = Statement(number, line, script[found[0].start : found[-1].end + 1])
            words = tuple(re.findall(r"\w+", made.text.upper())[:2]) or ("",)
            if words[0] in _CONTROL or words == _LONG_CONTROL:
                raise ends_transaction(made)
            yield made
            found = []


def ends_transaction(statement: Statement) -> InvalidExpression:
    """Return the error about a statement that would end the transaction of the rows."""
    word = statement.text.split(maxsplit=1)[0].upper()
    return InvalidExpression(
        f"Statement {statement.number} on line {statement.line} would end the transaction",
        why=f"it is {word}, and the statements commit together with the rows, or not at all",
        do="take it out",
        code="transaction_control",
    )
