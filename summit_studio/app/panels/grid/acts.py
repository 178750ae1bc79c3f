"""What one can do with columns that are looked at: the choices of the grid's menus."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from summit_studio.app.look.table_model import in_text, one_line
from summit_studio.app.look.words import mark, tr
from summit_studio.app.panels.grid.asking import Ask, Field
from summit_studio.app.session import acting
from summit_studio.app.session.acting import Act
from summit_studio.core.schema import CHOICES, VARCHAR, Column, Schema, is_number, type_label
from summit_studio.core.sql import quote_text
from summit_studio.nodes.words import name_for

_SHOWN = 28
_DATES = frozenset({"DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"})
_PARTS = (
    (mark("Year"), "year"), (mark("Quarter"), "quarter"), (mark("Month"), "month"),
    (mark("Day"), "day"),
    (mark("Day of the week"), "isodow"), (mark("Hour"), "hour"),
)  # fmt: skip
_SEPARATORS = ((",", "comma"), (";", "semicolon"), (" ", "space"), ("-", "hyphen"), ("@", "@"))
_JOINED = (
    (" ", mark("with a space")),
    (", ", mark("with a comma")),
    ("-", mark("with a hyphen")),
    ("", mark("as one")),
)
_SIGNS = (
    ("*", "\N{MULTIPLICATION SIGN}", "times"), ("+", "+", "plus"),
    ("-", "\N{MINUS SIGN}", "minus"), ("/", "\N{DIVISION SIGN}", "by"),
)  # fmt: skip
_MEASURES = (
    ("sum", mark("Sum")),
    ("avg", mark("Average")),
    ("min", mark("Smallest")),
    ("max", mark("Largest")),
)
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a menu.

    Args:
        does: What it does; None for a line with further choices.
        inner: Those.
        gap: True for a line above it.
    """

    text: str
    does: Act | Ask | None = None
    inner: "tuple[Choice, ...]" = ()
    gap: bool = False


def of_cell(column: Column, value: Any) -> Iterator[Choice]:
    """Yield what one can do with a value."""
    if not acting.can_write(value):
        return
    text = "null" if value is None else one_line(in_text(value))
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    sign = (
        shown
        if value is None or is_number(column.type)
        else f"\N{LEFT DOUBLE QUOTATION MARK}{shown}\N{RIGHT DOUBLE QUOTATION MARK}"
    )
    yield Choice(tr("Keep only {sign}", sign=sign), acting.kept(column, value))
    yield Choice(tr("Drop {sign}", sign=sign), acting.kept(column, value, keep=False))
    yield Choice(tr("Reject rows"), inner=tuple(_checks(column, value, sign)))


def _checks(column: Column, value: Any, sign: str) -> Iterator[Choice]:
    """Yield the rules that a value suggests; each sends rows out that do not meet it."""
    name = name_for(column.name)
    yield Choice(tr("without a value"), acting.required(column, "IS NOT NULL", f"{name}_given"))
    if value is None:
        return
    written = acting.written_value(column, value)
    if is_number(column.type) or column.type in _DATES:
        yield Choice(
            tr("below {sign}", sign=sign), acting.required(column, f">= {written}", f"{name}_least")
        )
        yield Choice(
            tr("above {sign}", sign=sign), acting.required(column, f"<= {written}", f"{name}_most")
        )
    yield Choice(
        tr("with {sign}", sign=sign), acting.required(column, f"<> {written}", f"{name}_allowed")
    )


def of_column(
    schema: Schema, column: Column, parts: "dict[str, int] | None" = None
) -> Iterator[Choice]:
    """Yield what one can do with a column.

    Args:
        schema: All columns, whose names are taken.
        column: The column.
        parts: By separator, how many parts the column's text has.
    """
    name = column.name
    yield Choice(tr("Rename…"), _rename(name), gap=True)
    kinds = (Choice(f"{type_label(k)}  ·  {k}", acting.cast(name, k)) for k in CHOICES)
    yield Choice(tr("Rename here and everywhere after…"), rename_everywhere(name))
    yield Choice(
        tr("Cast to"), inner=tuple(k for k in kinds if not k.text.endswith(f"  {column.type}"))
    )
    yield Choice(tr("Fill nulls"), inner=tuple(_fills(column)))
    if is_number(column.type):
        yield Choice(tr("Round"), inner=tuple(_rounds(name)))
    if column.type == VARCHAR:
        yield Choice(tr("Split"), inner=tuple(_splits(schema, name, parts or {})))
        yield Choice(tr("Replace…"), _replace(name))
        yield Choice(tr("Extract by pattern…"), _extract(schema, name))
    if column.type in _DATES:
        yield Choice(tr("Extract"), inner=tuple(_dates(schema, column)))
    if len(schema.columns) > 1:
        yield Choice(tr("Remove column"), acting.removed(schema, name))
    yield Choice(tr("Condition…"), acting.conditional(name), gap=True)
    yield Choice(tr("Group by"), acting.grouped([name]))
    yield Choice(tr("Sort rows"), inner=(
        Choice(tr("Smallest first"), acting.sorted_by(name)),
        Choice(tr("Largest first"), acting.sorted_by(name, descending=True)),
    ))  # fmt: skip


