"""Read JSON files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from summit_studio.core.epochs import Position
from summit_studio.core.errors import InvalidParams, SummitError
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.schema import RAW_REJECTS, VARCHAR, Column, Schema, carried
from summit_studio.core.suggest import listing
from summit_studio.formats.contract import Finding, Loaded, Raw, RawLine
from summit_studio.formats.json.guess import can_name, key_of, named, shown_key
from summit_studio.formats.json.look import Look
from summit_studio.formats.json.path import Step, arrays_of_objects, steps
from summit_studio.formats.json.text import (
    Block,
    Layout,
    Record,
    Shape,
    blocks,
    layout_of,
    shape_of,
)
from summit_studio.formats.json.values import Field, JsonRows, Unknown
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
    Replay,
    Rows,
    RunContext,
)
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import TypeName, known_type, require_new
from summit_studio.nodes.parts.input import (
    FileInParams,
    FileSource,
    first_file,
    plain_bytes,
    shown_path,
)
from summit_studio.stores.faults import failure

_LOOKED_AT = 5
"""How many files of a pattern are looked at value by value."""

_WHOLE_BYTES = 64 << 20
"""How large files may be together to be looked at whole, as text."""
_WHOLE_PACKED_BYTES = 8 << 20
"""How large they may be where they are compressed."""

_SCAN_BYTES = 8 << 20
"""How much is looked at together."""
_FIRST_BYTES = 1 << 16
"""How much is read to tell the layout, and for the first rows of a preview."""


_RAW_BYTES = 1 << 18
"""How much of a file is read for its first lines."""

_LAYOUTS: Mapping[Layout, str] = {
    "lines": "each line is a value of its own",
    "array": "the file begins with [, and its values are the rows",
    "objects": "a value goes over several lines",
}


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
        doc="The keys to read, in this order; with none named, all that are found. Keys left out "
        "here are left out on purpose: only `on_new_column` reject or fail minds them.",
        editor=Editor.RECORDS,
    )
    records: str = param(
        "",
        doc="Where the rows stand, as a JSON path (RFC 9535) of names, indexes and wildcards; "
        "empty where the file's values are the rows.",
        placeholder="$.data[*]",
        keywords=("json path", "root", "record_path"),
    )
    layout: Literal["auto", "lines", "array", "objects"] = param(
        "auto",
        doc="One value a line, one array of them, or values in a row however they are broken into "
        "lines (pretty-printed, concatenated, or text sequences).",
        editor=Editor.CHOICE,
    )
    nested: Literal["types", "text"] = param(
        "types",
        doc="Lists and objects inside a row become list and struct columns, or text in JSON.",
        editor=Editor.CHOICE,
    )
    on_new_column: Literal["evolve", "ignore", "reject", "fail"] = param(
        "evolve",
        doc="What happens to a key that is no column. evolve: files of up to 64 MB (8 MB "
        "compressed) are looked at whole before the run, so that every key is a column; of larger "
        "ones the first megabyte is, and a row with a further key is rejected, unless columns are "
        "named. ignore: the key is left out. reject: the row is rejected. fail: the run fails. "
        "These three know the keys of the first megabyte, or the columns named.",
        keywords=("extra_keys", "unknown keys", "schema drift"),
        editor=Editor.CHOICE,
    )
    compression: Compression = param(
        "auto", doc="By the file's first bytes, or as told.", editor=Editor.CHOICE, advanced=True
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What looking at the files says.

    Args:
        types: The type of each key.
        whys: What tells each type, by key.
        whole: The files were looked at to their ends.
        paths: Where arrays of objects stand in the first file, if it holds a single object.
    """

    types: dict[str, str]
    whys: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    """A file and how its records are told apart.

    Args:
        steps: The path to the records; None where the values of the file are the records.
    """

    path: Path
    format: Format
    layout: Layout
    shape: Shape
    steps: tuple[Step, ...] | None

    def blocks(self, stream: TextStream, size: Callable[[], int], line: int = 1) -> Iterator[Block]:
        """Yield the records; of lines those from line number `line` on, where the stream is."""
        return blocks(stream.read, self.layout, size, self.steps, line)


