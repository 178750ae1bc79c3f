"""Names and texts as SQL: the only place that puts quotes around anything."""

from summit_studio.core.errors import InvalidExpression


def quote_name(name: str) -> str:
    """Return `name` as a quoted SQL identifier.

    Raises:
        InvalidExpression: The name is empty or holds a NUL or half a surrogate pair.
    """
    if not name:
        raise InvalidExpression("Cannot use an empty name", do="give the column or table a name")
    _check(name, "name")
    return '"' + name.replace('"', '""') + '"'


def quote_text(value: str) -> str:
    """Return `value` as an SQL string literal.

    Raises:
        InvalidExpression: The text holds a NUL or half a surrogate pair.
    """
    _check(value, "text")
    return "'" + value.replace("'", "''") + "'"


def _check(text: str, what: str) -> None:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise InvalidExpression(
            f"Cannot use this {what}",
            why="it holds a NUL character or half a surrogate pair, which SQL cannot carry",
            do="take the character out",
        )
