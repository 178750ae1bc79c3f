"""Mask personal data."""

from collections.abc import Mapping
from typing import Literal

from summit_studio.core.schema import VARCHAR, Schema
from summit_studio.core.sql import quote_name
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
    visible,
)
from summit_studio.nodes.made import Made, Makes, Read
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import require, require_new, require_some

_SHAPES = {
    "mail": (
        "CASE WHEN instr({0}, '@') > 1 THEN substr({0}, 1, 1) || '***' ||"
        " substr({0}, instr({0}, '@')) ELSE '***' END"
    ),
    "card": (
        "CASE WHEN length({0}) >= 12 THEN '**** **** **** ' || substr({0}, length({0}) - 3)"
        " ELSE '***' END"
    ),
    "phone": (
        "CASE WHEN length({0}) >= 9 THEN substr({0}, 1, 3) || '***' || substr({0}, length({0}) - 1)"
        " ELSE '***' END"
    ),
    "name": "substr({0}, 1, 1) || '***'",
    "iban": (
        "CASE WHEN length({0}) >= 15 THEN substr({0}, 1, 2) || '** **** ' ||"
        " substr({0}, length({0}) - 3) ELSE '***' END"
    ),
    "redact": "'***'",
    "keep_last": (
        "CASE WHEN length({0}) > {1} THEN '***' || substr({0}, length({0}) - {1} + 1)"
        " ELSE '***' END"
    ),
}
"""SQL for each kind: {0} is the text, {1} the number of characters to keep.

substr and instr are about five times as fast as regular expressions. A value too short to hide
anything is hidden whole.
"""


class MaskedColumn(Params):
    """One column to mask."""

    column: str = param(doc="The column; its masked values are text.", editor=Editor.COLUMN)
    kind: Literal["mail", "card", "phone", "name", "iban", "redact", "keep_last"] = param(
        "redact",
        keywords=("type", "mask", "method"),
        doc="What stays readable. mail: first character and domain; card: last four digits; phone:"
        " first three and last two; name: first character; iban: country and last four; redact:"
        " nothing; keep_last: so many last characters.",
        editor=Editor.CHOICE,
    )
    keep: int = param(
        4,
        doc="How many characters keep_last leaves readable.",
        editor=Editor.NUMBER,
        unit="characters",
        minimum=1,
        maximum=1000,
        advanced=True,
    )


class MaskParams(Params):
    """Params of `mask`."""

    columns: tuple[MaskedColumn, ...] = param(
        (), doc="The columns to mask.", keywords=("fields",), editor=Editor.RECORDS
    )


class Mask(RelationalNode[MaskParams]):
    """Mask personal data, such as mail addresses and card numbers.

    Masking cannot be undone. Nulls stay null; how long a value was does not show.
    """

    id = "mask"
    title = "Mask columns"
    category = Category.TRANSFORM
    icon = "mask"
    keywords = (
        "anonymize", "privacy", "personal data", "pii", "redact", "pseudonymize", "hide",
        "obfuscate", "gdpr",
    )  # fmt: skip
    params_class = MaskParams
    rowwise = True
    examples = (
        Example(
            "Mail addresses keep their domain",
            {"columns": [{"column": "mail", "kind": "mail"}]},
            given={
                "rows": Rows(
                    {"id": "BIGINT", "mail": "VARCHAR"},
                    [(1, "ada@example.org"), (2, None), (3, "nobody"), (4, "@x"), (5, "")],
                )
            },
            expected={
                "rows": Rows(
                    {"id": "BIGINT", "mail": "VARCHAR"},
                    [(1, "a***@example.org"), (2, None), (3, "***"), (4, "***"), (5, "***")],
                )
            },
        ),
        Example(
            "The other kinds",
            {
                "columns": [
                    {"column": "card", "kind": "card"},
                    {"column": "phone", "kind": "phone"},
                    {"column": "name", "kind": "name"},
                    {"column": "iban", "kind": "iban"},
                    {"column": "note"},
                    {"column": "number", "kind": "keep_last", "keep": 2},
                ]
            },
            given={
                "rows": Rows(
                    {"card": "VARCHAR", "phone": "VARCHAR", "name": "VARCHAR", "iban": "VARCHAR",
                     "note": "VARCHAR", "number": "BIGINT"},
                    [
                        ("4111 1111 1111 1111", "+43 660 1234567", "Ada", "AT611904300234573201",
                         "x", 12345),
                        ("123", "123", None, "AT61", None, 12),
                    ],
                )
            },
            expected={
                "rows": Rows(
                    dict.fromkeys(("card", "phone", "name", "iban", "note", "number"), "VARCHAR"),
                    [
                        ("**** **** **** 1111", "+43***67", "A***", "AT** **** 3201", "***",
                         "***45"),
                        ("***", "***", None, "***", None, "***"),
                    ],
                )
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the masked columns."""
        return ", ".join(masked.column for masked in self.params.columns)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the input's schema, masked columns as text."""
        (schema,) = inputs["rows"]
        require_some(self.params.columns, "columns", "No column is masked", "choose at least one")
        taken: list[str] = []
        for index, masked in enumerate(self.params.columns):
            place = f"columns.{index}.column"
            require_new(require(schema, masked.column, place).name, taken, place)
            taken.append(masked.column)
        return super().infer(inputs, context)

    def made(self, inputs: Inputs, outputs: Outputs) -> Makes:
        """Return the input's columns, some masked."""
        (schema,) = inputs["rows"]
        masks = {m.column.casefold(): (i, m.kind) for i, m in enumerate(self.params.columns)}
        found = []
        for column in visible(schema):
            index, kind = masks.get(column.name.casefold(), (-1, ""))
            how, place = (f"masked ({kind})", f"columns.{index}") if kind else ("", "")
            found.append(Made(column.name, (Read("rows", column.name),), how, place))
        return {**super().made(inputs, outputs), "rows": tuple(found)}

    def relation(self, inputs: Mapping[str, tuple[Input, ...]]) -> Relation:
        """Return the rows with masked columns; masking fails on no row."""
        (rows,) = inputs["rows"]
        masks = {
            require(rows.schema, masked.column, "columns").name: masked
            for masked in self.params.columns
        }
        parts = [
            _masked(masks[c.name], rows.schema) if c.name in masks else quote_name(c.name)
            for c in rows.schema
        ]
        query = f"SELECT {', '.join(parts)} FROM {rows.table}"
        return Relation(ports={"rows": query}, fast=query)


def _masked(masked: MaskedColumn, schema: Schema) -> str:
    column = require(schema, masked.column, "columns")
    name = quote_name(column.name)
    text = name if column.type == VARCHAR else f"CAST({name} AS VARCHAR)"
    shape = _SHAPES[masked.kind].format(text, masked.keep)
    return f"CASE WHEN {name} IS NOT NULL THEN {shape} END AS {name}"
