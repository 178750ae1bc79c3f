"""The text of a pipeline: what a `.summit.json` file holds.

The order of keys never changes and the layout has a section of its own, one box a line, so that
a diff of two versions shows what changed and nothing else.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from summit_studio.core.errors import InvalidDocument
from summit_studio.document.migrations import format_of, migrate
from summit_studio.document.model import (
    ENABLED,
    FORMAT,
    Document,
    Frame,
    Layout,
    Node,
    Note,
    Parameter,
)
from summit_studio.document.reading import FRAME_KEYS, NODE_KEYS, document_of
from summit_studio.document.strict_json import read_json


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as it came from a file.

    Args:
        format: The format the text had, before any migration.
        read_only: True for a newer format: what we did not understand must not be written over.
        notices: Sentences to show whoever opened it.
        text: The very text, so that saving an unchanged document changes no byte.
    """

    document: Document
    format: int
    read_only: bool
    notices: tuple[str, ...]
    text: str

    def to_run(self) -> Document:
        """Return the document for running.

        Raises:
            InvalidDocument: A newer version wrote it: what we do not know may change what it does.
        """
        if self.read_only:
            raise InvalidDocument(
                f"'{self.document.name}' cannot run here",
                why=f"a newer version wrote it (format {self.format}; this version knows {FORMAT})",
                do="update Summit Studio",
                code="document_newer",
            )
        return self.document


def parse(text: str, name: str = "") -> Loaded:
    """Read the text of a pipeline.

    Args:
        text: The whole file.
        name: The pipeline's name where the text gives none.

    Raises:
        InvalidDocument: The text is no pipeline; nothing else is ever raised.
    """
    raw = read_json(text)
    if not isinstance(raw, dict):
        raise InvalidDocument(
            "This is not a pipeline",
            why="the file does not hold a JSON object",
            do="choose a file whose name ends in .summit.json",
            code="not_a_pipeline",
        )
    number = format_of(raw)
    if number > FORMAT:
        return _newer(raw, number, text, name)
    document = document_of(migrate(raw), name)
    notices = () if number == FORMAT else (_older_notice(number),)
    return Loaded(document, number, read_only=False, notices=notices, text=text)


def dump(document: Document) -> str:
    """Return the text of a document, which ends in a newline.

    Raises:
        InvalidDocument: A param holds something JSON cannot say, such as NaN or a date.
    """
    sections: dict[str, str] = {
        "format": str(FORMAT),
        **({"id": _json(document.id, 1)} if document.id else {}),
        "name": _json(document.name, 1),
        "mode": _json(document.mode, 1),
    }
    if document.parameters:
        values = {k: parameter_json(p) for k, p in document.parameters.items()}
        sections["parameters"] = _json(values, 1)
    if document.settings:
        sections["settings"] = _json(document.settings, 1)
    sections["nodes"] = _block(((k, _node(n)) for k, n in document.nodes.items()), 1)
    sections["edges"] = _json([str(edge) for edge in document.edges], 1)
    if document.notes:
        sections["notes"] = _json({k: note_json(n) for k, n in document.notes.items()}, 1)
    if document.tests:
        sections["tests"] = _json(document.tests, 1)
    sections["layout"] = _layout(document.layout)
    for key, value in document.extra.items():
        sections.setdefault(key, _json(value, 1))
    return _block(sections.items(), 0) + "\n"


def node_json(node: Node) -> dict[str, Any]:
    """Return a node as it stands in a file."""
    known = {"type": node.type} | ({} if node.title is None else {"title": node.title})
    known |= {} if node.state == ENABLED else {"state": node.state}
    return {**known, "params": node.params, **_unknown(node.extra, NODE_KEYS)}


def note_json(note: Note) -> dict[str, Any]:
    """Return a note as it stands in a file."""
    return {"text": note.text, **_unknown(note.extra, ("text",))}


def parameter_json(parameter: Parameter) -> dict[str, Any]:
    """Return a parameter as it stands in a file."""
    known: dict[str, Any] = {"type": parameter.type}
    if parameter.default is not None:
        known["default"] = parameter.default
    if parameter.doc:
        known["doc"] = parameter.doc
    return known | _unknown(parameter.extra, ("type", "default", "doc"))


def frame_json(frame: Frame) -> dict[str, Any]:
    """Return a frame as it stands in a file."""
    known: dict[str, Any] = {"title": frame.title}
    if frame.colour:
        known["colour"] = frame.colour
    known |= {"box": frame.box, "nodes": frame.nodes}
    if frame.notes:
        known["notes"] = frame.notes
    if frame.collapsed:
        known["collapsed"] = True
    return known | _unknown(frame.extra, FRAME_KEYS)


def _node(node: Node) -> str:
    try:
        return _json(node_json(node), 2)
    except InvalidDocument as error:
        error.at(node_id=node.id, node_title=node.title)
        raise


def _layout(layout: Layout) -> str:
    sections = {
        "nodes": _block(((k, json.dumps(p)) for k, p in layout.nodes.items()), 2),
        "notes": _block(((k, json.dumps(b)) for k, b in layout.notes.items()), 2),
    }
    if layout.colours:
        sections["colours"] = _json(layout.colours, 2)
    if layout.frames:
        frames = ((k, _json(frame_json(f), 2, lines=False)) for k, f in layout.frames.items())
        sections["frames"] = _block(frames, 2)
    if layout.edges:
        sections["edges"] = _block(((str(e), json.dumps(b)) for e, b in layout.edges.items()), 2)
    for key, value in layout.extra.items():
        sections.setdefault(key, _json(value, 2))
    return _block(sections.items(), 1)


def _block(items: Iterable[tuple[str, str]], depth: int) -> str:
    """Return an object whose values are JSON texts already, indented at `depth`."""
    pad = "  " * (depth + 1)
    lines = [f"{pad}{json.dumps(key, ensure_ascii=False)}: {value}" for key, value in items]
    return "{\n" + ",\n".join(lines) + "\n" + "  " * depth + "}" if lines else "{}"


def _json(value: Any, depth: int, *, lines: bool = True) -> str:
    indent = 2 if lines else None
    try:
        text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False, default=_plain)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidDocument(
            "Cannot write the pipeline",
            why=f"a value is not JSON: {error}",
            do="use texts, whole numbers, finite numbers, true, false, null, lists and objects",
            code="value_not_json",
        ) from None
    # A newline inside a JSON text is always layout: in strings it is escaped.
    return text.replace("\n", "\n" + "  " * depth)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _unknown(extra: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {k: v for k, v in extra.items() if k not in known}


def _newer(raw: dict[str, Any], number: int, text: str, name: str) -> Loaded:
    notice = (
        f"This file was written by a newer version of Summit Studio (format {number}; this"
        f" version writes {FORMAT}). It opens read-only; update Summit Studio to change it."
    )
    try:
        document = document_of(raw, name)
    except InvalidDocument as error:
        raise InvalidDocument(
            "Cannot read the pipeline",
            why=f"a newer version wrote it (format {number}, this one reads up to {FORMAT}),"
            f" and {error.why}",
            do="update Summit Studio",
            code="format_newer",
            where=error.where,
        ) from None
    return Loaded(document, number, read_only=True, notices=(notice,), text=text)


def _older_notice(number: int) -> str:
    return (
        f"This file has the older format {number}; the next change you save writes it in"
        f" format {FORMAT}."
    )
