"""What is wrong with rows for the table they are to go into, with a click that mends it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.fitting import Limit, Mismatch, Standing, long_names, mismatches
from summit_studio.connectors.history import check_history, without
from summit_studio.connectors.merging import Merge, check_merge
from summit_studio.connectors.names import TableName
from summit_studio.connectors.relational import table_missing, view_in_place
from summit_studio.core.errors import WriteFailed
from summit_studio.core.problems import Fix, Insertion, Problem, Severity
from summit_studio.core.schema import TIMESTAMP, TIMESTAMPTZ, Schema, base_type
from summit_studio.core.sql import quote_name
from summit_studio.core.suggest import listing
from summit_studio.nodes.parts.fields import castable
from summit_studio.nodes.parts.probing import probe

if TYPE_CHECKING:
    from summit_studio.connectors.contract import Database
    from summit_studio.nodes.contract import DesignContext, SinkNode
    from summit_studio.workspace.connections import Connection

_LOOSE_DECIMAL: Final = "DECIMAL(38,9)"
"""What is cast to where the table takes decimals of any scale."""

_CAST: Final = "cast it before this sink, where rows that do not fit are rejected"

_SAID: Final = {
    "target_column_missing": (
        "Column '{column}' has no place in table {table}",
        "rename it or leave it out before this sink",
    ),
    "target_column_generated": (
        "Column '{column}' of table {table} cannot be written",
        "leave it out before this sink",
    ),
    "target_column_identity": (
        "Column '{column}' of table {table} is not for us to write",
        "leave it out before this sink",
    ),
    "target_column_required": (
        "Column '{column}' of table {table} gets no value",
        "derive it before this sink, or give it a default in the table",
    ),
    "target_type_clash": ("Column '{column}' does not fit table {table}", _CAST),
    "target_type_tight": ("Column '{column}' may be too big for table {table}", _CAST),
    "target_type_near": ("Column '{column}' may change its values in table {table}", _CAST),
    "target_key_missing": (
        "Rows of table {table} would repeat its key",
        "derive the key before this sink",
    ),
    "name_too_long": ("Cannot make table {table}", "shorten the name"),
}
"""What and do of each code of a mismatch."""

_UNWANTED: Final = frozenset(
    {"target_column_missing", "target_column_generated", "target_column_identity"}
)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at the database showed.

    Args:
        known: Its tables, where the wanted one is absent and not to be made.
        longest_name: The bytes that a name may have.
        unheld: Tells which values of a type the system does not hold.
        related: Why it cannot be written together with other tables of the run.
    """

    standing: Standing | None
    known: Sequence[str]
    longest_name: int | None
    unheld: Callable[[str], str]
    related: WriteFailed | None = None


