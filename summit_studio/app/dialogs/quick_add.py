"""The popup that adds a node: where the cursor is, beside a node, into an edge, at its open end."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from summit_studio.app.canvas.requests import AddRequest
from summit_studio.app.dialogs.popup import Choice, SearchPopup
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.placing import fits, goes_between
from summit_studio.app.session.session import Session
from summit_studio.app.session.settings import Settings
from summit_studio.core.schema import REJECTED
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.nodes.contract import Category

_WIDTH = 460
_WORDS = ":"
_EXAMPLE = mark("Add a node, such as  filter  or  filter: amount > 0")
_AFTER = (Category.TRANSFORM, Category.QUALITY, Category.CODE, Category.SINK, Category.SOURCE)
_REJECTS = (Category.SINK, Category.TRANSFORM, Category.CODE, Category.QUALITY, Category.SOURCE)


@dataclass(frozen=True, slots=True)
class NodeWanted:
    """A node of a type is wanted, where the request says.

    Args:
        kind: Its type.
        request: Where.
        words: What it is to do, in the words of `NodeType.brief`; empty for a person to fill in.
    """

    kind: type[AnyNode]
    request: AddRequest
    words: str = ""


class QuickAdd(SearchPopup):
    """`wanted` carries a NodeWanted.

    What follows a colon says what the node is to do: `filter: amount > 0`.
    """

    wanted = Signal(object)

    def __init__(self, session: Session, settings: Settings, parent: QWidget) -> None:
        super().__init__(tr("Add a node"), _WIDTH, parent)
        self._session = session
        self._settings = settings
        self._request: AddRequest | None = None
        self.chosen.connect(self._choose)

    def open_for(self, request: AddRequest) -> None:
        """Open at the request's place on the screen.

        What fits there comes first, of that what is used most; at the open end of an edge, and for
        an edge to be put into, nothing else is offered.
        """
        self._request = request
        self.line.setPlaceholderText(self._hint(request))
        self.open_at(request.global_place, self._offered)

    def sought(self) -> str:
        """Return what stands before a colon."""
        return self.line.text().partition(_WORDS)[0]

    def _hint(self, request: AddRequest) -> str:
        title = self._session.title_of
        if request.edge is not None:
            ends = title(request.edge.source.node), title(request.edge.target.node)
            return tr("Add between {start} and {end}", start=ends[0], end=ends[1])
        if request.port is not None:
            way = tr("after") if request.forward else tr("before")
            return tr(
                "Add {way} {title}: {port}",
                way=way,
                title=title(request.port.node),
                port=request.port.port,
            )
        if len(request.beside) == 1:
            return tr(
                "Add beside {title}, such as  filter: amount > 0", title=title(request.beside[0])
            )
        return (
            tr("Add beside {count} nodes", count=len(request.beside))
            if request.beside
            else tr(_EXAMPLE)
        )

    def _offered(self) -> Sequence[Choice]:
        request = self._request
        if request is None:
            return []
        theme, uses = self._session.theme, self._settings.uses
        kinds = [k for k in self._session.catalogue if _can_stand(k, request)]
        kinds.sort(key=lambda k: (not _joins(k, request), -uses.get(k.id, 0), _rank(k, request)))
        return [
            Choice(
                kind.names(),
                kind,
                kind.category.value.capitalize(),
                icon(kind.icon, category_colour(theme, kind.category)),
                kind.sentence(),
                kind.sentence(),
            )
            for kind in kinds
        ]

    @Slot(object)
    def _choose(self, kind: type[AnyNode]) -> None:
        if self._request is not None:
            words = self.line.text().partition(_WORDS)[2].strip()
            self.wanted.emit(NodeWanted(kind, self._request, words))


def _can_stand(kind: type[AnyNode], request: AddRequest) -> bool:
    if request.edge is not None:
        return goes_between(kind)
    return request.port is None or fits(kind, forward=request.forward)


def _joins(kind: type[AnyNode], request: AddRequest) -> bool:
    """Return True if the node would be connected to what stands there."""
    return not request.beside or bool(kind.inputs)


def _rank(kind: type[AnyNode], request: AddRequest) -> int:
    port = request.port
    if port is None and not request.beside:
        return 0
    if not request.forward:
        return list(Category).index(kind.category)
    order = _REJECTS if port is not None and port.port == REJECTED else _AFTER
    return order.index(kind.category)