class JsonSource(FileSource[JsonSourceParams]):
    """Read JSON values, one a line, in a row, in one array or where a path leads, as rows.

    Types are found out from the first megabyte, keys and numbers from all of a file that is not
    large. Numbers of up to six digits after the point are decimals; no number is rounded. Arrays
    become rows of `column1`, `column2` and so on, plain values rows of `value`. A record that is
    no JSON, or holds a value that does not fit its column, is rejected with its line and its text
    as found.
    """

    id = "json_source"
    title = "Read JSON"
    icon = "json"
    keywords = ("json reader", "jsonl", "ndjson", "lines", "import", "objects", "log", "file")
    params_class = JsonSourceParams
    can_reject = True
    raw_rejects = True
    shows_raw = True
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
                         "Not JSON: unterminated string starting at, at character 19.",
                         "people.jsonl, line 2"),
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

    def check(self, inputs: Inputs, context: DesignContext) -> Iterator[Problem]:
        """Yield problems of the path, and what was made of the file that one may not expect."""
        found = list(super().check(inputs, context))
        yield from found
        if found or self._told():
            return
        try:
            look = self._found(context)
        except SummitError:
            return
        yield from self._made_up(look)
        if not look.whole and not self.params.columns:
            yield self.problem(
                "keys_from_sample",
                "Only the beginning of the files was looked at for their keys",
                field_name="on_new_column",
                why=f"they are larger than {_WHOLE_BYTES >> 20} MB, or {_WHOLE_PACKED_BYTES >> 20} "
                "MB compressed; rows with a key that comes later are rejected",
                do="name the columns, or set 'on_new_column'",
                severity=Severity.INFO,
            )
        if len(look.paths) == 1 and not self.params.columns:
            yield self.problem(
                "records_inside",
                f"The file is one object, with an array of objects at {look.paths[0]}",
                field_name="records",
                why="without a path to the rows, the whole file is one row",
                do="read the objects of the array, if they are the rows",
                severity=Severity.INFO,
                fixes=(
                    Fix(
                        f"Read the rows at {look.paths[0]}",
                        self.node_id,
                        (("records", look.paths[0]),),
                    ),
                ),
            )

    def _made_up(self, look: _Found) -> Iterator[Problem]:
        made_up = {k: n for k, n in named(look.types).items() if k != n}
        if made_up and not self.params.columns:
            pairs = [f"{shown_key(key)} as '{name}'" for key, name in made_up.items()]
            yield self.problem(
                "names_made_up",
                f"Keys that cannot name a column are read as another name: {listing(pairs)}",
                field_name="columns",
                why="a key is empty, holds characters that do not print, or differs from another "
                "in letter case only",
                do="rename the columns after this node, if you like",
                severity=Severity.INFO,
            )

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns named, or those found in the files.

        Raises:
            SummitError: A file is missing, no text, or holds no JSON; or the path to the records
                is none.
        """
        del inputs
        self._steps()
        if self._told():
            try:
                detect_format(self.files(context)[0], self.params.compression)
            except SummitError as error:
                raise self.at_path(error) from None
            schema = self._schema(_Found({}))
        else:
            schema = self._schema(self._found(context))
        for index, column in enumerate(self.params.columns):
            if column.type:
                known_type(column.type, context.binder, f"columns.{index}.type")
        return {"rows": carried(schema)}

    def findings(self, context: DesignContext) -> Sequence[Finding]:
        """Return the layout, compression and types that no param says."""
        return [*self._found_layout(context), *self._found_types(context)]

    def _found_layout(self, context: DesignContext) -> Iterator[Finding]:
        try:
            file = self._file(self.files(context)[0])
        except SummitError as error:
            raise self.at_path(error) from None
        if self.params.layout == "auto" and file.steps is None:
            yield Finding("layout", file.layout, _LAYOUTS[file.layout])
        if self.params.compression == "auto":
            yield Finding("compression", file.format.compression, file.format.why_compression)

    def _found_types(self, context: DesignContext) -> Iterator[Finding]:
        if self._told():
            return
        found = self._found(context)
        names = named(found.types)
        if not self.params.columns:
            for key, kind in found.types.items():
                yield Finding("columns", kind, found.whys[key], column=names[key])
            return
        listed = tuple(c.name for c in self.params.columns)
        for column in self.params.columns:
            if not column.type:
                key = key_of(column.name, listed)
                kind, why = found.types.get(key, VARCHAR), found.whys.get(key, "no value was seen")
                yield Finding("columns", kind, why, column=column.name)

    def raw(self, context: DesignContext, lines: int) -> Raw:
        """Return the first lines of the first file."""
        path = self.files(context)[0]
        try:
            form = detect_format(path, self.params.compression)
            with TextStream(path, form) as stream:
                head = stream.read(_RAW_BYTES)
                whole = not stream.read(1)
        except SummitError as error:
            raise self.at_path(error) from None
        texts = head.decode("utf-8", "replace").splitlines()
        shown = tuple(RawLine.of(i, text) for i, text in enumerate(texts[:lines], 1))
        return Raw(path.name, shown, whole=whole and len(texts) <= lines)

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Open the files."""
        declared = {c.name: c.type for c in self.params.columns if c.type}
        fields = [
            Field(
                c.name,
                declared.get(c.name, c.type),
                key_of(c.name, schema.names),
                found=c.name not in declared,
            )
            for c in schema
        ]
        told: dict[str, Unknown] = {"ignore": "ignore", "fail": "fail"}
        rows = JsonRows(
            fields,
            unknown=told.get(self.params.on_new_column, "reject"),
            left_out=self.params.on_new_column == "evolve" and bool(self.params.columns),
        )
        try:
            files = [self._file(path) for path in self.files(context)]
        except SummitError as error:
            raise self.at_path(error) from None
        return _JsonReader(files, rows, context, self.at_path)

    def replay(self, context: RunContext) -> Replay:
        """Return that the rows are the same from every line, or number of a record."""
        del context
        return Replay.EXACT

    def most_rows(self, context: RunContext) -> int | None:
        """Return as many rows as the files have bytes: a lone comma in an array is one, rejected.

        A line has two, with its end.
        """
        files = self.files(context)
        size = plain_bytes(files, self.params.compression)
        if size is None:
            return None
        lines = self.params.layout == "lines" and not self.params.records.strip()
        return size // 2 + len(files) if lines else size

    def _told(self) -> bool:
        """Return True if nothing is to be found out."""
        return bool(self.params.columns) and all(c.type for c in self.params.columns)

    def _steps(self) -> tuple[Step, ...] | None:
        return steps(self.params.records) if self.params.records.strip() else None

    def _file(self, path: Path) -> _File:
        form = detect_format(path, self.params.compression)
        with TextStream(path, form) as stream:
            head = stream.read(_FIRST_BYTES)
        layout = layout_of(head) if self.params.layout == "auto" else self.params.layout
        found = _File(path, form, layout, "object", self._steps())
        texts = _texts(head, found)
        return _File(path, form, layout, shape_of(texts), found.steps)

    def _found(self, context: DesignContext) -> _Found:
        """Return what looking at the files says, remembered until they change."""
        files = self.files(context)
        try:
            return self.probed(context, files, lambda: self._look(files, context))
        except SummitError as error:
            raise self.at_path(error) from None

    def _look(self, paths: Sequence[Path], context: DesignContext) -> _Found:
        files = [self._file(path) for path in paths[:_LOOKED_AT]]
        whole = self.params.on_new_column == "evolve" and _small(paths)
        if whole:
            files += [self._file(path) for path in paths[_LOOKED_AT:]]
        looks: dict[Shape, Look] = {}
        for number, file in enumerate(files):
            look = looks.setdefault(file.shape, Look(file.shape))
            if number < _LOOKED_AT:
                with closing(TextStream(file.path, file.format)) as stream:
                    look.read(_texts(stream.read(HEAD_BYTES), file))
        if whole:
            whole = self._look_on(files, looks, context)
        elif self.params.on_new_column != "evolve":
            whole = True  # No more was to be looked at.
        guesses = {key: guess for look in looks.values() for key, guess in look.found.items()}
        nested = self.params.nested == "types"
        types = {key: guess.type(nested=nested) for key, guess in guesses.items()}
        whys = {key: guess.why for key, guess in guesses.items()}
        if not types:
            raise _nothing(paths[0], self.params.records)
        return _Found(types, whys, whole, self._paths(files[0]))

    def _look_on(
        self, files: Sequence[_File], looks: dict[Shape, Look], context: DesignContext
    ) -> bool:
        """See all of the files, or as much as may be; return True if it was all."""
        for look in looks.values():
            look.settle()
        left = _WHOLE_BYTES
        for number, file in enumerate(files):
            if number >= _LOOKED_AT or _reaches(file):
                left -= self._scan(file, looks[file.shape], left, context)
            if left <= 0:
                return False
        return True

    def _scan(self, file: _File, look: Look, left: int, context: DesignContext) -> int:
        """See a file to its end, or to `left` bytes; return how many were seen."""
        with closing(TextStream(file.path, file.format)) as stream:
            for block in file.blocks(stream, lambda: _SCAN_BYTES):
                context.cancel.check()
                look.scan(block.texts)
                if stream.delivered >= left:
                    break
            return stream.delivered

    def _paths(self, file: _File) -> tuple[str, ...]:
        if file.layout != "objects" and not (file.layout == "lines" and file.shape == "object"):
            return ()
        with closing(TextStream(file.path, file.format)) as stream:
            head = stream.read(HEAD_BYTES)
        if file.steps is not None or len(_texts(head, file)) > 1:
            return ()
        return tuple(dict.fromkeys(arrays_of_objects(head)))

    def _schema(self, found: _Found) -> Schema:
        """Return the columns named, with the types found where none is said."""
        names = named(found.types)
        if not self.params.columns:
            return Schema(tuple(Column(names[key], kind) for key, kind in found.types.items()))
        columns: list[Column] = []
        listed = tuple(c.name for c in self.params.columns)
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
            kind = one.type or found.types.get(key_of(one.name, listed), VARCHAR)
            columns.append(Column(one.name, kind))
        return Schema(tuple(columns))


