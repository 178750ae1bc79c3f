"""Why actions cannot be used: the conditions that the table of actions names."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from summit_studio.app.look.words import mark, tr
from summit_studio.app.session.browsing import Phase
from summit_studio.app.shell.frame_actions import frames_of
from summit_studio.document.framing import taken_out
from summit_studio.planning.modules import MODULE

if TYPE_CHECKING:
    from summit_studio.app.shell.page import Page
    from summit_studio.app.shell.runs import Runs

_TWO = 2
_NO_DOCUMENT = mark("Open a pipeline, or begin a new one, first.")


def conditions(
    current: "Callable[[], Page | None]", tabs: Callable[[], int], runs: "Runs"
) -> Mapping[str, Callable[[], str]]:
    """Return the conditions by name; each returns why not, or an empty text.

    Args:
        current: Returns the page that is shown, or None.
        tabs: Returns how many tabs there are.
        runs: Knows which page would run: not that of a module, but what it stands in.
    """

    def of_page(
        why_not: "Callable[[Page], str]", which: "Callable[[], Page | None]" = current
    ) -> Callable[[], str]:
        def ask() -> str:
            page = which()
            return tr(_NO_DOCUMENT) if page is None else why_not(page)

        return ask

    asked = {name: of_page(why_not) for name, why_not in _OF_PAGE.items()}
    asked |= {name: of_page(why_not, lambda: runs.page) for name, why_not in _OF_RUN.items()}
    return asked | {
        "can_run_to": lambda: asked["can_run"]() or asked["has_node"](),
        "can_run_from": lambda: asked["can_run"]() or asked["has_nodes"]() or asked["outside"](),
        "run_waits": lambda: "" if runs.waits else tr("No run waits for modules to be saved."),
        "has_tab": lambda: "" if tabs() else tr("No tab is open."),
        "has_tabs": lambda: "" if tabs() > 1 else tr("Only one tab is open."),
    }


def _can_run(page: "Page") -> str:
    if page.session.files.past is not None:
        return tr("This is a past run; run the pipeline itself.")
    supervisor = page.supervisor
    if supervisor.cancelling:
        return tr("The run is being stopped; it can start again once it has ended.")
    if supervisor.running:
        return tr("This pipeline is running; stop it first.")
    if not page.session.document.nodes:
        return tr("The pipeline is empty; add a node first.")
    return ""


def _can_run_pinned(page: "Page") -> str:
    pinned = any(ref.node in page.session.document.nodes for ref in page.pins.found)
    return _can_run(page) or ("" if pinned else tr("Pin rows in the preview first."))


def _unfinished(page: "Page") -> str:
    if page.supervisor.running:
        return tr("This pipeline is running.")
    return "" if page.resuming.found is not None else tr("No load of this pipeline is unfinished.")


def _one_past_run(page: "Page") -> str:
    chosen = len(page.run_panel.history.chosen)
    return "" if chosen == 1 else tr("Select one run in the history first.")


def _two_past_runs(page: "Page") -> str:
    chosen = len(page.run_panel.history.chosen)
    return "" if chosen == _TWO else tr("Select two runs in the history first.")


def _running(page: "Page") -> str:
    if page.supervisor.cancelling:
        return tr("The run is being stopped.")
    return "" if page.supervisor.running else tr("Nothing is running.")


def _editable(page: "Page") -> str:
    return tr("The pipeline can only be read here.") if page.session.files.read_only else ""


def _has_nodes(page: "Page") -> str:
    return "" if page.session.selection.nodes else tr("Select a node first.")


def _has_node(page: "Page") -> str:
    return "" if len(page.session.selection.nodes) == 1 else tr("Select one node first.")


def _has_module(page: "Page") -> str:
    why_not = _has_node(page)
    if why_not:
        return why_not
    (node_id,) = page.session.selection.nodes
    node = page.session.document.nodes.get(node_id)
    is_one = node is not None and node.type == MODULE
    return "" if is_one else tr("Select a module first.")


def _changeable_nodes(page: "Page") -> str:
    return _editable(page) or _has_nodes(page)


def _can_rename(page: "Page") -> str:
    chosen = page.session.selection
    count = len(chosen.nodes) + len(chosen.notes) + len(chosen.frames)
    return "" if count == 1 else tr("Select one node, note or frame first.")


def _copyable(page: "Page") -> str:
    chosen = page.session.selection
    some = chosen.nodes or chosen.notes or chosen.frames
    return "" if some else tr("Select a node, note or frame first.")


def _chosen(page: "Page") -> int:
    chosen = page.session.selection
    return len(chosen.nodes) + len(chosen.notes) + len(chosen.frames)


def _several(page: "Page") -> str:
    return _editable(page) or (
        "" if _chosen(page) >= _TWO else tr("Select two things or more first.")
    )


def _three(page: "Page") -> str:
    return _editable(page) or (
        "" if _chosen(page) > _TWO else tr("Select three things or more first.")
    )


def _has_frame(page: "Page") -> str:
    return _editable(page) or ("" if frames_of(page.session) else tr("Select a frame first."))


def _in_frame(page: "Page") -> str:
    chosen, frames = page.session.selection, page.session.document.layout.frames
    held = taken_out(frames, chosen.nodes, chosen.notes)
    return _editable(page) or ("" if held else tr("Nothing of what is selected is in a frame."))


def _colourable(page: "Page") -> str:
    chosen = page.session.selection
    some = chosen.notes or chosen.frames
    return _editable(page) or ("" if some else tr("Select a note or a frame first."))


def _can_tidy_selection(page: "Page") -> str:
    several = len(page.session.selection.nodes) > 1
    return _editable(page) or ("" if several else tr("Select two nodes or more first."))


def _connectable(page: "Page") -> str:
    chosen = page.session.selection
    return _editable(page) or (
        "" if chosen.nodes or chosen.edges else tr("Select a node or an edge.")
    )


def _bendable(page: "Page") -> str:
    return _editable(page) or ("" if page.session.selection.edges else tr("Select an edge first."))


def _led(page: "Page") -> str:
    chosen = page.session.selection
    return "" if chosen.edges or chosen.bends else tr("Select an edge first.")


def _bent(page: "Page") -> str:
    return _editable(page) or _led(page)


def _has_table(page: "Page") -> str:
    return "" if page.connections.chosen else tr("Choose a table under Connections first.")


def _has_address(page: "Page") -> str:
    chosen = page.connections.address
    return "" if chosen else tr("Choose a connection or a table under Connections first.")


def _awaited(page: "Page") -> str:
    chosen = page.connections.address
    waiting = chosen is not None and page.browsing.found(chosen).phase is Phase.WAITING
    return "" if waiting else tr("No answer of a database is awaited there.")


def _may_connect(page: "Page") -> str:
    chosen = page.connections.address
    guarded = chosen is not None and page.browsing.found(chosen).phase is Phase.GUARDED
    return "" if guarded else tr("Choose a connection of an untrusted folder first.")


_OF_RUN: "Mapping[str, Callable[[Page], str]]" = {
    "can_run": _can_run,
    "can_run_pinned": _can_run_pinned,
    "unfinished": _unfinished,
    "running": _running,
}
"""Asked of the outermost page of the tab."""

_OF_PAGE: "Mapping[str, Callable[[Page], str]]" = {
    "has_document": lambda _: "",
    "has_drawing": lambda p: "" if p.session.document.nodes else tr("The pipeline is empty."),
    "has_file": lambda p: "" if p.path is not None else tr("Save the pipeline first."),
    "savable": lambda _: "",
    "editable": _editable,
    "inside": lambda p: "" if p.modules.inside else tr("This was not opened from a pipeline."),
    "outside": lambda p: tr("Go back to the pipeline first.") if p.modules.inside else "",
    "has_node_type": lambda p: "" if p.library.chosen else tr("Choose a node type in the library."),
    "has_table": _has_table,
    "usable_table": lambda p: _editable(p) or _has_table(p),
    "has_address": _has_address,
    "awaited": _awaited,
    "may_connect": _may_connect,
    "has_nodes": _has_nodes,
    "has_node": _has_node,
    "has_module": _has_module,
    "changeable_nodes": _changeable_nodes,
    "can_rename": _can_rename,
    "colourable": _colourable,
    "copyable": _copyable,
    "has_frame": _has_frame,
    "several": _several,
    "three": _three,
    "in_frame": _in_frame,
    "can_tidy_selection": _can_tidy_selection,
    "connectable": _connectable,
    "bendable": _bendable,
    "bent": _bent,
    "led": _led,
    "has_selection": lambda p: "" if p.session.selection else tr("Select something first."),
    "renamed": lambda p: "" if p.catching_up.waiting else tr("No column was renamed in one node."),
    "weighed": lambda p: "" if p.weigher.waiting else tr("Nothing waits to be done anyway."),
    "can_undo": lambda p: "" if p.session.bridge.can_undo else tr("There is nothing to undo."),
    "can_redo": lambda p: "" if p.session.bridge.can_redo else tr("There is nothing to redo."),
    "recovered": lambda p: "" if p.desk.recovered else tr("No work was recovered here."),
    "goes_back": lambda p: "" if p.trail.goes_back else tr("No other place was looked at."),
    "goes_forward": lambda p: "" if p.trail.goes_forward else tr("You have not gone back."),
    "changed_outside": lambda p: "" if p.watch.theirs else tr("No other program changed the file."),
    "held": lambda p: "" if p.session.files.holder else tr("No other window has it open."),
    "untrusted": lambda p: tr("This folder is trusted.") if p.session.workspace.trusted else "",
    "has_written": lambda p: (
        "" if p.run_panel.outputs.sinks else tr("No run has written rows here.")
    ),
    "has_run": lambda p: "" if p.marking.run is not None else tr("Run the pipeline first."),
    "one_past_run": _one_past_run,
    "two_past_runs": _two_past_runs,
}
