"""What a tab of a window stands for: a document and the modules gone into, or a file that waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from pathlib import Path

from summit_studio.app.look.words import tr
from summit_studio.app.session.leaving import Leaving
from summit_studio.app.session.run_state import RunState
from summit_studio.app.session.there import same
from summit_studio.app.shell.following import older
from summit_studio.app.shell.page import Page
from summit_studio.core.errors import InvalidDocument
from summit_studio.document.edits import Compound, SetParams
from summit_studio.document.files import SUFFIX
from summit_studio.document.model import Document
from summit_studio.document.modules import MODULE_SUFFIX, module_of
from summit_studio.planning.modules import INSIDE, MODULE


@dataclass(frozen=True, slots=True)
class Waiting:
    """The tab of a file that is opened once somebody looks at it.

    Args:
        path: The file.
        inside: The modules to go into then, each inside the one before.
    """

    path: Path
    inside: tuple[Path, ...] = ()

    @property
    def outer(self) -> "Waiting":
        """What the tab is named after."""
        return self

    @property
    def name(self) -> str:
        """What people call it."""
        return self.path.name


class Opened:
    """The tab of a document. Its modules open inside of it and stay open while one is outside.

    Args:
        page: The document; the tab is named after it.
        ahead: Files of modules still to go into, each inside the one before.
    """

    def __init__(self, page: Page, ahead: Sequence[Path] = ()) -> None:
        self.pages = [page]
        self.way = [page]
        """From the outermost page to the one that is shown."""
        self.ahead = list(ahead)
        self._held: dict[Page, str] = {}
        self._run: RunState | None = None
        self._ran: dict[Page, str] = {}
        self._ran_in: dict[str, str] = {}
        self._compared: tuple[Document, str] | None = None

    @property
    def outer(self) -> Page:
        """The document that the tab is named after."""
        return self.pages[0]

    @property
    def shown(self) -> Page:
        """The page that one looks at."""
        return self.way[-1]

    @property
    def path(self) -> Path | None:
        """The file of the document that the tab is named after."""
        return self.outer.path

    @property
    def inside(self) -> tuple[Path, ...]:
        """The files of the modules that one went into, the outermost first."""
        return (*(p.path for p in self.way[1:] if p.path is not None), *self.ahead)

    @property
    def inner(self) -> list[Leaving]:
        """What asks before the modules opened in it are left."""
        return [p.leaving for p in self.pages[1:]]

    @property
    def unsaved(self) -> list[Page]:
        """The pages with changes that are not saved, shown or not."""
        return [p for p in self.pages if p.modified]

    @property
    def running(self) -> bool:
        """True while a run is under way in it."""
        return any(p.supervisor.running for p in self.pages)

    def enter(self, page: Page, outer: Page) -> None:
        """Go into a module that stands in another of its pages."""
        if page not in self.pages:
            self.pages.append(page)
        around = self.way[: self.way.index(outer) + 1] if outer in self.way else [self.outer]
        self.way = around[: around.index(page) + 1] if page in around else [*around, page]

    def go_to(self, page: Page) -> None:
        """Show one of its pages: outside of the one shown, or that was left before."""
        self.enter(page, self.shown)

    def give(self, page: Page) -> None:
        """Let one of its inner pages go; who was in there stands outside now."""
        self.pages.remove(page)
        if page in self.way:
            del self.way[self.way.index(page) :]

    def show_run(self) -> None:
        """Show in a module how far the run around it has come there."""
        run, page = self.outer.marking.run, self.shown
        if run is not self._run:
            self._note(run)
        if page is self.outer:
            return
        ids = self._ids
        if run is None or not ids:
            page.marking.clear_run()
            page.run_panel.show_part(None, "")
        else:
            document = page.session.document
            part = run.within(ids, document, page.session.main_ports(document))
            page.marking.show_run(part)
            lines = self.outer.run_panel.log.within(self.prefix)
            page.run_panel.show_part(part, _name(self.outer), lines)
            page.status.set_run(run, cancelling=self.outer.supervisor.cancelling)
        self.compare()

    def compare(self) -> None:
        """Say in a module whether the run was of it as it is now, in what matters."""
        run, page = self._run, self.shown
        if page is self.outer:
            return
        ran = self._ran_as(page)
        if not ran:
            self._say(page, "")
            return
        document = page.session.document
        if self._compared is None or self._compared[0] is not document:
            self._compared = document, _hash_of(document)
        other = ran != self._compared[1]
        self._say(page, older(run) if run is not None and other else "")

    @staticmethod
    def _say(page: Page, version: str) -> None:
        page.version_note.say(version)
        page.run_panel.say_version(version)

    @property
    def prefix(self) -> str:
        """What a run says before the ids of the page shown; empty where it is the outermost."""
        return "".join(f"{i}{INSIDE}" for i in self._ids)

    @property
    def _ids(self) -> list[str]:
        """The nodes of the modules on the way; none where one stands nowhere any more."""
        ids = [_node_of(outer, inner) for outer, inner in pairwise(self.way)]
        return [] if "" in ids else ids

    def _note(self, run: RunState | None) -> None:
        """Note what modules hold as a run begins."""
        checked = self.outer.session.checked
        self._run = run
        self._ran = {p: _hash(p) for p in self.pages[1:]}
        self._ran_in = (
            {i: put_in.module.hash for i, put_in in checked.modules.items()} if checked else {}
        )

    def _ran_as(self, page: Page) -> str:
        """Return what tells what the module on the way held in the run; empty if nobody knows."""
        ids = self._ids
        if page in self._ran or self._run is None or not ids:
            return self._ran.get(page, "")
        node = self._run.document.nodes.get(ids[0])
        pinned = str(node.params.get("hash") or "") if node is not None and len(ids) == 1 else ""
        return pinned or self._ran_in.get(INSIDE.join(ids), "")

    def read(self) -> None:
        """Note what the files of modules hold, once one was read."""
        self._held = {p: _hash(p) for p in self.pages[1:]}

    def saved(self) -> str:
        """Have what is around a module take it as it was just saved, and return that in words.

        Only nodes that held what it was before take it: what somebody else changed is not seen yet.
        """
        before = self._held
        self.read()
        told = ""
        for outer, inner in permutations(self.pages, 2):
            if inner is self.outer:
                continue
            old, new = before.get(inner, ""), self._held[inner]
            nodes = outer.session.document.nodes
            edits = [
                SetParams(i, {**nodes[i].params, "hash": new}, "hash")
                for i in _nodes_of(outer, inner)
                if not outer.session.files.read_only
                if old and nodes[i].params.get("hash") == old != new
            ]
            if edits and outer.session.do(
                Compound(tr("Take {name}", name=_name(inner)), tuple(edits))
            ):
                told = tr(
                    "{name} is saved. {name_2} takes it so and is not saved yet.",
                    name=_name(inner),
                    name_2=_name(outer),
                )
        return told

    def crumbs(self) -> list[str]:
        """Return what the pages on the way are called: the outermost as its tab is."""
        first = self.outer.name.removesuffix(SUFFIX).removesuffix(MODULE_SUFFIX)
        return [first, *(p.session.document.name for p in self.way[1:])]


Tab = Opened | Waiting | None
"""What a tab stands for; None for the welcome page."""


def _node_of(outer: Page, inner: Page) -> str:
    """Return the node as which a module stands in another page: the one chosen, of several."""
    ids = _nodes_of(outer, inner)
    return next((i for i in (*outer.session.selection.nodes, *ids) if i in ids), "")


def _nodes_of(outer: Page, inner: Page) -> list[str]:
    """Return the nodes as which a module stands in another page."""
    session = outer.session
    return [
        i
        for i, node in session.document.nodes.items()
        if node.type == MODULE
        and same(inner.path, session.workspace.path(str(node.params.get("path", ""))))
    ]


def _hash(page: Page) -> str:
    """Return what tells what a module's file holds; nothing where that is no module."""
    loaded = page.session.files.loaded
    return _hash_of(loaded.document) if loaded is not None else ""


def _hash_of(document: Document) -> str:
    try:
        return module_of(document).hash
    except InvalidDocument:
        return ""


def _name(page: Page) -> str:
    return page.session.document.name


def path_of(tab: Tab) -> Path | None:
    """Return the file that a tab is named after."""
    return tab.path if tab is not None else None


def named(tab: Tab) -> tuple[str, Path | None]:
    """Return what a tab is called, and its file."""
    if tab is None:
        return tr("Welcome"), None
    return tab.outer.name.removesuffix(SUFFIX), tab.path
