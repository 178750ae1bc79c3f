"""Read JSON files."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from summit_studio.core.errors import InvalidParams, SummitError
from summit_studio.core.schema import RAW_REJECTS, Column, Schema, carried
from summit_studio.formats.json.text import Layout, blocks, layout_of
from summit_studio.formats.json.values import Field, JsonRows, can_name, guess
from summit_studio.formats.text.encoding import (
    HEAD_BYTES,
    Compression,
    Format,
    TextStream,
    detect_format,
)
from summit_studio.nodes.contract import (
    Chunk,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Rows,
    RunContext,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import TypeName, known_type, require_new
from summit_studio.nodes.parts.input import FileInParams, FileSource, shown_path
from summit_studio.stores.faults import failure

_LOOKED_AT = 5
"""How many files of a pattern are looked at for their types."""

_BLOCK_BYTES = 8 << 20
_FIRST_BYTES = 1 << 16
"""How much is read for the first chunk, of which the bytes of a row are learnt."""


class JsonColumn(Params):
    """One column to read."""

    name: str = param(doc="The key.")
    type: TypeName = param(
        "",
        doc="Its type; values that do not fit are rejected. Empty: found out from the file.",
        editor=Editor.TYPE,
    )


class JsonSourceParams(FileInParams):
    """Params of `json_source`."""

    columns: tuple[JsonColumn, ...] = param(
        (),
        doc="The keys to read, in this order; with none named, all found in the first megabyte.",
        editor=Editor.RECORDS,
    )
    layout: Literal["auto", "lines", "array"] = param(
        "auto",
        doc="One object a line, or one array of objects.",
        editor=Editor.CHOICE,
    )
    nested: Literal["types", "text"] = param(
        "types",
        doc="Lists and objects inside a row become list and struct columns, or text in JSON.",
        editor=Editor.CHOICE,
    )
    extra_keys: Literal["ignore", "reject"] = param(
        "ignore",
        doc="What happens to a row with a key that is no column.",
        editor=Editor.CHOICE,
    )
    compression: Compression = param(
        "auto", doc="By the file's first bytes, or as told.", editor=Editor.CHOICE, advanced=True
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What looking at the files says: their keys and types."""

    columns: tuple[Column, ...]


