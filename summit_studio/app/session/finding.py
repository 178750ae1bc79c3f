"""Finds nodes, notes and frames by their words: what they are called, do, give and are set to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from summit_studio.app.look.words import tr
from summit_studio.app.session.session import Session
from summit_studio.document.model import Document, Node

if TYPE_CHECKING:
    from summit_studio.planning.check import Checked

_BEFORE = 24
_SHOWN = 72


class Place(IntEnum):
    """What of a node or note holds a text; the most telling first."""

    TITLE = 0
    LINE = 1
    ID = 2
    TYPE = 3
    COLUMN = 4
    PARAM = 5
    NOTE = 6
    FRAME = 7


@dataclass(frozen=True, slots=True)
class Found:
    """A node, a note or a frame.

    Args:
        id: Its id.
        place: What of it holds the text; `NOTE` of a note, `FRAME` of a frame.
        name: What it is called; a note's first words.
        where: Where the text was found, in words: `Column: amount`.
    """

    id: str
    place: Place
    name: str
    where: str


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of a node, the word before it, and how it is compared."""

    place: Place
    label: str
    text: str
    folded: str


class Finder:
    """Searches a session's document; what it reads of a node is kept as long as the node is."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._own: dict[str, tuple[Node, tuple[_Text, ...]]] = {}
        self._read: tuple[Document, Checked | None] | None = None
        self._columns: Mapping[str, tuple[_Text, ...]] = {}

    def find(self, text: str) -> list[Found]:
        """Return what holds a text, whatever its case, the most telling place first.

        What holds the whole text in one place comes before what holds its words in several.
        Nothing holds an empty text.
        """
        whole = " ".join(text.casefold().split())
        if not whole:
            return []
        self._catch_up()
        document = self._session.document
        hits = []
        for at, (is_node, item_id, texts) in enumerate(self._all(document)):
            rank, hit = _best(texts, whole)
            if hit is not None:
                name = self._session.title_of(item_id) if is_node else _start(hit.text)
                hits.append((rank, at, Found(item_id, hit.place, name, _where(hit, whole))))
        return [found for _, _, found in sorted(hits, key=lambda h: h[:2])]

    def _all(self, document: Document) -> Iterator[tuple[bool, str, tuple[_Text, ...]]]:
        for node in document.nodes.values():
            yield True, node.id, (*self._texts(node), *self._columns.get(node.id, ()))
        for note in document.notes.values():
            yield False, note.id, (_text(Place.NOTE, tr("Note"), note.text),)
        for frame_id, frame in document.layout.frames.items():
            yield False, frame_id, (_text(Place.FRAME, tr("Frame"), frame.title),)

    def _catch_up(self) -> None:
        """Read what is new of the document and of its columns."""
        document, checked = self._session.document, self._session.checked
        if self._read is not None and self._read == (document, checked):
            return
        self._read = document, checked
        self._own = {i: known for i, known in self._own.items() if i in document.nodes}
        columns: dict[str, dict[str, None]] = {}
        gives = {e.source.node for e in document.edges}
        for ref, schema in (checked.schemas if checked else {}).items():
            columns.setdefault(ref.node, {}).update(dict.fromkeys(c.name for c in schema))
        for edge in document.edges if checked else ():
            # A sink gives no columns: those that it writes are its own.
            if edge.target.node not in gives:
                arriving = checked.schemas.get(edge.source, ()) if checked else ()
                columns.setdefault(edge.target.node, {}).update({c.name: None for c in arriving})
        self._columns = {
            i: tuple(_text(Place.COLUMN, tr("Column"), name) for name in names)
            for i, names in columns.items()
        }

    def _texts(self, node: Node) -> tuple[_Text, ...]:
        known = self._own.get(node.id)
        if known is None or known[0] is not node:
            known = self._own[node.id] = node, tuple(self._make(node))
        return known[1]

    def _make(self, node: Node) -> Iterator[_Text]:
        names, kind = self._session.names, self._session.kind_of(node)
        yield _text(Place.TITLE, "", names.title(node))
        yield _text(Place.LINE, "", names.second_line(node))
        yield _text(Place.ID, tr("Id"), node.id)
        yield _text(Place.TYPE, tr("Type"), kind.title if kind else node.type)
        yield _text(Place.TYPE, tr("Type"), node.type)
        for name, value in node.params.items():
            label = name.replace("_", " ").capitalize()
            for text in _leaves(value):
                yield _text(Place.PARAM, label, text)


def _leaves(value: Any) -> Iterator[str]:
    """Yield every text and number in a param, keys of tables too."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, str) or (isinstance(value, int | float) and value is not True):
        yield str(value)


def _text(place: Place, label: str, text: str) -> _Text:
    plain = " ".join(text.split())
    return _Text(place, label, plain, plain.casefold())


def _best(texts: tuple[_Text, ...], whole: str) -> tuple[int, _Text | None]:
    """Return the rank of the best text that holds `whole`, or of the first of its words."""
    for text in texts:
        if whole in text.folded:
            begins = text.folded.startswith(whole)
            return 2 * text.place + (not begins), text
    words = whole.split()
    if len(words) > 1 and all(any(w in t.folded for t in texts) for w in words):
        return 2 * len(Place), next(t for t in texts if words[0] in t.folded)
    return 0, None


def _where(hit: _Text, whole: str) -> str:
    """Return a text with the word before it, cut to what lies around the hit."""
    if hit.place is Place.TITLE:
        return tr("Title")
    at = max(0, hit.folded.find(whole))
    start = at - _BEFORE if at + len(whole) > _SHOWN else 0
    shown = hit.text[max(0, start) : max(0, start) + _SHOWN]
    before, after = "…" if start > 0 else "", "…" if max(0, start) + _SHOWN < len(hit.text) else ""
    label = f"{hit.label}: " if hit.label else ""
    return f"{label}{before}{shown}{after}"


def _start(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()}…"
