"""Checks of fields that node types share: columns that must be there, names, types, places."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator

from summit_studio.core.errors import InvalidExpression, InvalidParams, Remedy, SummitError, Where
from summit_studio.core.schema import HIDDEN, NUMERIC, VARCHAR, Column, Schema, base_type
from summit_studio.core.sql import quote_name
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.expressions.guard import guard_type

if TYPE_CHECKING:
    from summit_studio.expressions.binder import Binder


def _type_shape(text: str) -> str:
    """Return `text` if nothing but a type can be meant by it, whatever stands around it in SQL."""
    if not text.strip():
        return ""
    try:
        return guard_type(text.strip())
    except InvalidExpression as error:
        raise ValueError(f"{error.what}; {error.do}") from None


TypeName = Annotated[str, AfterValidator(_type_shape)]
"""A type name that is safe to stand in a cast, or empty; `known_type` gives its canonical form."""


@contextmanager
def at_field(name: str) -> Iterator[None]:
    """Name the field `name` as the place of any error raised inside that has none."""
    try:
        yield
    except SummitError as error:
        error.at(param=name)
        raise


def require(schema: Schema, name: str, field_name: str, port: str = "rows") -> Column:
    """Return the column called `name`, letter case aside.

    Raises:
        InvalidParams: There is none (`column_missing`), or no name was given (`column_empty`).
    """
    found = schema.find(name)
    if found is not None:
        return found
    if not name.strip():
        raise InvalidParams(
            "No column is chosen",
            why=f"input '{port}' has columns {listing(schema.names)}",
            do=f"choose one of the columns of input '{port}'",
            code="column_empty",
            where=Where(param=field_name),
        )
    near = did_you_mean(name, schema.names)
    raise InvalidParams(
        f"Cannot find the column '{name}'",
        why=f"input '{port}' has columns {listing(schema.names) or 'none'}",
        do=f"choose '{near}', or connect an input that provides '{name}'"
        if near
        else f"choose one of the columns of input '{port}', or connect one that provides '{name}'",
        code="column_missing",
        where=Where(param=field_name),
        remedies=(Remedy(f"Use '{near}'", near),) if near else (),
    )


def require_new(name: str, taken: Iterable[str], field_name: str) -> None:
    """Refuse a name for an output column that is empty, hidden, or among `taken`.

    Raises:
        InvalidParams: With code `name_invalid` or `name_taken`.
    """
    if not name.strip() or name.startswith(HIDDEN):
        raise InvalidParams(
            f"'{name}' cannot name a column",
            why="names beginning with __summit_ are the engine's"
            if name.strip()
            else "it is empty",
            do="write another name",
            code="name_invalid",
            where=Where(param=field_name),
        )
    folded = name.casefold()
    if any(folded == other.casefold() for other in taken):
        raise InvalidParams(
            f"Two output columns would be called '{name}'",
            why="names are told apart without regard to letter case",
            do="write another name, or leave one of the two out",
            code="name_taken",
            where=Where(param=field_name),
        )


def require_some(items: Iterable[object], field_name: str, what: str, do: str) -> None:
    """Refuse an empty list of entries.

    Raises:
        InvalidParams: With code `entries_missing`.
    """
    if not any(True for _ in items):
        raise InvalidParams(what, do=do, code="entries_missing", where=Where(param=field_name))


def known_type(text: str, binder: "Binder", field_name: str) -> str:
    """Return the canonical name of the type written as `text`.

    Raises:
        InvalidParams: There is no such type (`type_unknown`).
    """
    try:
        (column,) = binder.describe(f"SELECT CAST(NULL AS {text}) AS v", {})
    except SummitError:
        near = did_you_mean(base_type(text), (*NUMERIC, "VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN"))
        raise InvalidParams(
            f"Unknown type '{text}'",
            do=f"did you mean '{near}'?" if near else "choose one from the list",
            code="type_unknown",
            where=Where(param=field_name),
        ) from None
    return column.type


_CAST_KINDS = {
    **dict.fromkeys((*NUMERIC, "BOOLEAN"), "number"),
    **dict.fromkeys(("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"), "date"),
    "TIME": "time",
    "UUID": "uuid",
}
"""Types that cannot be cast to one of another kind; of those not here nothing is said."""


def require_castable(source: str, wanted: str, field_name: str, subject: str) -> None:
    """Refuse a cast that no value can take: TRY_CAST would reject every row, CAST end the run.

    Args:
        source: The type the value has.
        wanted: The canonical type to cast it to.
        field_name: The field that asks for the cast.
        subject: What is cast, to begin the message with.

    Raises:
        InvalidParams: With code `cast_impossible`.
    """
    if not _kinds_meet(_cast_kind(source), _cast_kind(wanted)):
        raise InvalidParams(
            f"{subject} cannot become {wanted}",
            why=f"it is {source}, and no value of that type can be cast to {wanted}",
            do="choose another type, or compute the value by an expression",
            code="cast_impossible",
            where=Where(param=field_name),
        )


def castable(source: str, wanted: str) -> bool:
    """Return True if Select columns can cast one plain type to another, row by row and exactly."""
    kinds = [_cast_kind(source), _cast_kind(wanted)]
    plain = all(k or t == VARCHAR for k, t in zip(kinds, (source, wanted), strict=True))
    return plain and "list" not in kinds and _kinds_meet(*kinds)


def _kinds_meet(source: str, wanted: str) -> bool:
    return not (source and wanted) or source == wanted or (source, wanted) == ("date", "time")


def _cast_kind(type_name: str) -> str:
    return "list" if type_name.endswith("]") else _CAST_KINDS.get(base_type(type_name), "")


def comparable(left: str, right: str) -> bool:
    """Return True if values of two types compare without reading text as something else."""
    return left == right or (family(left) == family(right) != "")


def family(type_name: str) -> str:
    """Return the group of types within which values compare; empty for types that stand alone."""
    base = base_type(type_name)
    if type_name.endswith("]"):
        return ""
    if base in NUMERIC or base == "UHUGEINT":
        return "number"
    if base.startswith("TIMESTAMP") or base == "DATE":
        return "date"
    return "text" if base == VARCHAR else ""


def star(schema: Schema, alias: str = "") -> str:
    """Return all columns of `schema` for a select list, from the table named `alias`."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + quote_name(name) for name in schema.names)
