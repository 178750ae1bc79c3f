"""Acting on rows that are looked at: each act is a node behind them, or a part of the one before.

An act says what it wants of which node type; where the rows come from such a node and it can take
the act in without another meaning, it does. Everything is one edit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from summit_studio.app.look.words import tr
from summit_studio.app.session.placing import add_after, add_into, new_node
from summit_studio.core.schema import REJECTED, Column, Schema
from summit_studio.core.sql import quote_text
from summit_studio.document.edits import Compound, Edit, MoveNodes, SetParams
from summit_studio.document.model import Document, Edge, Point, PortRef
from summit_studio.expressions.lineage import as_written
from summit_studio.expressions.literals import literal
from summit_studio.nodes.catalogue import Catalogue

STEP = 280
"""How far behind a node the next one stands, in scene pixels."""
_WIDE, _HIGH = 232, 96
"""The room that a card needs."""

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """What a person wants done with columns.

    Args:
        label: What the undo menu calls it.
        type: The id of the node type that does it.
        params: Those of a node of its own.
        into: Returns the params of such a node that does it besides what it does, or None where
            that would mean something else.
        asks: The column for which the node asks for a condition; empty where it asks nothing.
    """

    label: str
    type: str
    params: Params
    into: Callable[[Params], Params | None]
    asks: str = ""


def renamed(column: str, name: str) -> Act:
    """Give a column another name."""
    return _chosen(tr("Rename {column}", column=column), column, {"name": name})


def cast(column: str, kind: str) -> Act:
    """Give a column another type."""
    return _chosen(tr("Cast {column}", column=column), column, {"type": kind})


def removed(schema: Schema, column: str) -> Act:
    """Remove a column of those that are there; the others stay, in their order."""
    rest = [name for name in schema.names if not _same(name, column)]
    entries = [{"column": name} for name in rest]

    def into(params: Params) -> Params | None:
        known = _records(params, "columns")
        named = {str(c.get("name") or c.get("column")).casefold(): c for c in known}
        if named.get(column.casefold(), {}).get("type"):
            # Without the cast the rows it rejects would come back.
            return None
        columns = [named.get(name.casefold(), {"column": name}) for name in rest]
        return {**{k: v for k, v in params.items() if k != "others"}, "columns": columns}

    return Act(tr("Remove {column}", column=column), "select_columns", {"columns": entries}, into)


def conditional(column: str) -> Act:
    """Filter by a condition on a column, which is still to be said."""
    return Act(tr("Filter by {column}", column=column), "filter", {}, _never, column)


def kept(column: Column, value: Any, *, keep: bool = True) -> Act:
    """Keep the rows with a value, or drop them; rows without one are other rows."""
    condition = _equals(column, value, keep=keep)
    verb = tr("Keep") if keep else tr("Drop")

    def into(params: Params) -> Params | None:
        old = str(params.get("condition", "")).strip()
        if not old:
            return {**params, "condition": condition}
        loose = " or " in f" {' '.join(old.split()).casefold()} " or "--" in old or "/*" in old
        return {**params, "condition": f"{_bracketed(old) if loose else old} AND {condition}"}

    return Act(
        tr("{verb} rows by {name}", verb=verb, name=column.name),
        "filter",
        {"condition": condition},
        into,
    )


def filled(column: Column, value: str) -> Act:
    """Put a value in the place of nulls; `value` is an expression."""
    entry = {"column": column.name, "value": value}

    def into(params: Params) -> Params | None:
        columns = _records(params, "columns")
        if params.get("blank") or any(_same(c.get("column"), column.name) for c in columns):
            return None
        return {**params, "columns": [*columns, entry]}

    return Act(tr("Fill {name}", name=column.name), "fill_missing", {"columns": [entry]}, into)


def sorted_by(column: str, *, descending: bool = False) -> Act:
    """Sort rows by a column; those equal in it keep their order."""
    entry = {"column": column} | ({"direction": "descending"} if descending else {})

    def into(params: Params) -> Params | None:
        rest = [c for c in _records(params, "columns") if not _same(c.get("column"), column)]
        return {**params, "columns": [entry, *rest]}

    return Act(tr("Sort by {column}", column=column), "sort", {"columns": [entry]}, into)


def grouped(columns: Sequence[str]) -> Act:
    """Make one row of all that are equal in columns, and count them."""
    count = free_name("rows", columns)
    params = {"group_by": list(columns), "measures": [{"name": count, "function": "count"}]}
    return Act(tr("Group by {columns}", columns=", ".join(columns)), "aggregate", params, _never)


def replaced(column: str, old: str, new: str) -> Act:
    """Put a text in the place of another, wherever it stands in a column."""
    call = f"replace({as_written(column)}, {quote_text(old)}, {quote_text(new)})"
    return derived(tr("Replace in {column}", column=column), [(column, call)])


def rounded(column: str, digits: int) -> Act:
    """Round a column; fewer than 0 digits round to tens, hundreds and so on."""
    return derived(
        tr("Round {column}", column=column), [(column, f"round({as_written(column)}, {digits})")]
    )


def split(column: str, separator: str, names: Sequence[str]) -> Act:
    """Put the parts of a column into columns of their own."""
    parts = [
        (name, f"split_part({as_written(column)}, {quote_text(separator)}, {number})")
        for number, name in enumerate(names, 1)
    ]
    return derived(tr("Split {column}", column=column), parts)


def part_of(column: str, function: str, name: str) -> Act:
    """Put a part of a date or time into a column of its own."""
    return derived(
        tr("Extract from {column}", column=column), [(name, f"{function}({as_written(column)})")]
    )


def matched(column: str, pattern: str, name: str) -> Act:
    """Put what fits a pattern into a column of its own: its first group, if it has one."""
    group = 1 if "(" in pattern.replace("\\(", "").replace("(?", "") else 0
    call = f"regexp_extract({as_written(column)}, {quote_text(pattern)}, {group})"
    return derived(tr("Extract from {column}", column=column), [(name, call)])


def combined(first: str, second: str, separator: str, name: str) -> Act:
    """Put two columns into one, with a separator where both have a value."""
    call = f"concat_ws({quote_text(separator)}, {as_written(first)}, {as_written(second)})"
    return derived(tr("Combine {first} and {second}", first=first, second=second), [(name, call)])


def compared(first: str, second: str, name: str) -> Act:
    """Say of each row whether two columns hold the same; two nulls do."""
    call = f"{as_written(first)} IS NOT DISTINCT FROM {as_written(second)}"
    return derived(tr("Compare {first} and {second}", first=first, second=second), [(name, call)])


def calculated(first: str, sign: str, second: str, name: str) -> Act:
    """Add, subtract, multiply or divide two columns; divided by 0 there is no value."""
    divisor = f"nullif({as_written(second)}, 0)" if sign == "/" else as_written(second)
    call = f"{as_written(first)} {sign} {divisor}"
    return derived(tr("Calculate {name}", name=name), [(name, call)])


def measured(column: str, function: str, group: str) -> Act:
    """Make one row of all that are equal in a column, with a measure of another."""
    entry = {"name": f"{function}_{column}", "function": function, "column": column}

    def into(params: Params) -> Params | None:
        measures = _records(params, "measures")
        same = [_same(g, group) for g in params.get("group_by", ())] == [True]
        taken = any(_same(m.get("name"), entry["name"]) for m in measures)
        return {**params, "measures": [*measures, entry]} if same and not taken else None

    params = {"group_by": [group], "measures": [entry]}
    return Act(
        tr(
            "{function} {column} by {group}",
            function=function.capitalize(),
            column=column,
            group=group,
        ),
        "aggregate",
        params,
        into,
    )


def required(column: Column, condition: str, name: str) -> Act:
    """Reject the rows that do not meet a condition on a column."""
    rule = {
        "id": name,
        "expression": f"{as_written(column.name)} {condition}",
        "action": "reject",
    }

    def into(params: Params) -> Params | None:
        rules = _records(params, "rules")
        taken = any(_same(r.get("id"), name) for r in rules)
        return None if taken else {**params, "rules": [*rules, rule]}

    return Act(tr("Check {name}", name=column.name), "rules", {"rules": [rule]}, into)


def derived(label: str, columns: Sequence[tuple[str, str]]) -> Act:
    """Compute columns by expressions."""
    entries = [{"name": name, "expression": expression} for name, expression in columns]

    def into(params: Params) -> Params | None:
        known = _records(params, "columns")
        if any(_same(c.get("name"), name) for c in known for name, _ in columns):
            # A column is computed once in a node.
            return None
        return {**params, "columns": [*known, *entries]}

    return Act(label, "derive", {"columns": entries}, into)


def free_name(wanted: str, taken: Sequence[str]) -> str:
    """Return a name that no column has: the one wanted, or that with a number."""
    known = {name.casefold() for name in taken}
    names = (wanted if n == 1 else f"{wanted}_{n}" for n in range(1, len(known) + 2))
    return next(name for name in names if name.casefold() not in known)


def done(
    document: Document, catalogue: Catalogue, ref: PortRef, act: Act, edge: Edge | None = None
) -> tuple[Edit, str]:
    """Return the edit that does something with the rows of a port, and the node that does it.

    The node before does it where it is of the type and can. Else a new one stands behind: in the
    edge, where it is told or where only one leaves the port; at its open end, where none or
    several do.

    Args:
        document: The pipeline.
        catalogue: The node types.
        ref: The port whose rows are looked at.
        act: What to do.
        edge: The edge that is looked at; None where it is the port.
    """
    leaving = list(document.edges_from(ref.node, ref.port))
    if len(leaving) <= 1:
        merged = _merged(document, catalogue, ref, act)
        if merged is not None:
            return Compound(act.label, (SetParams(ref.node, merged),)), ref.node
    into = edge if edge is not None else leaving[0] if len(leaving) == 1 else None
    kind = catalogue.get(act.type)
    x, y = document.layout.nodes.get(ref.node, (0, 0))
    at = (x + STEP, y)
    steps: list[Edit] = []
    if into is not None:
        moved = _room(document, into.target.node, at)
        steps += [MoveNodes(moved)] if moved else []
    before = document
    for step in steps:
        before = step.apply(before)
    node = new_node(before, kind)
    if into is not None:
        add = add_into(before, node, kind, at, into)
    else:
        add = add_after(node, kind, _below(before, at), (ref,))
    return Compound(act.label, (*steps, add, SetParams(node.id, act.params))), node.id


def _merged(document: Document, catalogue: Catalogue, ref: PortRef, act: Act) -> Params | None:
    node = document.nodes[ref.node]
    if node.type != act.type or node.type not in catalogue:
        return None
    if catalogue.get(node.type).outputs[0].name != ref.port:
        return None
    ports = {edge.source.port for edge in document.edges_from(ref.node)}
    if ports - {ref.port, REJECTED}:
        # Somebody gets what the node leaves out: that stays what it is.
        return None
    return act.into(node.params)


def _room(document: Document, first: str, at: Point) -> dict[str, Point | None]:
    """Return where nodes behind go, so that a new one has room; nothing where it has."""
    places = document.layout.nodes
    if first not in places or places[first][0] >= at[0] + _WIDE:
        return {}
    by = at[0] + STEP - places[first][0]
    behind, waiting = set[str](), [first]
    while waiting:
        now = waiting.pop()
        if now not in behind:
            behind.add(now)
            waiting += [e.target.node for e in document.edges_from(now)]
    return {i: (places[i][0] + by, places[i][1]) for i in behind
            if i in places and places[i][0] >= places[first][0]}  # fmt: skip


def _below(document: Document, at: Point) -> Point:
    """Return `at`, or a place under it where no card stands."""
    x, y = at
    taken = list(document.layout.nodes.values())
    while any(abs(x - a) < _WIDE and abs(y - b) < _HIGH for a, b in taken):
        y += _HIGH + 24
    return x, y


def _chosen(label: str, column: str, wants: Mapping[str, str]) -> Act:
    """Return what one entry of a Select columns node does."""
    entry = {"column": column, **wants}

    def into(params: Params) -> Params | None:
        known = _records(params, "columns")
        for place, choice in enumerate(known):
            if _same(choice.get("name") or choice.get("column"), column):
                if "type" in wants and choice.get("type"):
                    # From the type before to the next is not from the first to the last.
                    return None
                return {**params, "columns": [*known[:place], {**choice, **wants},
                                              *known[place + 1 :]]}  # fmt: skip
        if params.get("others", "drop") != "keep":
            return None
        return {**params, "columns": [*known, entry]}

    return Act(label, "select_columns", {"columns": [entry], "others": "keep"}, into)


def _equals(column: Column, value: Any, *, keep: bool) -> str:
    name = as_written(column.name)
    if value is None:
        return f"{name} IS NULL" if keep else f"{name} IS NOT NULL"
    written = written_value(column, value)
    return f"{name} = {written}" if keep else f"{name} IS DISTINCT FROM {written}"


def written_value(column: Column, value: Any) -> str:
    """Return a value of a column as an expression."""
    if isinstance(value, time):
        return f"CAST({quote_text(value.isoformat())} AS TIME)"
    if isinstance(value, float) or column.type == "FLOAT":
        return f"CAST({quote_text(repr(value))} AS {column.type})"
    return literal(value)


def can_write(value: Any) -> bool:
    """Return True of a value that an expression can hold."""
    return value is None or isinstance(
        value, str | bool | int | float | Decimal | datetime | date | time
    )


def parts_of(table: Any, place: int, separator: str) -> int:
    """Return how many parts the values of a text column have at most; 2 to 6 of them count."""
    import pyarrow.compute as pc

    column = table.column(place)
    if not len(column) or column.null_count == len(column):
        return 2
    most = pc.max(pc.list_value_length(pc.split_pattern(column, separator))).as_py() or 2
    return max(2, min(int(most), 6))


def _records(params: Params, name: str) -> list[dict[str, Any]]:
    found = params.get(name) or ()
    return [dict(entry) for entry in found]


def _same(one: Any, other: str) -> bool:
    return isinstance(one, str) and one.casefold() == other.casefold()


def _bracketed(condition: str) -> str:
    return f"({condition}\n)" if "--" in condition else f"({condition})"


def _never(_params: Params) -> Params | None:
    return None
