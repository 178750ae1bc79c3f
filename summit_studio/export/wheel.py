"""Makes a wheel of the running program, so that a bundle needs no package index for it.

Source of the format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from summit_studio.export.project import PACKAGE, Project

_TIME = (1980, 1, 1, 0, 0, 0)
"""The same for every file, so that equal programs give equal wheels."""

_WHEEL = "Wheel-Version: 1.0\nGenerator: summit-studio\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build_wheel(facts: Project, folder: Path) -> Path:
    """Write the wheel of the running program into `folder` and return its path."""
    stem = f"summit_studio-{facts.version}"
    info = f"{stem}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-py3-none-any.whl"
    record: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in _files(facts):
            _put(archive, name, file.read_bytes(), record)
        for name, text in (
            ("METADATA", facts.metadata),
            ("WHEEL", _WHEEL),
            ("entry_points.txt", facts.entry_points),
        ):
            _put(archive, f"{info}/{name}", text.encode(), record)
        for name, file in facts.licences.items():
            _put(archive, f"{info}/licenses/{name}", file.read_bytes(), record)
        record.append(f"{info}/RECORD,,")
        _write(archive, f"{info}/RECORD", "\n".join(record).encode() + b"\n")
    return path


def _files(facts: Project) -> Iterator[tuple[str, Path]]:
    for file in sorted(PACKAGE.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield f"{PACKAGE.name}/{file.relative_to(PACKAGE).as_posix()}", file
    yield from facts.resources.items()


def _put(archive: zipfile.ZipFile, name: str, data: bytes, record: list[str]) -> None:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    record.append(f"{name},sha256={digest},{len(data)}")
    _write(archive, name, data)


def _write(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)