@dataclass(frozen=True, slots=True)
class TableChecks:
    """Compares rows with the table that a sink writes, without writing.

    Args:
        node: The sink, of which problems and fixes speak.
        table: As the sink names it, in its field `table`.
        replaces: True if the rows there go first.
        remakes: True if the table itself is made anew.
        creates: True if it is made where it is absent, by the field `create`.
        by_key: True if rows find their place by a key, by the field `keys`.
        history: The columns that tell when a row held, where it is kept.
    """

    node: "SinkNode[Any]"
    table: str
    replaces: bool
    remakes: bool
    creates: bool
    by_key: bool = False
    history: tuple[str, ...] = ()

    def problems(
        self,
        schema: Schema,
        connection: "Connection",
        context: "DesignContext",
        merge: Merge | None = None,
    ) -> Iterator[Problem]:
        """Yield what a run would refuse, and what it might; nothing where nobody may be asked.

        Args:
            schema: The columns of the rows.
            connection: Where the table is.
            context: Of the check.
            merge: How rows find their place by a key, where it is known.

        Raises:
            SummitError: The database cannot be reached, or the table's name not be understood.
        """
        beside = tuple(context.tables(connection.name))
        sifts = self.node.node_id in context.rejecting
        subject = ("standing", self.table, self.creates, beside, sifts)
        look = probe(connection, context, subject, partial(self._look, beside=beside, sifts=sifts))
        if look is None:
            return
        if look.related is not None:
            yield replace(Problem.from_error(look.related), where=self.node.place("table"))
        name, standing = TableName.parse(self.table), look.standing
        if standing is None and not self.creates:
            yield self._absent(name, look.known)
        elif standing is not None and standing.view and not self._takes_rows(standing):
            yield replace(Problem.from_error(view_in_place(name)), where=self.node.place("table"))
        elif standing is None or self.remakes:
            yield from self._long(name, schema, look.longest_name)
            yield from self._refused(schema, name, look.unheld)
        else:
            yield from self._timeless(name, merge, standing)
            yield from self._keyless(name, schema, merge, standing)
            ours = [column for column in self.history if column not in schema]
            yield from self._misfits(schema, without(standing, ours), look.unheld, merge)

    def _timeless(
        self, table: TableName, merge: Merge | None, standing: Standing
    ) -> Iterator[Problem]:
        """Yield that the table has no place for when a row held."""
        if merge is None or merge.history is None:
            return
        try:
            check_history(table, merge.history, standing)
        except WriteFailed as error:
            yield replace(Problem.from_error(error), where=self.node.place("table"))

    def _keyless(
        self, table: TableName, schema: Schema, merge: Merge | None, standing: Standing
    ) -> Iterator[Problem]:
        """Yield that the table has no such key, with those it has to choose from."""
        if not self.by_key:
            return
        ours = {column.casefold() for column in self.history}
        keys = ([name for name in key if name.casefold() not in ours] for key in standing.keys)
        known = [names for key in keys if (names := _as_rows_have(key, schema))]
        fixes = tuple(
            Fix(f"Find rows by {listing(names)}", self.node.node_id, (("keys", names),))
            for names in known
        )
        if merge is None:
            if fixes:
                yield self.node.problem(
                    "keys_known",
                    f"Table {table} has a key to find rows by",
                    field_name="keys",
                    do="take it, or choose other columns",
                    severity=Severity.INFO,
                    fixes=fixes,
                )
            return
        try:
            timed = schema if merge.history is None else merge.history.timed(schema)
            check_merge(table, merge, timed, standing)
        except WriteFailed as error:
            told = Problem.from_error(error)
            yield replace(told, where=self.node.place("keys"), fixes=fixes)

    def _look(self, database: "Database", beside: Sequence[str], *, sifts: bool) -> _Look:
        standing = database.standing(self.table)
        known = database.tables() if standing is None and not self.creates else ()
        related = None
        try:
            if len(beside) > 1:
                database.check_related(self.table, beside, sifts=sifts)
        except WriteFailed as error:
            related = error
        return _Look(standing, known, database.longest_name, database.unheld, related)

    def _takes_rows(self, view: Standing) -> bool:
        return view.appendable and not self.replaces

    def _absent(self, name: TableName, known: Sequence[str]) -> Problem:
        problem = Problem.from_error(table_missing(name, known, reading=False))
        make = Fix("Make the table", self.node.node_id, (("create", True),))
        return replace(problem, where=self.node.place("table"), fixes=(make,))

    def _long(self, table: TableName, schema: Schema, most: int | None) -> Iterator[Problem]:
        found = long_names(table, schema, most)
        taken = {column.name.casefold() for column in schema}
        renamed: dict[str, str] = {}
        for mismatch in found:
            if mismatch.column and most is not None:
                new = renamed[mismatch.column] = _shortened(mismatch.column, taken, most)
                taken.add(new.casefold())
        fix = self._select("Shorten the names", _renaming(renamed), others="keep")
        for mismatch in found:
            yield self._problem(mismatch, table, [fix] if mismatch.column else [])

    def _misfits(
        self,
        schema: Schema,
        standing: Standing,
        unheld: Callable[[str], str],
        merge: Merge | None,
    ) -> Iterator[Problem]:
        found = mismatches(schema, standing)
        unwanted = [m.column for m in found if m.code in _UNWANTED]
        for mismatch in found:
            fixes: list[Fix] = []
            if _cast_type(mismatch, schema):
                fixes = [self._cast(found, schema)]
            elif mismatch.code in _UNWANTED:
                fixes = self._without(mismatch, unwanted, schema)
            yield self._problem(mismatch, standing.name, fixes)
        if not any(not mismatch.doubtful for mismatch in found):
            yield from self._refusable(schema, standing, merge)
            doubted = {mismatch.column for mismatch in found}
            rest = Schema(tuple(c for c in schema if c.name not in doubted))
            yield from self._refused(rest, standing.name, unheld)
            yield from self._changed(rest, standing)

    def _refused(
        self, schema: Schema, table: TableName, unheld: Callable[[str], str]
    ) -> Iterator[Problem]:
        """Yield, as notices, which values of the rows the system does not hold."""
        told: dict[str, list[str]] = {}
        for column in schema:
            if values := unheld(column.type):
                told.setdefault(values, []).append(column.name)
        for values, names in told.items():
            columns = f"column{'s' if len(names) > 1 else ''} {listing(names)}"
            yield self._notice(
                "values_may_be_refused",
                f"Table {table} cannot hold {values}, which {columns} may have",
                column=names[0],
                why="such values have no place in the database: their rows are refused",
            )

    def _changed(self, schema: Schema, standing: Standing) -> Iterator[Problem]:
        """Yield, as notices, which values the table would change, so that they are refused."""
        told: dict[Limit, list[str]] = {}
        for column in schema:
            found = standing.find(column.name)
            limit = found.limit if found else None
            if limit and limit.told and column.type in limit.given:
                told.setdefault(limit, []).append(column.name)
        for limit, names in told.items():
            held = [
                {"name": n, "expression": limit.held.replace("{0}", quote_name(n))} for n in names
            ]
            yield self._notice(
                "values_may_be_refused",
                f"{_each(names)} of table {standing.name} {limit.says}",
                Fix(
                    "Cut off the rest",
                    self.node.node_id,
                    insert=Insertion("derive", (("columns", held),)),
                )
                if limit.held
                else None,
                column=names[0],
                why="values are not changed in silence: rows with others are refused",
            )

    def _refusable(
        self, schema: Schema, standing: Standing, merge: Merge | None
    ) -> Iterator[Problem]:
        """Yield, as notices, for what the table may refuse single rows."""
        filled = [
            column.name
            for column in schema
            if (target := standing.find(column.name))
            and not (target.nullable or target.generated or target.identity)
        ]
        if filled:
            condition = " AND ".join(f"{quote_name(name)} IS NOT NULL" for name in filled)
            yield self._notice(
                "target_refuses_null",
                f"Table {standing.name} takes no null in {listing(filled)}",
                Fix(
                    "Leave out rows without a value",
                    self.node.node_id,
                    insert=Insertion("filter", (("condition", condition),), out="kept"),
                ),
            )
        found_by = set(merge.unique) if merge is not None and merge.mode != "insert" else set()
        for key in standing.keys:
            names = _as_rows_have(key, schema)
            if names and set(names) != found_by:
                yield self._notice(
                    "target_refuses_twice",
                    f"Table {standing.name} takes each {' and '.join(names)} once",
                    Fix(
                        "Keep the first row of each",
                        self.node.node_id,
                        insert=Insertion("deduplicate", (("keys", names),), out="unique"),
                    ),
                )

    def _notice(
        self,
        code: str,
        what: str,
        fix: Fix | None = None,
        *,
        column: str | None = None,
        why: str = "it refuses every row that breaks this",
    ) -> Problem:
        told = self.node.problem(
            code,
            what,
            field_name="table",
            why=why,
            do="connect the rejected port of this sink to put such rows aside: where it leads "
            "nowhere, the first ends the run",
            severity=Severity.INFO,
            fixes=(fix,) if fix else (),
        )
        return replace(told, where=replace(told.where, column=column))

    def _cast(self, found: Sequence[Mismatch], schema: Schema) -> Fix:
        """Return the fix that casts all that can be cast: nothing is left to click once more."""
        casts = {m.column: kind for m in found if (kind := _cast_type(m, schema))}
        columns = tuple({"column": name, "type": kind} for name, kind in casts.items())
        given = {name: column.type for name in casts if (column := schema.find(name))}
        lost = sorted({loss for name, kind in casts.items() if (loss := _loss(given[name], kind))})
        aside = f" ({', '.join(lost)})" if lost else ""
        return self._select(f"Use the table's types{aside}", columns, others="keep")

    def _without(self, mismatch: Mismatch, unwanted: Sequence[str], schema: Schema) -> list[Fix]:
        fixes: list[Fix] = []
        if mismatch.near and mismatch.near not in schema:
            columns = _renaming({mismatch.column: mismatch.near})
            fixes.append(self._select(f"Rename it to '{mismatch.near}'", columns, others="keep"))
        for gone in dict.fromkeys([(mismatch.column,), tuple(unwanted)]):
            kept = tuple({"column": c.name} for c in schema if c.name not in gone)
            label = "Leave it out" if len(gone) == 1 else f"Leave out all {len(gone)}"
            if kept:
                fixes.append(self._select(label, kept, others="drop"))
        return fixes

    def _select(self, label: str, columns: Sequence[Mapping[str, str]], others: str) -> Fix:
        params = (("columns", [dict(column) for column in columns]), ("others", others))
        return Fix(label, self.node.node_id, insert=Insertion("select_columns", params))

    def _problem(self, mismatch: Mismatch, table: TableName, fixes: Sequence[Fix]) -> Problem:
        what, do = _SAID[mismatch.code]
        where = replace(self.node.place("table"), column=mismatch.column or None)
        severity = Severity.WARNING if mismatch.doubtful else Severity.ERROR
        said = what.format(column=mismatch.column, table=table)
        return Problem(mismatch.code, said, mismatch.clause, do, where, severity, tuple(fixes))


