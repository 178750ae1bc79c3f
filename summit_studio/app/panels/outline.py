"""The outline: the pipeline as a tree along its edges, for the keyboard and screen readers."""

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QLineEdit,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState
from summit_studio.app.look.icons import icon
from summit_studio.app.look.roles import category_colour
from summit_studio.app.look.words import mark, tr
from summit_studio.app.panels.problems import worst
from summit_studio.app.session.background import Debounce
from summit_studio.app.session.finding import Finder, Place
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Session
from summit_studio.core.problems import Severity
from summit_studio.document.model import Document
from summit_studio.nodes.catalogue import AnyNode

_NODE = Qt.ItemDataRole.UserRole
_SAID = Qt.ItemDataRole.AccessibleDescriptionRole
_KIND = Qt.ItemDataRole.UserRole + 1
_LONGEST = 60
_QUIET_MS = 100
_WRONG: Mapping[Severity | None, str] = {
    Severity.ERROR: mark("has an error"),
    Severity.WARNING: mark("has a warning"),
}


class Outline(QWidget):
    """Each node stands once beneath the first node that feeds it; later mentions are short.

    Frames and notes come last.
    """

    def __init__(self, session: Session, finder: Finder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._finder = finder
        self._following = False
        self._items: dict[str, QTreeWidgetItem] = {}
        self._sheets: dict[tuple[str, str], QTreeWidgetItem] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._drawn: tuple[object, ...] = ()
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(tr("Outline of the pipeline"))
        self.tree.setIndentation(14)
        self.tree.setUniformRowHeights(True)
        # Names that begin alike are told apart by how they end.
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
        self.tree.itemSelectionChanged.connect(self._chosen)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("Filter the outline"))
        self.line.setToolTip(tr("By name, column, setting or note"))
        self.line.setAccessibleName(tr("Filter the outline"))
        self.line.setProperty("role", "search")
        self.line.setClearButtonEnabled(True)
        self.line.textChanged.connect(self._filter)
        self._nothing = EmptyState("search", tr("Nothing fits"), tr("No node holds this text."))
        self._empty = EmptyState("outline", tr("Empty pipeline"), tr("Its nodes are listed here."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        filtering = QVBoxLayout()
        filtering.setContentsMargins(8, 8, 8, 0)
        filtering.addWidget(self.line)
        column.addLayout(filtering)
        column.addWidget(self._stack)
        self._debounce = Debounce(_QUIET_MS, self._catch_up, self)
        session.bridge.changed.connect(self._changed)
        session.selected.connect(self._selected)
        session.checked_changed.connect(self.describe)
        self.refresh()

    @Slot(object)
    def _changed(self, change: Any) -> None:
        document, previous = change.document, change.previous
        same = document.edges == previous.edges and document.nodes == previous.nodes
        if not same or _sheets(document) != _sheets(previous):
            self._debounce.ask()

    def _catch_up(self) -> None:
        """Draw anew what differs from what is drawn; params mostly make no difference."""
        if self._drawn != self._shape():
            self.refresh()
        else:
            self.describe()

    def _shape(self) -> tuple[object, ...]:
        """Return what the tree shows of the document."""
        document = self._session.document
        types = [n.type for n in document.nodes.values()]
        return document.edges, dict(self._session.names.of(document)), types, _sheets(document)

    def refresh(self) -> None:
        """Draw the tree anew."""
        document = self._session.document
        self._drawn = self._shape()
        self._following = True
        self.tree.clear()
        self._items.clear()
        self._icons.clear()
        fed = {e.target.node for e in document.edges}
        roots = [i for i in document.nodes if i not in fed] or list(document.nodes)[:1]
        for node_id in (*roots, *document.nodes):
            if node_id not in self._items:
                self._grow(document, node_id)
        self._sheets.clear()
        for (kind, item_id), words in _sheets(document).items():
            item = QTreeWidgetItem([words])
            item.setData(0, _NODE, item_id)
            item.setData(0, _KIND, kind)
            item.setToolTip(0, f"{kind.capitalize()}: {words}")
            item.setData(0, Qt.ItemDataRole.AccessibleTextRole, f"{kind} {words}")
            item.setIcon(0, icon("select" if kind == "frame" else "note", self._session.theme.text))
            self.tree.addTopLevelItem(item)
            self._sheets[kind, item_id] = item
        self.tree.expandAll()
        self.describe()
        self._filter()
        self._following = False
        self._selected(self._session.selection)

    @Slot()
    def describe(self) -> None:
        """Tell screen readers of each node what its card says: the second line, and problems."""
        session = self._session
        problems = session.checked.problems if session.checked is not None else ()
        wrong = worst(problems, session.shown)
        nodes = session.document.nodes
        for item in _every(self.tree):
            node_id = str(item.data(0, _NODE))
            if node_id in nodes:
                fault = wrong.get(node_id)
                told = tr(_WRONG[fault]) if fault in _WRONG else ""
                parts = (session.names.second_line(nodes[node_id]), told)
                said = ", ".join(filter(None, parts))
                if item.data(0, _SAID) != said:
                    item.setData(0, _SAID, said)

    @Slot()
    def _filter(self) -> None:
        """Show what holds the text that was typed, and what it stands beneath."""
        text = self.line.text().strip()
        hits = self._finder.find(text)
        found = {hit.id for hit in hits if hit.place not in _SHEETS}
        sheets = {(_SHEETS[hit.place], hit.id) for hit in hits if hit.place in _SHEETS}
        shown = set[str]()
        for node_id in found & self._items.keys():
            item: QTreeWidgetItem | None = self._items[node_id]
            while item is not None:
                shown.add(str(item.data(0, _NODE)))
                item = item.parent()
        for item in _every(self.tree):
            node_id, kind = str(item.data(0, _NODE)), item.data(0, _KIND)
            here = node_id in shown and item is self._items[node_id]
            item.setHidden(bool(text) and not ((kind, node_id) in sheets if kind else here))
        has_some = bool(self._items or self._sheets)
        fits = self.tree if shown or sheets or not text else self._nothing
        self._stack.setCurrentWidget(fits if has_some else self._empty)

    def _grow(self, document: Document, root: str) -> None:
        # A stack and not recursion: a chain may be thousands of nodes long. Chains stay flat.
        waiting: list[tuple[str, str, QTreeWidgetItem | None]] = [(root, "", None)]
        while waiting:
            node_id, port, parent = waiting.pop()
            seen = node_id in self._items
            item = self._item(node_id, port, seen=seen)
            if parent is None:
                self.tree.addTopLevelItem(item)
            else:
                parent.addChild(item)
            if seen:
                continue
            self._items[node_id] = item
            edges = list(document.edges_from(node_id))
            for edge in reversed(edges):
                several = len({e.source.port for e in edges}) > 1
                below = item if len(edges) > 1 else parent
                waiting.append((edge.target.node, edge.source.port if several else "", below))

    def _item(self, node_id: str, port: str, *, seen: bool) -> QTreeWidgetItem:
        node = self._session.document.nodes[node_id]
        kind = self._session.kind_of(node)
        title = self._session.title_of(node_id)
        text = f"{title} · {port}" if port else title
        item = QTreeWidgetItem([tr("{said} (see above)", said=text) if seen else text])
        item.setData(0, _NODE, node_id)
        item.setToolTip(0, f"{title}\n{node_id}")
        item.setIcon(0, self._icon(kind))
        return item

    def _icon(self, kind: type[AnyNode] | None) -> QIcon:
        name = kind.icon if kind else "unknown"
        category = kind.category.value if kind else ""
        if (name, category) not in self._icons:
            colour = category_colour(self._session.theme, category)
            self._icons[name, category] = icon(name, colour)
        return self._icons[name, category]

    @Slot()
    def _chosen(self) -> None:
        if self._following:
            return
        ids: dict[str | None, dict[str, None]] = {None: {}, "note": {}, "frame": {}}
        for item in self.tree.selectedItems():
            ids[item.data(0, _KIND)][str(item.data(0, _NODE))] = None
        nodes, notes, frames = (tuple(ids[kind]) for kind in (None, "note", "frame"))
        self._session.choose(Selection(nodes, notes=notes, frames=frames))

    @Slot(object)
    def _selected(self, selection: Any) -> None:
        self._following = True
        wanted = [self._items[i] for i in selection.nodes if i in self._items]
        for kind, ids in (("note", selection.notes), ("frame", selection.frames)):
            wanted += [self._sheets[kind, i] for i in ids if (kind, i) in self._sheets]
        chosen = self.tree.selectedItems()
        if {_key(i) for i in chosen} != {_key(i) for i in wanted}:
            self.tree.clearSelection()
            for item in wanted:
                item.setSelected(True)
                self.tree.scrollToItem(item)
        self._following = False


_SHEETS = {Place.NOTE: "note", Place.FRAME: "frame"}


def _sheets(document: Document) -> dict[tuple[str, str], str]:
    """Return what frames and notes are called, by kind and id."""
    frames = {("frame", i): f.title or tr("Frame") for i, f in document.layout.frames.items()}
    notes = {("note", i): _start(n.text) for i, n in document.notes.items()}
    return frames | notes


def _start(text: str) -> str:
    """Return the first words of a note, without marks."""
    line = next(
        (part.strip("#*-> ") for part in text.splitlines() if part.strip("#*-> ")), tr("Note")
    )
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST].rstrip()}…"


def _key(item: QTreeWidgetItem) -> tuple[object, str]:
    return item.data(0, _KIND), str(item.data(0, _NODE))


def _every(tree: QTreeWidget) -> Iterator[QTreeWidgetItem]:
    waiting = [tree.invisibleRootItem()]
    while waiting:
        item = waiting.pop()
        below = [c for c in map(item.child, range(item.childCount())) if c is not None]
        yield from below
        waiting.extend(below)
