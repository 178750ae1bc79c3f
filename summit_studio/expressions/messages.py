"""DuckDB's binding errors as Summit's own, without wrapper names or candidate lists."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.schema import type_label
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.expressions.functions import functions
from summit_studio.expressions.scan import place

_NO_COLUMN = re.compile(
    r'(?:does not have a column named|Referenced table|^Column|column) "([^"]+)"'
)
_NO_FIELD = re.compile(r'Could not find key "([^"]+)" in struct')
_MISFIT = (
    "Cannot compare", "Cannot mix", "Could not convert", "Cannot cast", "Unimplemented type",
    "explicit cast", "same type", "requires", "Conversion",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """DuckDB's error in parts; `position` counts bytes of the whole statement from 0."""

    kind: str
    message: str
    subtype: str = ""
    name: str = ""
    call: str = ""
    entry: str = ""
    position: int | None = None


def read_failure(error: Exception) -> Failure:
    """Take a DuckDB error apart; the connection must give errors as JSON."""
    text = str(error)
    try:
        data = json.loads(text[text.index("{") :])
    except (ValueError, RecursionError):
        return Failure(type(error).__name__, text.partition(": ")[2] or text)
    position = str(data.get("position", ""))
    return Failure(
        kind=str(data.get("exception_type", "")),
        message=str(data.get("exception_message", "")),
        subtype=str(data.get("error_subtype", "")),
        name=str(data.get("name", "")),
        call=str(data.get("call", "")),
        entry=str(data.get("type", "")),
        position=int(position) if position.isdigit() else None,
    )


def explain(
    failure: Failure, text: str, offset: int, known: Collection[str], internal: Collection[str] = ()
) -> InvalidExpression:
    """Return the error a person reads.

    Args:
        failure: What DuckDB said.
        text: The expression or query as written.
        offset: Bytes before `text` in the statement.
        known: Names of the columns that exist.
        internal: Names of our own that must not show.
    """
    where = _where(failure, text, offset)
    missing = _NO_COLUMN.search(failure.message)
    if failure.subtype == "COLUMN_NOT_FOUND" and failure.name:
        return column_missing(failure.name, known, where)
    if failure.subtype == "MISSING_ENTRY" and "Function" in failure.entry:
        return _function_unknown(failure.name, where)
    if failure.subtype == "NO_MATCHING_FUNCTION" and failure.call:
        return _misfit_call(failure, where)
    if failure.kind == "Binder" and missing and "GROUP BY" not in failure.message:
        return column_missing(missing.group(1), known, where)
    if field := _NO_FIELD.search(failure.message):
        return _field_missing(field.group(1), failure.message, where)
    why = _clean(failure.message, internal)
    misfit = any(part in failure.message for part in _MISFIT)
    return InvalidExpression(
        "The types do not fit" if misfit else "The expression cannot be used here",
        why=why + where,
        do="cast one side to the type of the other" if misfit else "change it, or the input",
        code="type_mismatch" if misfit else "expression_invalid",
    )


def column_missing(name: str, known: Collection[str], where: str = "") -> InvalidExpression:
    """Return the error for a column that does not exist."""
    near = did_you_mean(name.rpartition(".")[2], known)
    return InvalidExpression(
        f"There is no column '{name}'",
        why=(f"the input has columns {listing(known)}" if known else "the input has no columns")
        + where,
        do=f"did you mean '{near}'?" if near else "choose a column of the input",
        code="column_missing",
    )


def _field_missing(name: str, message: str, where: str) -> InvalidExpression:
    known = re.findall(r'"([^"]+)"', message.partition("Candidate Entries:")[2])
    near = did_you_mean(name, known)
    return InvalidExpression(
        f"There is no field '{name}'",
        why=(f"the struct has fields such as {listing(known)}" if known else "not in the struct")
        + where,
        do=f"did you mean '{near}'?" if near else "look at the column's type",
        code="column_missing",
    )


def _function_unknown(name: str, where: str) -> InvalidExpression:
    near = did_you_mean(name, functions())
    return InvalidExpression(
        f"There is no function '{name}'",
        why="Summit SQL does not have it" + where,
        do=f"did you mean '{near}'?" if near else "the completion list shows them all",
        code="function_unknown",
    )


def _misfit_call(failure: Failure, where: str) -> InvalidExpression:
    types = [_label(t) for t in _arguments(failure.call)]
    given = " and ".join(types) or "nothing"
    known = functions().get(failure.name)
    named = failure.name.isidentifier()
    return InvalidExpression(
        f"'{failure.name}' does not take {given}",
        why=(f"it is written {known.signature}" if known else "no form of it fits these types")
        + where,
        do="check the count of values and their types, or cast"
        if named
        else "cast the values to types that it takes",
        code="type_mismatch",
    )


def _arguments(call: str) -> list[str]:
    inner = call.partition("(")[2].removesuffix(")")
    parts, depth, word = [], 0, ""
    for char in inner:
        depth += (char in "([") - (char in ")]")
        if char == "," and not depth:
            parts.append(word.strip())
            word = ""
        else:
            word += char
    return [*parts, word.strip()] if word.strip() else parts


def _label(type_name: str) -> str:
    if type_name.endswith("_LITERAL"):
        return {"STRING_LITERAL": "text", "INTEGER_LITERAL": "whole number"}[type_name]
    return "null" if type_name.strip('"') == "NULL" else type_label(type_name)


def _where(failure: Failure, text: str, offset: int) -> str:
    raw = text.encode()
    at = -1 if failure.position is None else failure.position - offset
    if not 0 <= at < len(raw):
        return ""
    return f"; at {place(text, len(raw[:at].decode(errors='replace')))}"


def _clean(message: str, internal: Collection[str]) -> str:
    first = message.split("\n", 1)[0].strip().rstrip("!.")
    for name in internal:
        first = first.replace(f'"{name}"', "the input").replace(name, "the input")
    return first[:300]
