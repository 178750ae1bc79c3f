"""What is told of a node type as rich text: on its card, and in full."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any

from summit_studio.app.look.theme import Theme, mono_family
from summit_studio.app.look.words import tr
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import Example, Port, Rows

_MOST_ROWS = 4
_MOST_COLUMNS = 4
_SIDE_BY_SIDE = 6
_MOST_LETTERS = 22
_MOST_LINE = 56
_SPACE = '<p style="margin:0;font-size:6px">&nbsp;</p>'
"""What stands above a table: a margin of its own is not drawn."""


def told(kind: type[AnyNode], theme: Theme) -> str:
    """Return what a card says, as rich text in the colours of a theme."""
    words = _Words(theme)
    parts = [
        f'<p style="margin:0"><b style="font-size:{theme.HEADING}px">{escape(kind.title)}</b></p>',
        f'<p style="margin:4px 0 0 0">{escape(kind.sentence())}</p>{_SPACE}',
        words.ports(kind.inputs, kind.output_ports()),
    ]
    if kind.examples:
        parts.append(words.example(kind, kind.examples[0]))
    return "".join(parts)


def told_in_full(kind: type[AnyNode], theme: Theme, fields: Iterable[tuple[str, str]]) -> str:
    """Return what there is to know of a type beyond its sentence: fields, ports, every example.

    It stands in a narrow place.

    Args:
        kind: The type.
        theme: Whose colours it is written in.
        fields: What people call its fields, and what each is.
    """
    words = _Words(theme)
    paragraphs = inspect.cleandoc(kind.__doc__ or kind.title).split("\n\n")
    parts = [
        *(f'<p style="margin:0 0 8px 0">{escape(" ".join(p.split()))}</p>' for p in paragraphs[1:]),
        words.fields(fields),
        words.ports(kind.inputs, kind.output_ports()),
        *(words.example(kind, example, narrow=True) for example in kind.examples),
    ]
    return "".join(parts)


class _Words:
    """Writes the parts of a card in a theme."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def fields(self, fields: Iterable[tuple[str, str]]) -> str:
        """Return a paragraph for each field: its name, and what it is."""
        return "".join(
            f'<p style="margin:0 0 6px 0"><b>{escape(title)}</b><br/>{self._faint(doc)}</p>'
            for title, doc in fields
        )

    def ports(self, inputs: Sequence[Port], outputs: Sequence[Port]) -> str:
        """Return a line for each port."""
        lines = [
            f'<tr><td style="padding-right:12px">{self._faint(side)}</td>'
            f'<td style="padding-right:12px">{escape(port.name)}</td>'
            f"<td>{self._faint(port.doc)}</td></tr>"
            for side, ports in (("in", inputs), ("out", outputs))
            for port in ports
        ]
        return f'<table cellspacing="0" cellpadding="1">{"".join(lines)}</table>' if lines else ""

    def example(self, kind: type[AnyNode], example: Example, *, narrow: bool = False) -> str:
        """Return an example: what it shows, the node's second line, rows in and rows out."""
        head = self._faint(tr("Example"))
        parts = [f'<p style="margin:12px 0 0 0">{head}<br/>{escape(example.title)}</p>']
        summary = kind(kind.params_class.model_validate(dict(example.params))).summary()
        if summary:
            parts.append(
                f'<p style="margin:2px 0 0 0">{self._mono(_short(summary, _MOST_LINE))}</p>'
            )
        before = [
            self._rows(tr("in: {port}", port=port), rows) for port, rows in _each(example.given)
        ]
        if example.expected and not before:
            file = example.files.get(str(example.params.get("path", "")))
            if isinstance(file, str):
                before = [self._lines(str(example.params["path"]), file)]
        after = [
            self._rows(tr("out: {port}", port=port), rows)
            for port, rows in _each(example.expected)
            if rows.rows
        ]
        after += [self._lines(name, text) for name, text in example.written.items()]
        beside = _widest(example.given) + _widest(example.expected) <= _SIDE_BY_SIDE
        return "".join([*parts, _SPACE, _together(before, after, beside=beside and not narrow)])

    def _rows(self, title: str, rows: Rows) -> str:
        names = list(rows.schema)
        more = ["\N{HORIZONTAL ELLIPSIS}"] if len(names) > _MOST_COLUMNS else []
        head = "".join(
            f'<th align="left">{self._faint(n)}</th>' for n in [*names[:_MOST_COLUMNS], *more]
        )
        lines = [
            "<tr>" + "".join(f"<td>{self._value(v)}</td>" for v in row[:_MOST_COLUMNS])
            + "".join(f"<td>{self._faint(m)}</td>" for m in more) + "</tr>"
            for row in rows.rows[:_MOST_ROWS]
        ]  # fmt: skip
        left = len(rows.rows) - _MOST_ROWS
        more_rows = self._faint(tr("and {left} more", left=left))
        rest = f"<br/>{more_rows}" if left > 0 else ""
        top = f'<tr bgcolor="{self._theme.raised}">{head}</tr>'
        table = f'<table cellspacing="0" cellpadding="4">{top}{"".join(lines)}</table>'
        return f"{self._headed(title)}{table}{rest}"

    def _lines(self, name: str, text: str) -> str:
        lines = [_short(line, _MOST_LINE) for line in text.splitlines()]
        if len(lines) > _MOST_ROWS:
            lines = [*lines[:_MOST_ROWS], "\N{HORIZONTAL ELLIPSIS}"]
        return self._headed(name) + "".join(
            f'<p style="margin:2px 0 0 0">{self._mono(line)}</p>' for line in lines
        )

    def _headed(self, title: str) -> str:
        return f'<p style="margin:10px 0 4px 0">{self._faint(title)}</p>'

    def _value(self, value: Any) -> str:
        if value is None:
            return self._faint("null")
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return escape(_short(text, _MOST_LETTERS)).replace(" ", "&nbsp;")

    def _faint(self, text: str) -> str:
        size = self._theme.SMALL
        return f'<span style="color:{self._theme.muted};font-size:{size}px">{escape(text)}</span>'

    def _mono(self, text: str) -> str:
        kept = escape(text).replace(" ", "&nbsp;") if len(text) < _MOST_LINE else escape(text)
        return f"<span style=\"font-family:'{mono_family()}';font-size:12px\">{kept}</span>"


def _each(given: Mapping[str, Rows | Sequence[Rows]]) -> Iterable[tuple[str, Rows]]:
    """Yield the rows of each port, those of a port with many edges one after the other."""
    for port, rows in given.items():
        for one in [rows] if isinstance(rows, Rows) else rows:
            yield port, one


def _widest(given: Mapping[str, Rows | Sequence[Rows]]) -> int:
    return max((min(len(rows.schema), _MOST_COLUMNS) for _, rows in _each(given)), default=0)


def _together(before: Sequence[str], after: Sequence[str], *, beside: bool) -> str:
    """Return what goes in and what comes out, beside each other where both are narrow."""
    if not (before and after and beside):
        return "".join([*before, *after])
    arrow = "\N{RIGHTWARDS ARROW}"
    return (
        f'<table cellspacing="0"><tr><td>{"".join(before)}</td>'
        f'<td valign="middle" style="padding:0 12px">{arrow}</td>'
        f"<td>{''.join(after)}</td></tr></table>"
    )


def _short(text: str, most: int) -> str:
    line = " ".join(islice(text.split("\n"), 3))
    return line if len(line) <= most else f"{line[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
