"""How the columns that a node gives come about: what node types say, for lineage and renaming."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from summit_studio.core.errors import SummitError
from summit_studio.core.schema import REJECT_COLUMNS, Schema
from summit_studio.expressions.lineage import columns_of, rename_columns
from summit_studio.nodes.params import Editor, Params, leaves

_READING = frozenset({Editor.COLUMN, Editor.COLUMNS, Editor.EXPRESSION})


@dataclass(frozen=True, slots=True)
class Read:
    """A column of an input.

    Args:
        port: The input port.
        column: Its name, as that input has it.
        edge: Which edge of the port, from 0 in document order.
    """

    port: str
    column: str
    edge: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """How one column of an output comes about.

    Args:
        name: What it is called.
        reads: The columns of the inputs that its values are made of; none where it begins here.
        how: The expression, or what is done in words; empty where values pass on as they are.
        field: The entry of the params that says so, such as `columns.0`; empty where none does.
        named: The param that names it, such as `columns.0.name`; empty where none does, and where
            another name there would mean more than another name.
    """

    name: str
    reads: tuple[Read, ...] = ()
    how: str = ""
    field: str = ""
    named: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """A field that reads columns of the inputs.

    Args:
        field: The param, such as `keys.0.left`.
        text: What it says.
    """

    field: str
    reads: tuple[Read, ...]
    text: str


Makes = Mapping[str, tuple[Made, ...]]
"""How all columns of each output port come about, in their order."""


def passed(schema: Schema, port: str, edge: int = 0) -> tuple[Made, ...]:
    """Return that all columns of an input pass on as they are."""
    return tuple(Made(c.name, (Read(port, c.name, edge),)) for c in schema)


def rejected(schema: Schema, port: str) -> tuple[Made, ...]:
    """Return how the columns of a rejected port come about whose rows came in with `schema`."""
    taken = Schema(REJECT_COLUMNS)
    own = Schema(tuple(c for c in schema if c.name not in taken))
    said = (Made(c.name, how="why and where the row was rejected") for c in REJECT_COLUMNS)
    return (*passed(own, port), *said)


def reads_in(expression: str, known: Mapping[str, Iterable[Read]]) -> tuple[Read, ...]:
    """Return what an expression reads.

    Args:
        expression: As a person wrote it.
        known: What stands behind each name that it may use, by folded name.
    """
    try:
        names = columns_of(expression)
    except SummitError:
        return ()
    return together(*(known.get(name.casefold(), ()) for name in sorted(names)))


def by_name(schema: Schema, port: str = "rows") -> dict[str, tuple[Read, ...]]:
    """Return the columns of an input by folded name, for `reads_in`."""
    return {c.name.casefold(): (Read(port, c.name),) for c in schema}


def together(*reads: Iterable[Read]) -> tuple[Read, ...]:
    """Return reads in order, each once."""
    return tuple(dict.fromkeys(read for group in reads for read in group))


def renamed_in(params: Params, field: str, text: str, names: Mapping[Read, str]) -> str:
    """Return what a field says once columns of inputs have other names.

    Args:
        params: What has the field.
        field: The path of a text among the params.
        text: What it says now, or something like it.
        names: The new name of each column.
    """
    extra = next(info.json_schema_extra for path, info, _ in leaves(params) if path == field)
    known = extra if isinstance(extra, Mapping) else {}
    editor, port = known.get("editor"), known.get("replaces") or known.get("port", "rows")
    wanted = {r.column.casefold(): name for r, name in names.items() if r.port == port}
    if editor == Editor.EXPRESSION:
        return rename_columns(text, wanted) if wanted and text.strip() else text
    names_column = editor in {Editor.COLUMN, Editor.COLUMNS} or "replaces" in known
    return wanted.get(text.casefold(), text) if names_column else text


def uses_in(params: Params, inputs: Mapping[str, tuple[Schema, ...]]) -> Iterator[Use]:
    """Yield the fields that name columns of inputs, or compute with them."""
    for path, info, value in leaves(params):
        extra = info.json_schema_extra
        editor = extra.get("editor") if isinstance(extra, Mapping) else None
        if editor not in _READING or not isinstance(value, str) or not value.strip():
            continue
        port = str(extra.get("port", "rows")) if isinstance(extra, Mapping) else ""
        known: dict[str, list[Read]] = {}
        for edge, schema in enumerate(inputs.get(port, ())):
            for column in schema:
                known.setdefault(column.name.casefold(), []).append(Read(port, column.name, edge))
        if editor == Editor.EXPRESSION:
            reads = reads_in(value, known)
        else:
            reads = tuple(known.get(value.casefold(), ()))
        if reads:
            yield Use(path, reads, value)
