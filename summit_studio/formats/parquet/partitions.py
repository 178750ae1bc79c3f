"""Partitions as folders are named by Hive: `country=DE`, null as `__HIVE_DEFAULT_PARTITION__`."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from summit_studio.core.schema import VARCHAR, Schema, is_plain

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = b"summit.partitions"
NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"
"""The value in a folder's name that stands for null."""


def folders_of(path: Path, base: Path | None) -> dict[str, str | None]:
    """Return the values in folder names such as country=DE, of those below `base`."""
    if base is None:
        return {}
    start = next((i for i, p in enumerate(base.parts) if re.search(r"[*?\[]", p)), len(base.parts))
    pairs = (part.split("=", 1) for part in path.parts[start:-1] if "=" in part)
    return {
        unquote(name): None if value == NULL_FOLDER else unquote(value)
        for name, value in pairs
        if name
    }


def named(folder: str) -> tuple[str, str | None]:
    """Return the column and value that a folder's name stands for."""
    name, _, value = folder.partition("=")
    return unquote(name), None if value == NULL_FOLDER else unquote(value)


def type_of_folders(values: Sequence[str]) -> str:
    """Return the type that holds all values of a partition column: BIGINT, DATE, or VARCHAR."""
    kinds = (("BIGINT", _is_whole), ("DATE", _is_day))
    fits = (name for name, is_one in kinds if values and all(map(is_one, values)))
    return next(fits, "VARCHAR")


def _is_whole(value: str) -> bool:
    return re.fullmatch(r"0|-?[1-9]\d{0,17}", value) is not None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def telling(columns: Schema) -> dict[bytes, bytes]:
    """Return what a file says of the columns that its folders name, as its schema's metadata."""
    return {_TYPES: json.dumps({c.name: c.type for c in columns}).encode()}


def told_types(metadata: "Mapping[bytes, bytes] | None") -> dict[str, str]:
    """Return the types of partition columns, as the program that wrote a file told them.

    A file from elsewhere may say anything: what is no plain type is passed over.
    """
    try:
        found = json.loads((metadata or {}).get(_TYPES, b"{}"))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {k: t for k, t in found.items() if isinstance(t, str) and _is_type(t)}


def _is_type(name: str) -> bool:
    known = re.fullmatch(r"[A-Z ]+(\(\d{1,2},\d{1,2}\))?", name) is not None
    return known and (name == VARCHAR or is_plain(name))


LONGEST_NAME: Final = 255
"""Bytes of a folder's name that file systems take."""


def unnameable(batch: "pa.Table", by: list[str]) -> list[tuple[int, str]]:
    """Return the rows whose value is too long for the name of a folder, with the column."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[int, str] = {}
    for name in by:
        if not pa.types.is_primitive(batch.schema.field(name).type):
            lengths = pc.binary_length(_folders(batch.column(name), name))
            for row in pc.indices_nonzero(pc.greater(lengths, LONGEST_NAME)).to_pylist():
                found.setdefault(row, name)
    return sorted(found.items())


def split(batch: "pa.Table", by: list[str]) -> "Iterator[tuple[str, pa.Table]]":
    """Yield the rows of each partition with its folder, in their order."""
    import pyarrow.compute as pc

    parts = [_folders(batch.column(name), name) for name in by]
    paths = pc.binary_join_element_wise(*parts, "/").dictionary_encode()
    order = pc.sort_indices(paths.indices)  # A stable sort: rows keep their order.
    rows = batch.drop_columns(by).take(order)
    counts = {e["values"]: e["counts"] for e in pc.value_counts(paths.indices).to_pylist()}
    start = 0
    for code, folder in enumerate(paths.dictionary.to_pylist()):
        yield folder, rows.slice(start, counts[code])
        start += counts[code]


def _folders(column: "pa.ChunkedArray", name: str) -> "pa.Array":
    """Return the folder of each value: `country=DE`, special characters as %XX."""
    import pyarrow as pa
    import pyarrow.compute as pc

    key = quote(name, safe="")
    texts = column.cast(pa.string()).combine_chunks().dictionary_encode()
    named = [f"{key}={quote(text, safe='')}" for text in texts.dictionary.to_pylist()]
    folders = pc.take(pa.array(named, pa.string()), texts.indices)
    return pc.fill_null(folders, f"{key}={NULL_FOLDER}")
