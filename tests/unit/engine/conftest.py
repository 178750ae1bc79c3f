"""Pipelines in memory, planned and run by the real planner and engine."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import memory_nodes

from summit_studio.core.cancel import CancelToken
from summit_studio.core.events import Event, RunFinished
from summit_studio.core.ids import new_run_id
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.design import design_context
from summit_studio.engine.run import Run
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.planning.plan import plan
from summit_studio.planning.settings import settings_of
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace


def document(nodes: dict[str, tuple[str, dict]], *edges: str, **more: object) -> Document:
    """Return a document of nodes given as id -> (type, params)."""
    built = {i: Node(i, kind, params) for i, (kind, params) in nodes.items()}
    return Document("test", nodes=built, edges=tuple(map(Edge.parse, edges)), **more)


@dataclass
class Bench:
    """Runs documents and remembers their events."""

    workspace: Workspace
    catalogue: Catalogue
    events: list[Event] = field(default_factory=list)
    listeners: list[Callable[[Event], None]] = field(default_factory=list)
    cancel: CancelToken = field(default_factory=CancelToken)

    def plan(self, doc: Document):
        return plan(doc, self.catalogue, design_context(self.workspace))

    def run(self, doc: Document) -> RunFinished:
        def tell(event: Event) -> None:
            self.events.append(event)
            for listener in self.listeners:
                listener(event)

        settled = self.plan(doc)
        settings = settings_of(doc.settings)
        return Run(
            settled, self.workspace, SecretStore(), settings, new_run_id(), tell, self.cancel
        ).run()

    def kept(self, name: str) -> list[dict]:
        return memory_nodes.Keep.kept[name].to_pylist()

    def of(self, kind: type) -> list:
        return [e for e in self.events if isinstance(e, kind)]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    memory_nodes.Keep.kept.clear()
    memory_nodes.Keep.log.clear()
    types = {k.id: k for k in Catalogue.load()}
    types |= {"numbers": memory_nodes.Numbers, "keep": memory_nodes.Keep}
    return Bench(Workspace(tmp_path, trusted=True), Catalogue(types))