class JsonSource(FileSource[JsonSourceParams]):
    """Read JSON objects, one a line or in one array, as rows.

    Types are found out from the first megabyte. A row that is no JSON object, or holds a value
    that does not fit its column, is rejected with its line and its text as found.
    """

    id = "json_source"
    title = "Read JSON"
    icon = "json"
    keywords = ("json reader", "jsonl", "ndjson", "lines", "import", "objects", "log", "file")
    params_class = JsonSourceParams
    can_reject = True
    raw_rejects = True
    folder_pattern = "**/*.json*"
    examples = (
        Example(
            "Lines, one of them damaged",
            {"path": "people.jsonl"},
            files={
                "people.jsonl": '{"id": 1, "name": "Ada", "born": "1815-12-10"}\n'
                '{"id": 2, "name": "Gra\n'
                '{"id": 3, "born": null}\n'
            },
            expected={
                "rows": Rows(
                    {"id": "BIGINT", "name": "VARCHAR", "born": "DATE"},
                    [(1, "Ada", "1815-12-10"), (3, None, None)],
                ),
                "rejected": Rows(
                    {column.name: column.type for column in RAW_REJECTS},
                    [
                        ("people.jsonl", 2, '{"id": 2, "name": "Gra', "malformed", None,
                         "Not JSON: unterminated string starting at, at character 19."),
                    ],
                ),
            },
        ),
        Example(
            "An array with lists inside",
            {"path": "orders.json", "columns": [{"name": "tags"}, {"name": "id"}]},
            files={
                "orders.json": '[\n  {"id": 1, "tags": ["new", "gift"]},\n'
                '  {"id": 2, "tags": []}\n]\n'
            },
            expected={
                "rows": Rows({"tags": "VARCHAR[]", "id": "BIGINT"}, [(["new", "gift"], 1), ([], 2)])
            },
        ),
    )  # fmt: skip

    def summary(self) -> str:
        """Return the path and how many columns are named."""
        count = len(self.params.columns)
        return f"{self.params.path} · {count} columns" if count else self.params.path

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns named, or those found in the files.

        Raises:
            SummitError: A file is missing, no text, or holds no JSON objects.
        """
        del inputs
        files = self.files(context)
        try:
            if self.params.columns and all(c.type for c in self.params.columns):
                detect_format(files[0], self.params.compression)
                found = _Found(())
            else:
                found = self.probed(context, files, lambda: self._look(files))
            schema = self._schema(found)
        except SummitError as error:
            raise self.at_path(error) from None
        for index, column in enumerate(self.params.columns):
            if column.type:
                known_type(column.type, context.binder, f"columns.{index}.type")
        return {"rows": carried(schema)}

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Open the files."""
        declared = {c.name: c.type for c in self.params.columns if c.type}
        fields = [Field(c.name, declared.get(c.name, c.type)) for c in schema]
        rows = JsonRows(fields, closed=self.params.extra_keys == "reject")
        try:
            files = self.files(context)
            formats = [detect_format(path, self.params.compression) for path in files]
        except SummitError as error:
            raise self.at_path(error) from None
        layouts = [self._layout(path, form) for path, form in zip(files, formats, strict=True)]
        return _JsonReader(list(zip(files, formats, layouts, strict=True)), rows, context)

    def _layout(self, path: Path, form: Format) -> Layout:
        if self.params.layout != "auto":
            return self.params.layout
        with TextStream(path, form) as stream:
            return layout_of(stream.read(_FIRST_BYTES))

    def _look(self, files: Sequence[Path]) -> _Found:
        objects: list[dict[str, Any]] = []
        for path in files[:_LOOKED_AT]:
            objects += self._sampled(path)
        found = guess(objects)
        nested = self.params.nested == "types"
        columns = tuple(Column(k, g.type(nested=nested)) for k, g in found.items() if can_name(k))
        if not columns:
            raise failure(
                files[0],
                f"No JSON objects are in '{files[0].name}'",
                why="its first megabyte holds no object with a key",
                do="choose another file; a file must be one object a line, or one array of objects",
                code="file_empty",
            )
        folded: dict[str, str] = {}
        for column in columns:
            other = folded.setdefault(column.name.casefold(), column.name)
            if other != column.name and not self.params.columns:
                raise failure(
                    files[0],
                    f"The keys '{other}' and '{column.name}' would be one column",
                    why="columns are told apart without regard to letter case",
                    do="name the columns to read",
                    code="name_taken",
                )
        return _Found(columns)

    def _sampled(self, path: Path) -> list[dict[str, Any]]:
        """Return the objects that the first megabyte of a file holds, those that are whole."""
        form = detect_format(path, self.params.compression)
        with TextStream(path, form) as stream:
            head = stream.read(HEAD_BYTES)
        layout = layout_of(head) if self.params.layout == "auto" else self.params.layout
        parts = iter([head])
        found = []
        for block in blocks(lambda _size: next(parts, b""), layout, lambda: 1):
            for text in block.texts:
                try:
                    value = json.loads(text)
                except (ValueError, RecursionError):
                    continue
                if isinstance(value, dict):
                    found.append(value)
        return found

    def _schema(self, found: _Found) -> Schema:
        """Return the columns named, with the types found where none is said."""
        if not self.params.columns:
            return Schema(found.columns)
        types = {c.name: c.type for c in found.columns}
        columns: list[Column] = []
        for index, one in enumerate(self.params.columns):
            place = f"columns.{index}.name"
            require_new(one.name, (c.name for c in columns), place)
            if not can_name(one.name):
                raise InvalidParams(
                    f"The key '{one.name!r}' cannot name a column",
                    do="choose another key",
                    code="name_invalid",
                    where=self.place(place),
                )
            # A key that the sample lacks may come later, and is text then.
            columns.append(Column(one.name, one.type or types.get(one.name, "VARCHAR")))
        return Schema(tuple(columns))


class _JsonReader(Reader):
    def __init__(
        self,
        files: Sequence[tuple[Path, Format, Layout]],
        rows: JsonRows,
        context: RunContext,
    ) -> None:
        self._files = files
        self._rows = rows
        self._context = context
        self._row_bytes = 0.0

    def chunks(self) -> Iterator[Chunk]:
        """Yield pieces of the files, cut at the ends of records."""
        left = self._context.row_limit
        for number, (path, form, layout) in enumerate(self._files):
            name = shown_path(path, self._context.workspace)
            with closing(TextStream(path, form)) as stream:
                seen = 0
                for block in blocks(stream.read, layout, self._size):
                    self._context.cancel.check()
                    numbers, texts, broken = block.numbers, block.texts, block.broken
                    seen += block.size
                    self._learn(texts)
                    if left is not None:
                        numbers, texts = numbers[:left], texts[:left]
                        left -= len(texts)
                    load = partial(self._rows.read, name, numbers, texts, broken)
                    yield Chunk(
                        load,
                        {"file": number, "line": block.next_line},
                        (number + stream.progress()) / len(self._files),
                    )
                    if left is not None and left <= 0:
                        return
                if layout == "lines":
                    stream.require_whole(seen)

    def _learn(self, texts: Sequence[bytes]) -> None:
        if texts and not self._row_bytes:
            self._row_bytes = max(sum(map(len, texts)) / len(texts), 1.0)

    def _size(self) -> int:
        """Return how many bytes to read: few at first, then about a batch."""
        if not self._row_bytes or self._context.row_limit is not None:
            return _FIRST_BYTES
        wanted = int(self._row_bytes * self._context.batch_rows)
        return min(max(wanted, _FIRST_BYTES), _BLOCK_BYTES)
