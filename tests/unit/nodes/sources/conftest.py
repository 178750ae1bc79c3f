"""Reads a source for real, in a workspace of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from summit_studio.backends.local.conform import conform
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import SummitError
from summit_studio.core.schema import Schema, to_arrow
from summit_studio.document.model import Node
from summit_studio.expressions.binder import Binder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import Chunk, DesignContext, RunContext, SourceNode
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

Row = tuple[Any, ...]


@dataclass
class Read:
    """What a source delivered.

    Args:
        chunks: How many rows came in each chunk.
    """

    schema: Schema
    rows: list[Row] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)
    chunks: list[int] = field(default_factory=list)
    progress: list[float | None] = field(default_factory=list)

    @property
    def types(self) -> dict[str, str]:
        return {column.name: column.type for column in self.schema}


@dataclass
class Bench:
    """Binds, infers and reads sources whose files lie in `root`."""

    root: Path
    binder: Binder
    catalogue: Catalogue
    trusted: bool = False
    cancel: CancelToken = field(default_factory=CancelToken)
    batch_rows: int = 100_000
    batch_bytes: int = 8 << 20
    row_limit: int | None = None
    seen: dict[Any, Any] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root, trusted=self.trusted)

    @property
    def design(self) -> DesignContext:
        secrets = SecretStore(self.root)
        return DesignContext(self.workspace, self.binder, secrets, cache=self._remember)

    @property
    def run(self) -> RunContext:
        return RunContext(
            "test",
            self.workspace,
            SecretStore(self.root),
            self.cancel,
            batch_rows=self.batch_rows,
            batch_bytes=self.batch_bytes,
            row_limit=self.row_limit,
        )

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def bind(self, type_id: str, **params: Any) -> SourceNode[Any]:
        node = self.catalogue.bind(Node("n", type_id, params))
        assert isinstance(node, SourceNode)
        return node

    def infer(self, type_id: str, **params: Any) -> Schema:
        return self.bind(type_id, **params).infer({}, self.design)["rows"]

    def chunks(self, type_id: str, **params: Any) -> list[Chunk]:
        node = self.bind(type_id, **params)
        reader = node.open(node.infer({}, self.design)["rows"], self.run)
        try:
            return list(reader.chunks())
        finally:
            reader.close()

    def read(self, type_id: str, **params: Any) -> Read:
        """Read everything; chunks load only after all were made, and last ones first."""
        node = self.bind(type_id, **params)
        found = Read(node.infer({}, self.design)["rows"])
        chunks = self.chunks(type_id, **params)
        loaded = [chunk.load() for chunk in reversed(chunks)][::-1]
        for one in loaded:
            rows = conform(one.rows, to_arrow(found.schema))
            found.rows += listed(rows)
            found.chunks.append(rows.num_rows)
            if one.rejected is not None:
                schema = to_arrow(node.rejects(found.schema))
                found.rejected += listed(conform(one.rejected, schema))
        found.progress = [chunk.progress for chunk in chunks]
        return found

    def error(self, type_id: str, **params: Any) -> SummitError:
        with pytest.raises(SummitError) as caught:
            self.read(type_id, **params)
        assert caught.value.do
        return caught.value

    def _remember(self, key: Any, compute: Any) -> Any:
        if key not in self.seen:
            self.seen[key] = compute()
        return self.seen[key]


def listed(table: pa.Table) -> list[Row]:
    columns = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True)) if columns else []


@pytest.fixture(scope="session")
def _catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def _binder() -> Iterator[Binder]:
    with Binder() as binder:
        yield binder


@pytest.fixture
def bench(tmp_path: Path, _binder: Binder, _catalogue: Catalogue) -> Bench:
    root = tmp_path / "workspace"
    root.mkdir()
    return Bench(root, _binder, _catalogue)
