"""The bench of `summit_studio.testing`, with one binder and one catalogue for all tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from summit_studio.expressions.binder import Binder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.testing import Bench
from summit_studio.workspace.workspace import Workspace


@pytest.fixture(scope="session")
def binder() -> Iterator[Binder]:
    with Binder() as binder:
        yield binder


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def bench(
    tmp_path: Path, binder: Binder, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> Bench:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "settings"))
    folder = tmp_path / "workspace"
    folder.mkdir()
    return Bench(Workspace(folder, trusted=True), binder, catalogue)