def _texts(head: bytes, file: _File) -> list[bytes]:
    """Return the records that the beginning of a file holds, the last of them maybe cut."""
    parts = iter([head])
    cut = blocks(lambda _size: next(parts, b""), file.layout, lambda: max(1, len(head)), file.steps)
    return [text for block in cut for text in block.texts]


def _small(paths: Sequence[Path]) -> bool:
    """Return True if files may be looked at to their ends."""
    sizes = [path.stat().st_size for path in paths]
    packed = [path for path in paths if detect_format(path).compression != "none"]
    return sum(sizes) <= (_WHOLE_PACKED_BYTES if packed else _WHOLE_BYTES)


def _reaches(file: _File) -> bool:
    """Return True if a file goes on after its beginning."""
    return file.format.compression != "none" or file.path.stat().st_size > HEAD_BYTES


def _nothing(path: Path, records: str) -> SummitError:
    where = f"at {records} " if records.strip() else ""
    return failure(
        path,
        f"No JSON records are {where}in '{path.name}'",
        why="its first megabyte holds no value with a key, no array and no plain value"
        if not where
        else "the path leads to no value of the first megabyte",
        do="declare the columns with their types, which makes an empty file no rows; or choose "
        "another file"
        if not where
        else "correct the path, or declare the columns with their types",
        code="file_empty",
    )