def _as_rows_have(key: Sequence[str], schema: Schema) -> list[str]:
    """Return the columns of a key as rows call them; none where they have not all."""
    names = [column.name for name in key if (column := schema.find(name))]
    return names if len(names) == len(key) else []


def _each(names: Sequence[str]) -> str:
    return f"Each of columns {listing(names)}" if len(names) > 1 else f"Column {names[0]}"


def _renaming(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"column": old, "name": new} for old, new in names.items()]


def _cast_type(mismatch: Mismatch, schema: Schema) -> str:
    """Return the type to cast a column to, so that it fits; empty where no cast helps."""
    column, wants = schema.find(mismatch.column), mismatch.wants
    if column is None or not wants or "-" in wants:
        return ""
    if wants == "DECIMAL":
        wants = _LOOSE_DECIMAL
    return wants if castable(column.type, wants) else ""


def _loss(given: str, wanted: str) -> str:
    """Return what a cast drops unasked: Select columns rejects all else that would change."""
    if given in {TIMESTAMP, TIMESTAMPTZ} and wanted == "DATE":
        return "drops the time of day"
    if given in {TIMESTAMP, TIMESTAMPTZ} and wanted == "TIME":
        return "drops the day"
    if given == TIMESTAMP and wanted == TIMESTAMPTZ:
        return "times taken as UTC"
    return "drops digits" if base_type(wanted) == "FLOAT" else ""


def _shortened(name: str, taken: set[str], most: int) -> str:
    """Return a name cut to `most` bytes that no other column has."""
    number, end = 1, ""
    while True:
        short = name.encode()[: most - len(end)].decode(errors="ignore") + end
        if short.casefold() not in taken:
            return short
        number += 1
        end = f"_{number}"
