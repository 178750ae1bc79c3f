"""Documents written in a few words, and what the planner says of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.check import Checked, check
from summit_studio.workspace.workspace import Workspace


def document(nodes: Mapping[str, tuple[str, dict[str, Any]]], *edges: str, **more: Any) -> Document:
    """Return a document of nodes given as id -> (type, params)."""
    built = {i: Node(i, kind, params) for i, (kind, params) in nodes.items()}
    return Document("test", nodes=built, edges=tuple(map(Edge.parse, edges)), **more)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture
def draw() -> Callable[..., Document]:
    return document


@pytest.fixture
def checked(tmp_path: Path, catalogue: Catalogue) -> Callable[..., Checked]:
    """Checks a document in a trusted workspace with one file, `in.csv`."""
    (tmp_path / "in.csv").write_text("id,name\n1,a\n2,b\n")

    def look(
        doc: Document, parameters: Mapping[str, Any] | None = None, *, trusted: bool = True
    ) -> Checked:
        context = design_context(Workspace(tmp_path, trusted=trusted))
        return check(doc, catalogue, context, parameters)

    return look
