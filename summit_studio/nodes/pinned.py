"""Pinned rows: those of an output port, kept beside the pipeline, and the source that gives them.

They lie in `NAME.samples/NODE.PORT.arrow` beside `NAME.summit.json`. No pipeline names them: a run
that is asked to puts the source in the place of the node. To it this is a source like all others.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from summit_studio.core import durable
from summit_studio.core.errors import ReadFailed, Where, WriteFailed
from summit_studio.core.ids import is_id
from summit_studio.core.schema import Schema
from summit_studio.document.files import SUFFIX
from summit_studio.document.model import PortRef
from summit_studio.formats.contract import Loaded
from summit_studio.nodes.contract import (
    Chunk,
    DesignContext,
    Inputs,
    Outputs,
    Port,
    Reader,
    Replay,
    RunContext,
    SourceNode,
)
from summit_studio.nodes.params import Params

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS: Final = 10_000
"""Rows that are pinned of a port at most."""

MOST_BYTES: Final = 32 << 20
"""Bytes that they take in memory at most; of wider rows fewer are pinned."""

_FOLDER: Final = ".samples"
_ENDING: Final = ".arrow"
_KEY: Final = b"summit.pin"
_CHUNK: Final = 1_000


@dataclass(frozen=True, slots=True)
class Pin:
    """Rows that are pinned.

    Args:
        port: Whose they are.
        file: Where they lie, absolute.
        rows: How many.
        at: When they were pinned, in UTC.
        schema: Of the rows.
    """

    port: PortRef
    file: Path
    rows: int
    at: datetime
    schema: Schema

    @property
    def told(self) -> str:
        """How many and of when, as people say it: `200 rows, of 12 Nov 2026`."""
        noun = "row" if self.rows == 1 else "rows"
        return f"{self.rows:,} {noun}, of {self.at.astimezone():%d %b %Y}".replace(" 0", " ")


def folder_of(document: Path) -> Path:
    """Return the folder in which the pinned rows of a pipeline's file lie."""
    return document.with_name(f"{document.name.removesuffix(SUFFIX)}{_FOLDER}")


def pins_of(document: Path | None) -> dict[PortRef, Pin]:
    """Return what is pinned of a pipeline's file; of one that has none nothing is.

    A file that cannot be read is left out: it pins nothing.
    """
    found: dict[PortRef, Pin] = {}
    folder = None if document is None else folder_of(document)
    if folder is None or not folder.is_dir():
        return found
    for file in sorted(folder.glob(f"*{_ENDING}")):
        node_id, _, port = file.name.removesuffix(_ENDING).partition(".")
        if is_id(node_id) and is_id(port):
            ref = PortRef(node_id, port)
            try:
                found[ref] = _head(ref, file)
            except ReadFailed:
                continue
    return found


