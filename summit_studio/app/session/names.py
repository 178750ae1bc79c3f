"""What people call nodes: by their titles, and by more where several have the same one."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count

from summit_studio.app.look.words import tr
from summit_studio.core.errors import SummitError
from summit_studio.document.model import Document, Node
from summit_studio.nodes.catalogue import AnyNode, Catalogue

_LONGEST = 80
_IN_NAMES = 48
_TITLE = 40
"""The most characters of a title that is made."""
_BETWEEN = " \N{MIDDLE DOT} "


class Names:
    """Makes the names of a document's nodes; those of the last document are remembered.

    Args:
        catalogue: Gives the titles of node types.
        kind_of: Gives the type of a node, None for one not installed; by default the catalogue's.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        kind_of: Callable[[Node], type[AnyNode] | None] | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._kind_of = kind_of or self._installed
        self._document: Document | None = None
        self._names: Mapping[str, str] = {}
        self._lines: dict[str, tuple[Node, type[AnyNode] | None, str]] = {}

    def of(self, document: Document) -> Mapping[str, str]:
        """Return what tells each node from the others, by its id.

        It is the title; where others have the same one, the second line of the card follows, and
        where that is the same too, the id.
        """
        if self._document is not document:
            self._names = self._make(document.nodes)
            self._document = document
        return self._names

    def title(self, node: Node) -> str:
        """Return a node's own title, or that of its type."""
        kind = self._kind_of(node)
        return node.title or (kind.title if kind is not None else node.type)

    def second_line(self, node: Node) -> str:
        """Return what a node does in a few words, as its card says; never raises."""
        known, kind = self._lines.get(node.id), self._kind_of(node)
        if known is None or known[0] is not node or known[1] is not kind:
            known = self._lines[node.id] = node, kind, self._line(node, kind)
        return known[2]

    def is_alone(self, document: Document, node: Node) -> bool:
        """Return True if no other node has the title of this one."""
        title = self.title(node)
        return all(n.id == node.id or self.title(n) != title for n in document.nodes.values())

    def after_deeds(self, document: Document, node_ids: Iterable[str]) -> Mapping[str, str]:
        """Return titles that say what nodes do, by id: no two in the document are the same.

        Nodes that were given a title by hand, are not set up or are so called already have none.
        """
        nodes = document.nodes
        wanted = [nodes[i] for i in dict.fromkeys(node_ids) if i in nodes]
        wanted = [node for node in wanted if self._may_be_named(node)]
        own = {node.id for node in wanted}
        taken = {self.title(node) for node in nodes.values() if node.id not in own}
        made = {}
        for node in wanted:
            made[node.id] = next(title for title in self._titles(node) if title not in taken)
            taken.add(made[node.id])
        return {i: title for i, title in made.items() if title != nodes[i].title}

    def _may_be_named(self, node: Node) -> bool:
        kind = self._kind_of(node)
        if kind is None or not node.params or not self.second_line(node):
            return False
        # One that was made so before follows what the node does now.
        return not node.title or node.title.startswith(f"{kind.title}: ")

    def _titles(self, node: Node) -> Iterator[str]:
        """Yield titles for what a node does, the one to prefer first."""
        kind = self._kind_of(node)
        whole = f"{kind.title if kind else node.type}: {self.second_line(node)}"
        yield _ends(whole, _TITLE)
        for number in count(2):
            ending = f" ({number})"
            yield f"{_ends(whole, _TITLE - len(ending))}{ending}"

    def _installed(self, node: Node) -> type[AnyNode] | None:
        return self._catalogue.get(node.type) if node.type in self._catalogue else None

    def _line(self, node: Node, kind: type[AnyNode] | None) -> str:
        if kind is None:
            return tr("Not installed")
        try:
            text = self._catalogue.bind(node, kind=kind).summary()
        except SummitError:
            # Params that do not fit, or hold ${parameters}: the problems say more.
            return tr("Not set up yet") if not node.params else _params_in_short(node)
        return " ".join(text.split())[:_LONGEST]

    def _make(self, nodes: Mapping[str, Node]) -> Mapping[str, str]:
        names = {i: self.title(n) for i, n in nodes.items()}
        names = _tell_apart(names, lambda i: self._with_second_line(nodes[i]))
        return _tell_apart(names, lambda i: f"{names[i]} ({i})")

    def _with_second_line(self, node: Node) -> str:
        line = self.second_line(node)
        short = _cut(line, _IN_NAMES)
        return f"{self.title(node)}{_BETWEEN}{short}" if short else self.title(node)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _ends(text: str, most: int) -> str:
    """Return a text cut in the middle: conditions that begin alike differ in how they end."""
    half = most // 2
    return text if len(text) <= most else f"{text[: most - half - 1]}…{text[-half:]}"


def _tell_apart(names: Mapping[str, str], longer: Callable[[str], str]) -> dict[str, str]:
    """Return names, with longer ones for those that are not alone."""
    times = Counter(names.values())
    return {i: longer(i) if times[name] > 1 else name for i, name in names.items()}


def _params_in_short(node: Node) -> str:
    shown = [str(v) for v in node.params.values() if isinstance(v, str | int | float)]
    return " ".join(", ".join(shown).split())[:_LONGEST]