def of_pair(schema: Schema, first: Column, second: Column) -> Iterator[Choice]:
    """Yield what one can do with two columns."""
    names, one, two = schema.names, first.name, second.name
    both = acting.free_name(f"{one}_{two}", names)
    yield Choice(tr("Combine"), inner=tuple(
        Choice(tr(words), acting.combined(one, two, sign, both)) for sign, words in _JOINED
    ))  # fmt: skip
    same = acting.free_name(f"{one}_is_{two}", names)
    inner = [Choice(tr("Are they equal"), acting.compared(one, two, same))]
    numbers = [c.name for c in (first, second) if is_number(c.type)]
    if len(numbers) == _PAIR:
        yield Choice(tr("Calculate"), inner=tuple(
            Choice(f"{one} {shown} {two}", acting.calculated(
                one, sign, two, acting.free_name(f"{one}_{word}_{two}", names)))
            for sign, shown, word in _SIGNS
        ))  # fmt: skip
    yield Choice(tr("Compare"), inner=tuple(inner))
    if len(numbers) == 1:
        group = two if numbers == [one] else one
        yield Choice(tr("Measure"), inner=tuple(
            Choice(tr("{words} of {numbers} by {group}", words=tr(words),
                      numbers=numbers[0], group=group),
                   acting.measured(numbers[0], function, group))
            for function, words in _MEASURES
        ), gap=True)  # fmt: skip
    yield Choice(tr("Group by both"), acting.grouped([one, two]), gap=True)


def _rename(name: str) -> Ask:
    def make(answers: Sequence[str]) -> Act | None:
        new = answers[0].strip()
        return acting.renamed(name, new) if new and new != name else None

    return Ask(tr("Rename {name}", name=name), (Field(tr("Name"), name),), make)


def rename_everywhere(name: str) -> Ask:
    """Return what asks for the name of a column here and in all that reads it after."""

    def make(answers: Sequence[str]) -> str | None:
        new = answers[0].strip()
        return new if new and new != name else None

    return Ask(
        tr("Rename {name} everywhere", name=name),
        (Field(tr("Name"), name),),
        make,
        mark("Show what changes"),
    )


def _fills(column: Column) -> Iterator[Choice]:
    if column.type == VARCHAR:
        yield Choice(tr("with unknown"), acting.filled(column, "'unknown'"))
        yield Choice(tr("with empty text"), acting.filled(column, "''"))
    elif is_number(column.type):
        yield Choice(tr("with 0"), acting.filled(column, "0"))
    elif column.type == "BOOLEAN":
        yield Choice(tr("with false"), acting.filled(column, "false"))
        yield Choice(tr("with true"), acting.filled(column, "true"))

    def make(answers: Sequence[str]) -> Act | None:
        value = _typed(column, answers[0])
        return None if value is None else acting.filled(column, value)

    ask = Ask(
        tr("Fill nulls of {name}", name=column.name),
        (Field(tr("Value"), hint=type_label(column.type)),),
        make,
    )
    yield Choice(tr("with…"), ask)


def _typed(column: Column, text: str) -> str | None:
    """Return what was typed as an expression of the column's type; None where it is none."""
    if column.type == VARCHAR:
        return quote_text(text)
    text = text.strip()
    if not text:
        return None
    if is_number(column.type):
        try:
            number = Decimal(text)
        except InvalidOperation:
            return None
        return str(number) if number.is_finite() else None
    return f"CAST({quote_text(text)} AS {column.type})"


def _rounds(name: str) -> Iterator[Choice]:
    for digits, words in ((0, tr("to whole numbers")), (1, tr("to 1 digit")),
                          (2, tr("to 2 digits")),
                          (3, tr("to 3 digits")), (-3, tr("to thousands"))):  # fmt: skip
        yield Choice(words, acting.rounded(name, digits))


def _splits(schema: Schema, name: str, parts: "dict[str, int]") -> Iterator[Choice]:
    def named(separator: str) -> Act:
        count = parts.get(separator, 2)
        names, taken = [], list(schema.names)
        for number in range(1, count + 1):
            names.append(acting.free_name(f"{name}_{number}", taken))
            taken.append(names[-1])
        return acting.split(name, separator, names)

    for sign, words in _SEPARATORS:
        yield Choice(tr("at {words}", words=words), named(sign))

    def make(answers: Sequence[str]) -> Act | None:
        return named(answers[0]) if answers[0] else None

    yield Choice(
        tr("at…"), Ask(tr("Split {name}", name=name), (Field(tr("At"), hint=tr("any text")),), make)
    )


def _replace(name: str) -> Ask:
    def make(answers: Sequence[str]) -> Act | None:
        return acting.replaced(name, answers[0], answers[1]) if answers[0] else None

    fields = (Field(tr("Find")), Field(tr("Put"), hint=tr("nothing takes it out")))
    return Ask(tr("Replace in {name}", name=name), fields, make)


def _extract(schema: Schema, name: str) -> Ask:
    new = acting.free_name(f"{name}_part", schema.names)

    def make(answers: Sequence[str]) -> Act | None:
        pattern, column = answers[0], answers[1].strip()
        return acting.matched(name, pattern, column) if pattern and column else None

    fields = (Field(tr("Pattern"), hint="[0-9]+ or (..)-.*"), Field(tr("Column"), new))
    return Ask(tr("Extract from {name}", name=name), fields, make)


def _dates(schema: Schema, column: Column) -> Iterator[Choice]:
    for words, function in _PARTS:
        if function == "hour" and column.type == "DATE":
            continue
        ending = "weekday" if function == "isodow" else function
        new = acting.free_name(f"{column.name}_{ending}", schema.names)
        yield Choice(tr(words), acting.part_of(column.name, function, new))
