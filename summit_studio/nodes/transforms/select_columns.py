"""Choose, rename and cast columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from summit_studio.core.errors import InvalidParams, Where
from summit_studio.core.schema import REJECT_COLUMNS, VARCHAR, Column, Schema, base_type, is_nested
from summit_studio.core.sql import quote_name, quote_text
from summit_studio.expressions.lineage import as_written
from summit_studio.nodes.contract import (
    Category,
    DesignContext,
    Example,
    Input,
    Inputs,
    Outputs,
    Relation,
    RelationalNode,
    Rows,
    hidden,
    visible,
)
from summit_studio.nodes.made import Made, Makes, Read
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.casts import exact
from summit_studio.nodes.parts.fields import (
    TypeName,
    known_type,
    require,
    require_castable,
    require_new,
    require_some,
)
from summit_studio.nodes.parts.queries import rejects
from summit_studio.nodes.words import parted, renamed

_TRY_CAST_IS_EXACT = frozenset(
    {"VARCHAR", "BOOLEAN", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "UUID",
     "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL", "BLOB"}
)  # fmt: skip
"""Types between which TRY_CAST gives null for every failure; of a list it nulls single items."""

SHOWN_CHARACTERS = 80
"""How much of a value stands in the reason of a rejected row."""


class ColumnChoice(Params):
    """One column of the output."""

    column: str = param(
        doc="The column of the input.", keywords=("field", "col", "from"), editor=Editor.COLUMN
    )
    name: str = param(
        "",
        title="New name",
        doc="Its new name; empty keeps the old one.",
        keywords=("rename", "alias", "as", "new_name", "to"),
    )
    type: TypeName = param(
        "",
        keywords=("cast", "dtype"),
        doc="The type to cast it to; empty keeps its type. A row whose value the type cannot hold"
        " as it is, such as 12.6 as a whole number, is rejected.",
        editor=Editor.TYPE,
    )
    format: str = param(
        "",
        doc="How the text spells a date or time, where it is not 2024-12-31 23:59:59.",
        placeholder="%d.%m.%Y",
        advanced=True,
    )


class SelectColumnsParams(Params):
    """Params of `select_columns`."""

    columns: tuple[ColumnChoice, ...] = param(
        (),
        doc="The columns to choose, rename or cast.",
        keywords=("fields", "names", "select", "keep"),
        editor=Editor.RECORDS,
        mapped="column",
    )
    others: Literal["drop", "keep"] = param(
        "drop",
        doc="What happens to columns not listed; with keep, every column stays where it stands.",
        keywords=("rest", "remaining"),
        editor=Editor.CHOICE,
    )


@dataclass(frozen=True, slots=True)
class _Target:
    """One output column: where it comes from, its name, and the cast, if any.

    Args:
        index: Of the entry in the params that asks for it; None for a column not listed.
    """

    source: Column
    name: str
    index: int | None = None
    type: str = ""
    format: str = ""

    @property
    def casts(self) -> bool:
        return bool(self.type) and self.type.upper() != self.source.type

    @property
    def quick(self) -> str:
        source, cast, exact = quote_name(self.source.name), self._cast, self._exact
        # What raises is done again by `safe`, which tells the rows apart.
        if not exact:
            return cast
        return f"CASE WHEN {source} IS NULL OR {exact} THEN {cast} ELSE error('inexact') END"

    @property
    def _cast(self) -> str:
        value = quote_name(self.source.name)
        if self.format:
            value = f"strptime({value}, {quote_text(self.format)})"
        return f"CAST({value} AS {self.type})"

    @property
    def safe(self) -> str:
        """SQL of the value, null where the cast fails."""
        if self.format:
            value = f"try_strptime({quote_name(self.source.name)}, {quote_text(self.format)})"
            return f"TRY_CAST({value} AS {self.type})"
        if self._plain:
            cast = f"TRY_CAST({quote_name(self.source.name)} AS {self.type})"
            return f"CASE WHEN {self._exact} THEN {cast} END" if self._exact else cast
        # What is volatile, as an error is, has no place in a TRY.
        tried = f"TRY({self._cast})"
        return f"CASE WHEN {self._exact} THEN {tried} END" if self._exact else tried

    @property
    def failed(self) -> str:
        """SQL condition: the value is there and cannot be cast."""
        source = quote_name(self.source.name)
        if self.format or self._plain:
            return f"({source} IS NOT NULL AND {self.safe} IS NULL)"
        inexact = f"{source} IS NOT NULL AND NOT {self._exact} OR " if self._exact else ""
        return f"({inexact}TRY({{'v': {self._cast}}}) IS NULL)"

    @property
    def _exact(self) -> str:
        if self.format or not (self._plain or is_nested(self.type.upper())):
            return ""
        return exact(quote_name(self.source.name), self.source.type, self.type)

    @property
    def _plain(self) -> bool:
        kinds = (self.source.type, self.type.upper())
        return all(base_type(k) in _TRY_CAST_IS_EXACT and not k.endswith("]") for k in kinds)


class SelectColumns(RelationalNode[SelectColumnsParams]):
    """Choose columns, and rename, reorder or cast them."""

    id = "select_columns"
    title = "Select columns"
    category = Category.TRANSFORM
    icon = "select"
    keywords = (
        "rename", "column filter", "cast", "convert type", "reorder", "drop columns",
        "remove columns", "keep", "project", "astype", "alter fields",
        "change types",
    )  # fmt: skip
    params_class = SelectColumnsParams
    can_reject = True
    rowwise = True
    examples = (
        Example(
            "Rename a column and leave out the rest",
            {"columns": [{"column": "name", "name": "customer"}, {"column": "id"}]},
            given={
                "rows": Rows(
                    {"id": "BIGINT", "name": "VARCHAR", "note": "VARCHAR"},
                    [(1, "Ada", "x"), (2, None, None)],
                )
            },
            expected={
                "rows": Rows({"customer": "VARCHAR", "id": "BIGINT"}, [("Ada", 1), (None, 2)])
            },
        ),
        Example(
            "Turn text into numbers; what is no number is rejected",
            {"columns": [{"column": "amount", "type": "DECIMAL(10,2)"}], "others": "keep"},
            given={
                "rows": Rows(
                    {"id": "BIGINT", "amount": "VARCHAR"},
                    [(1, "9.50"), (2, "n/a"), (3, None), (4, " 7 ")],
                )
            },
            expected={
                "rows": Rows(
                    {"id": "BIGINT", "amount": "DECIMAL(10,2)"},
                    [(1, "9.50"), (3, None), (4, "7.00")],
                ),
                "rejected": Rows(
                    {"id": "BIGINT", "amount": "VARCHAR"}
                    | {c.name: c.type for c in REJECT_COLUMNS},
                    [
                        (2, "n/a", "cast_failed", "amount",
                         "Column 'amount' holds 'n/a' (VARCHAR), which is no DECIMAL(10,2).", None),
                    ],
                ),
            },
        ),
        Example(
            "Read dates as people write them",
            {"columns": [{"column": "day", "type": "DATE", "format": "%d.%m.%Y"}]},
            given={"rows": Rows({"day": "VARCHAR"}, [("31.12.2024",), (None,)])},
            expected={"rows": Rows({"day": "DATE"}, [("2024-12-31",), (None,)])},
        ),
    )  # fmt: skip

    @classmethod
    def brief(cls, words: str) -> dict[str, Any]:
        """Return the columns of `id, amount as price`."""
        columns = list[dict[str, str]]()
        for part in parted(words):
            name, column = renamed(part)
            columns.append({"column": column.strip('"')} | ({"name": name} if name else {}))
        return {"columns": columns}

    def summary(self) -> str:
        """Return the columns, with new names and types."""
        shown = [_shown(choice) for choice in self.params.columns]
        return ", ".join(shown + ["..."] * (self.params.others == "keep"))

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the chosen columns; the rejected port keeps those of the input."""
        (schema,) = inputs["rows"]
        if self.params.others == "drop":
            require_some(
                self.params.columns, "columns", "No column is chosen", "choose at least one"
            )
        for index, choice in enumerate(self.params.columns):
            self._check_choice(choice, f"columns.{index}", schema, context)
        self._check_names(schema)
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the chosen columns, each of one of the input."""
        (schema,) = inputs["rows"]
        found = []
        for target in self._targets(visible(schema)):
            place = "" if target.index is None else f"columns.{target.index}"
            how = f"CAST({as_written(target.source.name)} AS {target.type})" if target.casts else ""
            reads = (Read("rows", target.source.name),)
            found.append(Made(target.name, reads, how, place, f"{place}.name" if place else ""))
        return {**super().made(inputs, outputs), "rows": tuple(found)}

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the chosen columns, and the rows on which a cast fails."""
        (rows,) = inputs["rows"]
        targets = tuple(self._targets(rows.schema))
        casts = [t for t in targets if t.casts]
        fails = " OR ".join(t.failed for t in casts) or "false"
        quick = _select(targets, rows, [t.quick for t in casts])
        safe = _select(targets, rows, [t.safe for t in casts])
        column = _first(casts, [quote_text(t.source.name) for t in casts])
        return Relation(
            ports={
                "rows": f"{safe} WHERE NOT ({fails})" if casts else quick,
                "rejected": rejects(
                    rows,
                    fails,
                    code=quote_text("cast_failed"),
                    column=column,
                    reason=_first(casts, [_reason(t) for t in casts]),
                ),
            },
            fast=quick,
        )

    def _targets(self, schema: Schema) -> Iterator[_Target]:
        if self.params.others == "drop":
            for index, choice in enumerate(self.params.columns):
                yield _target(require(schema, choice.column, "columns"), index, choice)
            yield from (_Target(column, column.name) for column in hidden(schema))
            return
        for source in schema:
            chosen = [
                _target(source, index, choice)
                for index, choice in enumerate(self.params.columns)
                if schema.find(choice.column) == source
            ]
            yield from chosen
            if not chosen:
                yield _Target(source, source.name)

    def _check_choice(
        self, choice: ColumnChoice, place: str, schema: Schema, context: DesignContext
    ) -> None:
        source = require(schema, choice.column, f"{place}.column")
        if choice.type:
            wanted = known_type(choice.type, context.binder, f"{place}.type")
            if not choice.format:
                require_castable(source.type, wanted, f"{place}.type", f"Column '{source.name}'")
        if choice.format and (source.type != VARCHAR or not choice.type):
            raise InvalidParams(
                f"The format '{choice.format}' cannot be used",
                why=f"column '{source.name}' is {source.type}"
                if source.type != VARCHAR
                else "no type is chosen to read the text as",
                do="use it on a text column, with a date or time type; or leave it empty",
                code="format_unusable",
                where=Where(param=f"{place}.format"),
            )

    def _check_names(self, schema: Schema) -> None:
        taken: list[str] = []
        for target in self._targets(schema):
            place = "columns" if target.index is None else f"columns.{target.index}.name"
            require_new(target.name, taken, place)
            taken.append(target.name)