def pin(document: Path, port: PortRef, schema: Schema, table: "pa.Table") -> Pin:
    """Keep rows of a port beside a pipeline, in the place of those that were pinned of it before.

    No more than `MOST_ROWS`, nor than `MOST_BYTES` hold.

    Raises:
        WriteFailed: They cannot be written; what was pinned before is untouched.
    """
    import pyarrow as pa

    table = table.slice(0, MOST_ROWS)
    if table.nbytes > MOST_BYTES:
        table = table.slice(0, max(table.num_rows * MOST_BYTES // table.nbytes, 1))
    at = datetime.now(UTC).replace(microsecond=0)
    columns = [[c.name, c.type] for c in schema]
    said = {"at": at.isoformat(), "rows": table.num_rows, "columns": columns}
    kept = table.replace_schema_metadata({_KEY: json.dumps(said).encode()})
    stream = pa.BufferOutputStream()
    with pa.ipc.new_file(stream, kept.schema, options=pa.ipc.IpcWriteOptions()) as writer:
        writer.write_table(kept)
    file = folder_of(document) / f"{port}{_ENDING}"
    try:
        file.parent.mkdir(exist_ok=True)
        durable.replace(file, stream.getvalue().to_pybytes())
    except OSError as error:
        raise WriteFailed(
            f"Cannot pin the rows of {port}",
            why=(error.strerror or type(error).__name__).lower(),
            do="make room on the disk, or allow writing beside the pipeline",
            where=Where(node_id=port.node, file=str(file)),
        ) from None
    return Pin(port, file, table.num_rows, at, schema)


def copy_pins(document: Path, other: Path) -> None:
    """Pin for another file what is pinned of a pipeline's file, in the place of all it had pinned.

    Raises:
        WriteFailed: They cannot be read or written; some may have been copied.
    """
    for stale in pins_of(other).values():
        unpin(stale)
    for pinned in pins_of(document).values():
        file = folder_of(other) / pinned.file.name
        try:
            file.parent.mkdir(exist_ok=True)
            durable.replace(file, pinned.file.read_bytes())
        except OSError as error:
            raise WriteFailed(
                f"Cannot copy the pinned rows of {pinned.port}",
                why=(error.strerror or type(error).__name__).lower(),
                do="make room on the disk, or pin them anew",
                where=Where(node_id=pinned.port.node, file=str(file)),
            ) from None


def unpin(pinned: Pin) -> None:
    """Let go of pinned rows; the folder goes with the last.

    Raises:
        WriteFailed: Their file cannot be removed.
    """
    try:
        pinned.file.unlink(missing_ok=True)
        if not any(pinned.file.parent.iterdir()):
            pinned.file.parent.rmdir()
    except OSError as error:
        raise WriteFailed(
            f"Cannot unpin {pinned.port}",
            why=(error.strerror or type(error).__name__).lower(),
            do="remove the file by hand",
            where=Where(node_id=pinned.port.node, file=str(pinned.file)),
        ) from None


def _head(port: PortRef, file: Path) -> Pin:
    try:
        with _opened(file) as reader:
            said = json.loads((reader.schema.metadata or {})[_KEY])
        columns = ((str(name), str(kind)) for name, kind in said["columns"])
        at = datetime.fromisoformat(said["at"])
        return Pin(port, file, int(said["rows"]), at, Schema.of(tuple(columns)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(port, file, error) from None


def _opened(file: Path) -> Any:
    import pyarrow as pa

    return pa.ipc.open_file(pa.OSFile(str(file), "rb"))


def _unreadable(port: PortRef, file: Path, error: Exception) -> ReadFailed:
    return ReadFailed(
        f"Cannot read the pinned rows of {port}",
        why=str(error).split("\n", 1)[0] or type(error).__name__,
        do="pin them anew, or run without pinned rows",
        where=Where(node_id=port.node, file=str(file)),
    )


class PinnedParams(Params):
    """What a pinned port is."""

    file: str
    port: str
    at: str


class PinnedRows(SourceNode[PinnedParams]):
    """Give rows that were pinned. Nobody draws it: it takes the place of another node."""

    id = "pinned_rows"
    title = "Pinned rows"
    icon = "table"
    params_class = PinnedParams

    @property
    def _port(self) -> PortRef:
        return PortRef(self.node_id, self.params.port)

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns that the rows had."""
        del inputs, context
        return {self.params.port: _head(self._port, Path(self.params.file)).schema}

    def replay(self, context: RunContext) -> Replay:
        """Return that pinned rows do not change."""
        del context
        return Replay.EXACT

    def fingerprint(self, context: RunContext) -> str:
        """Return when they were pinned."""
        del context
        return self.params.at

    def most_rows(self, context: RunContext) -> int:
        """Return how many there are."""
        del context
        return _head(self._port, Path(self.params.file)).rows

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Return what reads them."""
        del schema
        start: Mapping[str, Any] = context.start or {"row": 0}
        try:
            with _opened(Path(self.params.file)) as reader:
                rows = reader.read_all().replace_schema_metadata(None)
        except (OSError, ValueError) as error:
            raise _unreadable(self._port, Path(self.params.file), error) from None
        return _PinnedReader(rows, int(start["row"]))


class _PinnedReader(Reader):
    def __init__(self, rows: "pa.Table", first: int) -> None:
        self._rows = rows
        self._first = first

    def total(self) -> int | None:
        """Return how many rows the file holds."""
        return None if self._first else int(self._rows.num_rows)

    def chunks(self) -> Iterator[Chunk]:
        """Yield them a thousand at a time."""
        count = self._rows.num_rows
        for at in range(self._first, count, _CHUNK):
            end = min(at + _CHUNK, count)
            loaded = Loaded(self._rows.slice(at, end - at), held=end - at)
            yield Chunk(partial(_given, loaded), {"row": end}, end / count)


def _given(loaded: Loaded) -> Loaded:
    return loaded


@lru_cache(maxsize=256)
def pinned_kind(port: str) -> type[PinnedRows]:
    """Return the type of source that gives pinned rows by a port of that name."""
    own = {"id": f"{PinnedRows.id}.{port}", "outputs": (Port(port),), "__doc__": PinnedRows.__doc__}
    return type(f"PinnedRows_{port}", (PinnedRows,), own)
