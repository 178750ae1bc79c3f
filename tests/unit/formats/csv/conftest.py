"""Reads CSV files through the real reader, with blocks as small as a test wants them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.core.schema import RAW_REJECTS, Schema, to_arrow
from summit_studio.formats.csv.layout import Layout, Request, look
from summit_studio.formats.csv.parse import Wanted
from summit_studio.formats.csv.reader import CsvReader, Part


@dataclass
class Read:
    """What came of reading a file."""

    layout: Layout
    schema: Schema
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    positions: list[dict[str, Any]] = field(default_factory=list)
    progress: list[float] = field(default_factory=list)

    @property
    def rejects(self) -> list[tuple[int, str, str]]:
        """Line, code and raw text of each rejected row."""
        return [(r["line"], r["reject_code"], r["raw"]) for r in self.rejected]

    @property
    def reasons(self) -> list[str]:
        return [r["reject_reason"] for r in self.rejected]


def read(
    path: Path,
    types: dict[str, str] | None = None,
    *,
    block_bytes: int = 8 << 20,
    record_limit_bytes: int = 256 << 20,
    row_limit: int | None = None,
    exact: bool = True,
    **request: Any,
) -> Read:
    """Read a file; columns have the types found unless `types` names others by name."""
    told = types or {}
    layout, schema = look(path, Request(**request))
    schema = Schema.of([(c.name, told.get(c.name, c.type)) for c in schema])
    wanted = tuple(Wanted(c.name, c.type, i, exact=exact) for i, c in enumerate(schema))
    found = Read(layout, schema)
    reader = CsvReader(
        [Part(layout, wanted, path.name)],
        block_bytes=block_bytes,
        record_limit_bytes=record_limit_bytes,
        row_limit=row_limit,
    )
    try:
        for piece in reader.pieces():
            parsed = piece.load()
            assert parsed.rows.schema.equals(to_arrow(schema))
            found.lines += parsed.lines() if parsed.lines else ()
            found.rows += _rows(parsed.rows)
            if parsed.rejected is not None:
                assert parsed.rejected.schema.equals(to_arrow(RAW_REJECTS))
                found.rejected += parsed.rejected.to_pylist()
            found.positions.append(piece.position)
            found.progress.append(piece.progress)
    finally:
        reader.close()
    assert len(found.lines) == len(found.rows)
    return found


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.fixture
def read_text(tmp_path: Path) -> Callable[..., Read]:
    """Write text or bytes to a file and read that."""

    def reading(content: str | bytes, types: dict[str, str] | None = None, **options: Any) -> Read:
        path = tmp_path / options.pop("name", "data.csv")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, types, **options)

    return reading