class _JsonReader(Reader):
    """Reads the files in order.

    Of lines a position is where the next begins, in bytes of text. Elsewhere it is how many records
    were read, as what stands around them must be read anew: {path, records, broken}.
    """

    def __init__(
        self,
        files: Sequence[_File],
        rows: JsonRows,
        context: RunContext,
        at_path: Callable[[SummitError], SummitError],
    ) -> None:
        self._files = files
        self._rows = rows
        self._context = context
        self._at_path = at_path
        limited = context.row_limit is not None
        self._size = min(context.batch_bytes, _FIRST_BYTES if limited else context.batch_bytes)

    def chunks(self) -> Iterator[Chunk]:
        """Yield pieces of the files, cut at the ends of records."""
        left = self._context.row_limit
        start = self._context.start
        shown = [shown_path(file.path, self._context.workspace) for file in self._files]
        first = first_file(shown, start)
        for number, file in enumerate(self._files[first:], start=first):
            name, begin = shown[number], (start if number == first else None) or {}
            with closing(TextStream(file.path, file.format)) as stream:
                for block, place in self._blocks(file, stream, begin):
                    self._context.cancel.check()
                    numbers, texts, broken = block.numbers, block.texts, block.broken
                    if left is not None:
                        numbers, texts = numbers[:left], texts[:left]
                        left -= len(texts)
                    load = partial(self._load, name, numbers, texts, broken, file.shape)
                    yield Chunk(
                        load,
                        {"path": name, **place},
                        (number + stream.progress()) / len(self._files),
                    )
                    if left is not None and left <= 0:
                        return

    def _blocks(
        self, file: _File, stream: TextStream, begin: Position
    ) -> Iterator[tuple[Block, Position]]:
        """Yield what follows a place in a file, each with the place after it."""
        if file.layout == "lines" and file.steps is None:
            return self._lines(file, stream, begin)
        return self._records(file, stream, begin)

    def _lines(
        self, file: _File, stream: TextStream, begin: Position
    ) -> Iterator[tuple[Block, Position]]:
        if begin.get("ended"):
            return
        taken = begin.get("offset", 0)
        stream.skip(taken, self._context.cancel.check)
        for block in file.blocks(stream, lambda: self._size, begin.get("line", 1)):
            taken += block.size
            place = {"offset": taken, "line": block.next_line}
            yield block, {**place, "ended": True} if block.ended else place
        stream.require_whole(taken)

    def _records(
        self, file: _File, stream: TextStream, begin: Position
    ) -> Iterator[tuple[Block, Position]]:
        gone, lost = begin.get("records", 0), begin.get("broken", 0)
        records = broken = 0
        for block in file.blocks(stream, lambda: self._size):
            self._context.cancel.check()
            rest = block.after(max(gone - records, 0), max(lost - broken, 0))
            records += len(block.texts)
            broken += len(block.broken)
            if rest.texts or rest.broken:
                yield rest, {"records": records, "broken": broken}

    def _load(
        self,
        name: str,
        numbers: Sequence[int],
        texts: Sequence[bytes],
        broken: Sequence[Record],
        shape: Shape,
    ) -> Loaded:
        try:
            return self._rows.read(name, numbers, texts, broken, shape)
        except SummitError as error:
            raise self._at_path(error) from None
