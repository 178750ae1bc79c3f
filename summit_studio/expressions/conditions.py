"""Conditions of a plain form, as people build them from columns, operators and values.

`read` takes an expression apart where it is of that form and `write` puts it together again: what
is read and written means the same. All else only text can say.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.schema import BOOLEAN, NUMERIC, VARCHAR, base_type
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.expressions.lineage import CLOCK_NAMES
from summit_studio.expressions.scan import Token, tokens

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TYPED = frozenset({"DATE", "TIMESTAMP"})
"""Types whose values are written with their name before: `DATE '2026-01-31'`."""

_WORDS = frozenset(
    """all and any array as asc between both case cast check collate column constraint create
    default desc distinct do else end except exists extract false filter for foreign from glob
    group having ilike in interval into is isnull lambda lateral leading like limit map not notnull
    null offset on only or order over pivot placing primary qualify references returning select
    similar some struct table then to trailing true try try_cast union unique unpivot using values
    variadic when where window with coalesce nullif overlay position row substring trim date time
    timestamp""".split()  # noqa: SIM905 - read as words
)  # fmt: skip
"""Words that are no column unless in quotes."""


class Operator(StrEnum):
    """How a column is compared."""

    IS = "="
    IS_NOT = "<>"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    BETWEEN = "between"
    CONTAINS = "contains"
    LACKS = "not contains"
    BEGINS = "starts_with"
    ENDS = "ends_with"
    ONE_OF = "in"
    NONE_OF = "not in"
    TRUE = "true"
    FALSE = "false"
    MISSING = "is null"
    PRESENT = "is not null"

    @property
    def values(self) -> int | None:
        """How many values it takes; None for any number."""
        if self in _BARE:
            return 0
        if self in _LISTS:
            return None
        return 2 if self is Operator.BETWEEN else 1


_BARE = frozenset({Operator.TRUE, Operator.FALSE, Operator.MISSING, Operator.PRESENT})
_LISTS = frozenset({Operator.ONE_OF, Operator.NONE_OF})
_COMPARE = (
    Operator.IS, Operator.IS_NOT, Operator.LESS, Operator.AT_MOST, Operator.MORE,
    Operator.AT_LEAST,
)  # fmt: skip
_CALLS = {
    "contains": Operator.CONTAINS, "starts_with": Operator.BEGINS, "prefix": Operator.BEGINS,
    "ends_with": Operator.ENDS, "suffix": Operator.ENDS,
}  # fmt: skip
_NULLS = (Operator.MISSING, Operator.PRESENT)


def operators_of(type_name: str) -> tuple[Operator, ...]:
    """Return the operators that make sense for a type, the usual ones first."""
    base = base_type(type_name)
    if base == BOOLEAN:
        return (Operator.TRUE, Operator.FALSE, *_NULLS)
    if base == VARCHAR:
        texts = (Operator.CONTAINS, Operator.LACKS, Operator.BEGINS, Operator.ENDS)
        return (*_COMPARE[:2], *texts, *sorted(_LISTS), *_NULLS)
    return (*_COMPARE, Operator.BETWEEN, *sorted(_LISTS), *_NULLS)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it is typed, and the type it is written as: VARCHAR, DOUBLE, DATE, TIMESTAMP."""

    text: str
    type: str = VARCHAR

    @classmethod
    def typed(cls, text: str, column_type: str) -> "Value":
        """Return what a person typed for a column of a type; a number only where it is one."""
        base = base_type(column_type)
        if base in NUMERIC and _NUMBER.fullmatch(text.strip()):
            return cls(text.strip(), "DOUBLE")
        return cls(text, base if base in _TYPED else VARCHAR)

    def sql(self) -> str:
        """Return it as it stands in an expression."""
        if self.type == "DOUBLE":
            return self.text
        quoted = quote_text(self.text)
        return f"{self.type} {quoted}" if self.type in _TYPED else quoted


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column compared. `values` are as many as the operator takes, none of them empty."""

    column: str
    operator: Operator
    values: tuple[Value, ...] = ()

    def sql(self) -> str:
        """Return it as an expression."""
        name, op, given = _named(self.column), self.operator, [v.sql() for v in self.values]
        if op in _NULLS:
            return f"{name} IS {'NOT ' if op is Operator.PRESENT else ''}NULL"
        if op in {Operator.TRUE, Operator.FALSE}:
            return f"{name} = {op.value}"
        if op is Operator.BETWEEN:
            return f"{name} BETWEEN {given[0]} AND {given[1]}"
        if op in _LISTS:
            return f"{name} {op.value.upper()} ({', '.join(given)})"
        if op is Operator.LACKS:
            return f"NOT contains({name}, {given[0]})"
        if op in _CALLS.values():
            return f"{op.value}({name}, {given[0]})"
        return f"{name} {op.value} {given[0]}"


@dataclass(frozen=True, slots=True)
class Condition:
    """Comparisons of which all must hold, or any."""

    comparisons: tuple[Comparison, ...]
    any: bool = False

    def sql(self) -> str:
        """Return it as an expression; an empty text for none."""
        return (" OR " if self.any else " AND ").join(c.sql() for c in self.comparisons)


class _OtherForm(Exception):
    """The text is not of the form that can be built."""


def read_condition(text: str) -> Condition | None:
    """Return a condition that means what `text` does; None of a text of another form."""
    try:
        return _Reader(text).condition()
    except (_OtherForm, InvalidExpression):
        return None


class _Reader:
    """Takes a text apart, token by token; anything unexpected is another form."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_joined(text))
        self._at = 0

    def condition(self) -> Condition:
        """Read all of it."""
        found, joins = [self._comparison()], set[str]()
        while self._at < len(self._tokens):
            joins.add(self._word("and", "or"))
            found.append(self._comparison())
        if len(joins) > 1:
            raise _OtherForm
        return Condition(tuple(found), joins == {"or"})

    def _comparison(self) -> Comparison:
        if self._takes("("):
            inner = self._comparison()
            self._sign(")")
            return inner
        if self._takes("not"):
            called = self._call()
            if called.operator is not Operator.CONTAINS:
                raise _OtherForm
            return Comparison(called.column, Operator.LACKS, called.values)
        if self._peek(1) == "(" and self._peek(0) in _CALLS:
            return self._call()
        return self._compared(self._column())

    def _call(self) -> Comparison:
        operator = _CALLS[self._word(*_CALLS)]
        self._sign("(")
        column = self._column()
        self._sign(",")
        value = self._value()
        self._sign(")")
        if value.type != VARCHAR:
            raise _OtherForm
        return Comparison(column, operator, (value,))

    def _compared(self, column: str) -> Comparison:
        if self._takes("is"):
            present = self._takes("not")
            self._word("null")
            return Comparison(column, _NULLS[present])
        if self._takes("between"):
            low = self._value()
            self._word("and")
            return Comparison(column, Operator.BETWEEN, (low, self._value()))
        without = self._takes("not")
        if self._takes("in"):
            operator = Operator.NONE_OF if without else Operator.ONE_OF
            return Comparison(column, operator, tuple(self._listed()))
        sign = self._take()
        known = {o.value: o for o in _COMPARE} | {"!=": Operator.IS_NOT, "==": Operator.IS}
        if without or sign.text not in known:
            raise _OtherForm
        operator = known[sign.text]
        if operator is Operator.IS and self._peek(0) in {"true", "false"}:
            return Comparison(column, Operator(self._word("true", "false")))
        return Comparison(column, operator, (self._value(),))

    def _listed(self) -> Iterator[Value]:
        self._sign("(")
        while True:
            value = self._value()
            # They are typed in one line, parted by commas.
            if "," in value.text or value.text != value.text.strip():
                raise _OtherForm
            yield value
            if not self._takes(","):
                break
        self._sign(")")

    def _value(self) -> Value:
        token = self._take()
        if token.kind == "other" and token.text == "-":
            following = self._take()
            token = Token("number", token.start, following.end, f"-{following.text}")
        if token.kind == "number" and _NUMBER.fullmatch(token.text):
            return Value(token.text, "DOUBLE")
        kind = VARCHAR
        if token.kind == "name" and token.text.upper() in _TYPED:
            kind, token = token.text.upper(), self._take()
        closed = len(token.text) > 1 and token.text.startswith("'") and token.text.endswith("'")
        text = token.text[1:-1].replace("''", "'")
        if token.kind != "text" or not closed or not text:
            raise _OtherForm
        return Value(text, kind)

    def _column(self) -> str:
        token = self._take()
        if token.kind == "quoted" and len(token.text) > 2 and token.text.endswith('"'):  # noqa: PLR2004 - the quotes
            return token.text[1:-1].replace('""', '"')
        if token.kind != "name" or not _is_plain(token.text):
            raise _OtherForm
        return token.text

    def _take(self) -> Token:
        if self._at >= len(self._tokens):
            raise _OtherForm
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self, ahead: int) -> str:
        at = self._at + ahead
        return self._tokens[at].text.casefold() if at < len(self._tokens) else ""

    def _takes(self, text: str) -> bool:
        """Go past a word or sign if it comes next."""
        found = self._peek(0) == text
        self._at += found
        return found

    def _sign(self, text: str) -> None:
        if not self._takes(text):
            raise _OtherForm

    def _word(self, *words: str) -> str:
        word = self._take().text.casefold()
        if word not in words:
            raise _OtherForm
        return word


def _joined(text: str) -> Iterator[Token]:
    """Yield tokens without spaces, the signs of a comparison in one."""
    held: Token | None = None
    for token in tokens(text):
        sign = token.kind == "other" and token.text in "<>=!"
        if held is not None and sign and held.end == token.start:
            held = Token("other", held.start, token.end, held.text + token.text)
            continue
        if held is not None:
            yield held
        held = token if sign else None
        if token.kind == "comment":
            raise _OtherForm
        if not sign and token.kind != "space":
            yield token
    if held is not None:
        yield held


def _is_plain(name: str) -> bool:
    folded = name.casefold()
    plain = name.isascii() and name.isidentifier()
    return plain and folded not in _WORDS and folded not in CLOCK_NAMES


def _named(column: str) -> str:
    return column if _is_plain(column) else quote_name(column)


def values_of(text: str, operator: Operator, column_type: str) -> Sequence[Value]:
    """Return the values of what a person typed into one line; none of an empty one."""
    parts = [p.strip() for p in text.split(",")] if operator in _LISTS else [text]
    return [Value.typed(part, column_type) for part in parts if part]
