"""Join two inputs on equal keys."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from summit_studio.core.problems import Fix, Problem
from summit_studio.core.schema import Column, Schema
from summit_studio.core.sql import quote_name
from summit_studio.nodes.contract import (
    Category,
    DesignContext,
    Example,
    Input,
    Inputs,
    Outputs,
    Port,
    Relation,
    RelationalNode,
    Rows,
    visible,
)
from summit_studio.nodes.made import Made, Makes, Read, passed
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import comparable, require, require_new, require_some, star
from summit_studio.nodes.words import parted

_ORDERS = {"id": "BIGINT", "customer_id": "BIGINT"}
_CUSTOMERS = {"customer_id": "BIGINT", "name": "VARCHAR"}
_GIVEN = {
    "left": Rows(_ORDERS, [(1, 7), (2, 9), (3, None), (4, 7)]),
    "right": Rows(_CUSTOMERS, [(7, "Ada"), (8, "Ben"), (None, "Nobody")]),
}
_UNMATCHED = {
    "left_unmatched": Rows(_ORDERS, [(2, 9), (3, None)]),
    "right_unmatched": Rows(_CUSTOMERS, [(8, "Ben"), (None, "Nobody")]),
}


_RIGHT = quote_name("right_built")
_RIGHT_TIMES = quote_name("right_times")
_BOTH = frozenset({"right", "full"})
"""Kinds that give right rows without a match."""

_JOINED = {
    "inner": "sum(n)",
    "right": "sum(n)",
    "left": "sum(greatest(n, 1))",
    "full": "sum(greatest(n, 1))",
    "semi": "sum((n > 0)::BIGINT)",
    "anti": "sum((n = 0)::BIGINT)",
}
"""Rows that left rows give, by the number `n` of their matches, for each kind of join."""


class JoinKey(Params):
    """A pair of columns that must be equal."""

    left: str = param(
        doc="The column of the left input.",
        keywords=("left_on",),
        editor=Editor.COLUMN,
        port="left",
    )
    right: str = param(
        doc="The column of the right input.",
        keywords=("right_on",),
        editor=Editor.COLUMN,
        port="right",
    )
    as_text: bool = param(
        False,
        doc="Compare both sides as text, for keys of different types.",
        editor=Editor.TOGGLE,
        advanced=True,
    )


class JoinParams(Params):
    """Params of `join`."""

    how: Literal["inner", "left", "right", "full", "semi", "anti"] = param(
        "inner",
        keywords=("type", "kind", "join_type", "mode"),
        doc="Which rows to give: matches only (inner), also the unmatched of one or both sides"
        " (left, right, full), or left rows that have (semi) or lack (anti) a match.",
        editor=Editor.CHOICE,
    )
    keys: tuple[JoinKey, ...] = param(
        (),
        doc="The columns that must be equal, pair by pair; a null equals nothing.",
        keywords=("on", "by", "columns", "left_on", "right_on"),
        editor=Editor.RECORDS,
    )
    suffix: str = param(
        "_right",
        doc="What right columns get at their end where the left has the name already.",
        keywords=("suffixes",),
    )
    keep_order: bool = param(
        True,
        doc="Give rows in the order of the left input, then of the right; off is faster on large"
        " inputs and gives no promise.",
        editor=Editor.TOGGLE,
        advanced=True,
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """One output column: SQL over the tables `l` and `r`, its name, and what it is made of."""

    sql: str
    name: str
    reads: tuple[Read, ...]


class Join(RelationalNode[JoinParams]):
    """Join two inputs on equal keys.

    With `keep_order`, rows come in left order, then right order, unmatched right rows last.
    """

    id = "join"
    title = "Join"
    category = Category.TRANSFORM
    icon = "join"
    keywords = (
        "joiner", "merge", "combine", "match", "inner join", "left join", "right join",
        "full outer join", "semi join", "anti join", "cross join", "put tables together",
    )  # fmt: skip
    params_class = JoinParams
    origins: ClassVar[Mapping[str, str]] = {
        "joined": "left",
        "left_unmatched": "left",
        "right_unmatched": "right",
    }
    inputs = (Port("left", "The rows to match."), Port("right", "The rows to match them with."))
    outputs = (
        Port("joined", "The joined rows."),
        Port("left_unmatched", "Left rows without a match, whatever the kind.", required=False),
        Port("right_unmatched", "Right rows without a match, whatever the kind.", required=False),
    )
    conserves = False
    examples = (
        Example(
            "Add the customer to each order",
            {"how": "left", "keys": [{"left": "customer_id", "right": "customer_id"}]},
            given=_GIVEN,
            expected={
                "joined": Rows(
                    _ORDERS | {"name": "VARCHAR"},
                    [(1, 7, "Ada"), (2, 9, None), (3, None, None), (4, 7, "Ada")],
                ),
                **_UNMATCHED,
            },
        ),
        Example(
            "All rows of both sides",
            {"how": "full", "keys": [{"left": "customer_id", "right": "customer_id"}]},
            given=_GIVEN,
            expected={
                "joined": Rows(
                    _ORDERS | {"name": "VARCHAR"},
                    [
                        (1, 7, "Ada"), (2, 9, None), (3, None, None), (4, 7, "Ada"),
                        (None, 8, "Ben"), (None, None, "Nobody"),
                    ],
                ),
                **_UNMATCHED,
            },
        ),
        Example(
            "Only orders that have a customer",
            {"how": "semi", "keys": [{"left": "customer_id", "right": "customer_id"}]},
            given=_GIVEN,
            expected={"joined": Rows(_ORDERS, [(1, 7), (4, 7)]), **_UNMATCHED},
        ),
    )  # fmt: skip

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return the keys of `customer_id, country = code`."""
        pairs = [[side.strip('"') for side in parted(part, "=")] for part in parted(words)]
        return {"keys": [{"left": pair[0], "right": pair[-1]} for pair in pairs]}

    def summary(self) -> str:
        """Return the keys and the kind: `customer_id = id, left`."""
        pairs = [f"{key.left} = {key.right}" for key in self.params.keys]
        return ", ".join([*pairs, self.params.how])

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield key pairs whose types do not compare, with the fix to compare them as text."""
        del context
        ((left,), (right,)) = (inputs["left"], inputs["right"])
        for index, key in enumerate(self.params.keys):
            ours, theirs = left.find(key.left), right.find(key.right)
            if ours and theirs and not key.as_text and not comparable(ours.type, theirs.type):
                yield self._clash(index, ours, theirs)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return left columns, then right ones under free names; the unmatched as they came."""
        ((left,), (right,)) = (inputs["left"], inputs["right"])
        require_some(
            self.params.keys, "keys", "No key is given", "name a column of each input to match by"
        )
        for index, key in enumerate(self.params.keys):
            require(left, key.left, f"keys.{index}.left", "left")
            require(right, key.right, f"keys.{index}.right", "right")
        taken: list[str] = []
        for column in self._fields(left, right):
            require_new(column.name, taken, "suffix")
            taken.append(column.name)
        return super().infer(inputs, context)

    def builds(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Return the right input, unless rows of it that match nothing are to be given."""
        return () if self.params.how in _BOTH or "right_unmatched" in wanted else ("right",)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return left columns, then right ones under free names; the unmatched as they came."""
        del outputs
        left, right = visible(inputs["left"][0]), visible(inputs["right"][0])
        return {
            "joined": tuple(Made(f.name, f.reads) for f in self._fields(left, right)),
            "left_unmatched": passed(left, "left"),
            "right_unmatched": passed(right, "right"),
        }

    def alike(self, inputs: Inputs) -> tuple[tuple[Read, ...], ...]:
        """Return the pairs of keys with one name: the output has them once."""
        del inputs
        return tuple(
            (Read("left", key.left), Read("right", key.right))
            for key in self.params.keys
            if key.left.casefold() == key.right.casefold()
        )

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the joined rows and the unmatched of each side."""
        ((left,), (right,)) = (inputs["left"], inputs["right"])
        kind = self.params.how.upper()
        fields = self._fields(left.schema, right.schema)
        chosen = ", ".join(f"{f.sql} AS {quote_name(f.name)}" for f in fields)
        one_sided = self.params.how in {"semi", "anti"}
        order = ("l",) if one_sided else ("l", "r")
        on = self._on(left.schema, right.schema)
        ours = f"({self._numbered(left)})"
        pair = f"{ours} AS l {kind} JOIN {_RIGHT} AS r ON {on}"
        unmatched = (
            (left, f"{ours} AS l ANTI JOIN {_RIGHT} AS r ON {on}", "l"),
            (right, f"{_RIGHT} AS r ANTI JOIN {left.table} AS l ON {on}", "r"),
        )
        names = ("left_unmatched", "right_unmatched")
        return Relation(
            ports={"joined": f"SELECT {chosen} FROM {pair}{self._order(*order)}"}
            | {
                name: f"SELECT {star(rows.schema, side)} FROM {tables}{self._order(side)}"
                for name, (rows, tables, side) in zip(names, unmatched, strict=True)
            },
            counts=self._counts(left, right),
            built={
                _RIGHT: self._numbered(right),
                _RIGHT_TIMES: _times(right, [b for _, b in self._pairs(left.schema, right.schema)]),
            },
        )

    def _counts(self, left: Input, right: Input) -> dict[str, str]:
        """Return how many rows each port must have, by how often each key stands on each side."""
        ours, theirs = zip(*self._pairs(left.schema, right.schema), strict=True)

        def matched(rows: Input, own: Sequence[str], times: str) -> str:
            """Return each row of one side as the number of its matches on the other."""
            mine = ", ".join(f"{sql} AS k{i}" for i, sql in enumerate(own))
            on = " AND ".join(f"m.k{i} = g.k{i}" for i in range(len(own)))
            return (
                f"(SELECT coalesce(g.n, 0) AS n FROM (SELECT {mine} FROM {rows.table}) AS m"
                f" LEFT JOIN {times} AS g ON {on})"
            )

        of_left = matched(left, ours, _RIGHT_TIMES)
        of_right = matched(right, theirs, f"({_times(left, ours)})")
        alone = f"SELECT count(*) FROM {of_right} WHERE n = 0"
        joined = _JOINED[self.params.how]
        extra = f" + ({alone})" if self.params.how in _BOTH else ""
        return {
            "joined": f"SELECT coalesce({joined}, 0){extra} FROM {of_left}",
            "left_unmatched": f"SELECT count(*) FROM {of_left} WHERE n = 0",
            "right_unmatched": alone,
        }

    def _numbered(self, rows: Input) -> str:
        number = ', row_number() OVER () AS "__summit_row"' if self.params.keep_order else ""
        return f"SELECT *{number} FROM {rows.table}"

    def _order(self, *sides: str) -> str:
        if not self.params.keep_order:
            return ""
        return " ORDER BY " + ", ".join(f'{side}."__summit_row" NULLS LAST' for side in sides)

    def _on(self, left: Schema, right: Schema) -> str:
        return " AND ".join(f"l.{a} = r.{b}" for a, b in self._pairs(left, right))

    def _pairs(self, left: Schema, right: Schema) -> Iterator[tuple[str, str]]:
        """Yield the SQL of each key on both sides."""
        for key in self.params.keys:
            ours = require(left, key.left, "keys", "left")
            theirs = require(right, key.right, "keys", "right")
            a, b = quote_name(ours.name), quote_name(theirs.name)
            yield (a, b) if _alike(key, ours, theirs) else (f"{a}::VARCHAR", f"{b}::VARCHAR")

    def _fields(self, left: Schema, right: Schema) -> list[_Field]:
        """Return the output columns. A right key that is called like the left one is left out.

        In a right or full join the left key then stands for both; where the two have types that
        do not compare, both stay.
        """
        if self.params.how in {"semi", "anti"}:
            return [
                _Field(f"l.{quote_name(c.name)}", c.name, (Read("left", c.name),)) for c in left
            ]
        both = self.params.how in _BOTH
        same = {
            key.left.casefold()
            for key in self.params.keys
            if key.left.casefold() == key.right.casefold()
            and (not both or _alike(key, left.find(key.left), right.find(key.right)))
        }
        fields = []
        for column in left:
            name = quote_name(column.name)
            merged = both and column.name.casefold() in same
            sql = f"coalesce(l.{name}, r.{name})" if merged else f"l.{name}"
            reads: tuple[Read, ...] = (Read("left", column.name),)
            theirs = right.find(column.name)
            if merged and theirs is not None:
                reads += (Read("right", theirs.name),)
            fields.append(_Field(sql, column.name, reads))
        for column in visible(right):
            if column.name.casefold() not in same:
                name = column.name + self.params.suffix * (column.name in left)
                reads = (Read("right", column.name),)
                fields.append(_Field(f"r.{quote_name(column.name)}", name, reads))
        return fields

    def _clash(self, index: int, left: Column, right: Column) -> Problem:
        keys = [key.model_dump() for key in self.params.keys]
        keys[index] |= {"as_text": True}
        return self.problem(
            "key_types_differ",
            f"Cannot compare '{left.name}' with '{right.name}'",
            field_name=f"keys.{index}.right",
            why=f"left is {left.type} and right is {right.type}",
            do="cast one of them in a Select columns node before, or compare both as text",
            fixes=(Fix("Compare as text", self.node_id, (("keys", keys),)),),
        )


def _times(rows: Input, keys: Sequence[str]) -> str:
    """Return how often each key stands on one side."""
    named = ", ".join(f"{sql} AS k{i}" for i, sql in enumerate(keys))
    return f"SELECT *, count(*) AS n FROM (SELECT {named} FROM {rows.table}) GROUP BY ALL"


def _alike(key: JoinKey, left: Column | None, right: Column | None) -> bool:
    """Return True if the pair compares as it stands, without turning both into text."""
    if left is None or right is None or key.as_text:
        return False
    return comparable(left.type, right.type)