def _target(source: Column, index: int, choice: ColumnChoice) -> _Target:
    return _Target(source, choice.name or source.name, index, choice.type, choice.format)


def _select(targets: tuple[_Target, ...], rows: Input, casts: list[str]) -> str:
    values = iter(casts)
    parts = [
        f"{next(values) if t.casts else quote_name(t.source.name)} AS {quote_name(t.name)}"
        for t in targets
    ]
    return f"SELECT {', '.join(parts)} FROM {rows.table}"


def _first(casts: list[_Target], results: list[str]) -> str:
    """Return SQL giving the entry of `results` that belongs to the first failed cast."""
    if not casts:
        return "NULL"
    arms = " ".join(
        f"WHEN {cast.failed} THEN {result}" for cast, result in zip(casts, results, strict=True)
    )
    return f"CASE {arms} END"


def _reason(target: _Target) -> str:
    before = quote_text(f"Column '{target.source.name}' holds '")
    wanted = f"{target.type} written {target.format}" if target.format else target.type
    after = quote_text(f"' ({target.source.type}), which is no {wanted}.")
    value = f"left({quote_name(target.source.name)}::VARCHAR, {SHOWN_CHARACTERS})"
    return f"{before} || {value} || {after}"


def _shown(choice: ColumnChoice) -> str:
    text = choice.column
    if choice.name and choice.name != choice.column:
        text += f" as {choice.name}"
    return f"{text}: {choice.type}" if choice.type else text
