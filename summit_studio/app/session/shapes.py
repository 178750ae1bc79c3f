"""The node types of modules, as their files shape them: each looked at once, and at every check."""

from pathlib import Path
from typing import TYPE_CHECKING

from summit_studio.core.errors import SummitError
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import AnyNode, Catalogue
from summit_studio.nodes.transforms.module import ModuleNode
from summit_studio.workspace.workspace import Workspace

if TYPE_CHECKING:
    from summit_studio.document.modules import Module
    from summit_studio.planning.check import Checked

_Key = tuple[Path, bool, str]


class Shapes:
    """Remembers what modules look like, by workspace and path."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._modules: dict[_Key, Module | None] = {}
        self._kinds: dict[_Key, type[AnyNode]] = {}

    def kind_of(self, node: Node, workspace: Workspace) -> type[AnyNode] | None:
        """Return a node's type, or None for one that is not installed; never raises."""
        if node.type not in self._catalogue:
            return None
        kind = self._catalogue.get(node.type)
        path = node.params.get("path")
        if not issubclass(kind, ModuleNode) or not isinstance(path, str):
            return kind
        key = _key(workspace, path)
        if key not in self._kinds:
            self._look(key, workspace, kind)
        return self._kinds.get(key, kind)

    def module_of(self, node: Node, workspace: Workspace) -> "Module | None":
        """Return what a module's node stands for, as it was looked at last; None where unread."""
        self.kind_of(node, workspace)
        return self._modules.get(_key(workspace, str(node.params.get("path"))))

    def learn(self, checked: "Checked", workspace: Workspace) -> bool:
        """Take what a check has read; return True if some module looks otherwise than before."""
        changed = False
        for put_in in checked.modules.values():
            key = _key(workspace, put_in.path)
            before = self._modules.get(key)
            if before is None or before.hash != put_in.module.hash:
                self._take(key, put_in.module)
                changed = True
        return changed

    def _look(self, key: _Key, workspace: Workspace, kind: type[AnyNode]) -> None:
        from summit_studio.nodes.parts.module_file import read_module

        try:
            self._take(key, read_module(key[-1], workspace))
        except SummitError:
            # The check says why, and learns the module once it can be read.
            self._modules[key], self._kinds[key] = None, kind

    def _take(self, key: _Key, module: "Module") -> None:
        self._modules[key], self._kinds[key] = module, ModuleNode.of(module)


def _key(workspace: Workspace, path: str) -> _Key:
    return workspace.root, workspace.trusted, path
