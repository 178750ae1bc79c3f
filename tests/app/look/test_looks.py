"""What was not right when every panel was looked at, at every size: no kind of it comes back."""

from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QTextCharFormat

from summit_studio.app.inspector.highlight import CodeColours
from summit_studio.app.look.theme import Theme
from summit_studio.app.panels.problems import ProblemRow
from summit_studio.app.session.selection import Selection
from summit_studio.app.shell.tour import Guide
from summit_studio.core.problems import Problem
from summit_studio.document.model import Edge, Node


def ink(editor) -> set[str]:
    """Return the colours in which the code of an editor is written."""
    found = set()
    block = editor.document().firstBlock()
    while block.isValid():
        found |= {QTextCharFormat(f.format).foreground().color().name() for f in
                  block.layout().formats()}  # fmt: skip
        block = block.next()
    return found


@pytest.mark.parametrize("theme", [Theme.dark(), Theme.contrast_light()], ids=lambda t: t.name)
def test_a_page_opened_in_a_theme_writes_code_in_its_colours(
    window, qtbot, settle, pipeline, theme
):
    window.owner.theming.take(theme)
    window.new()
    page = window.page
    page.session.bridge.set_document(pipeline)
    settle()
    page.session.choose(Selection(("paid",)))
    field = page.inspector.form.fields["condition"]
    text = QColor(CodeColours.of(theme).text).name()
    qtbot.waitUntil(lambda: text in ink(field.findChild(type(page.dead_letters.edit.code))))
    code = page.dead_letters.edit.code
    code.setPlainText("amount = 'none'")
    qtbot.waitUntil(lambda: text in ink(code))


def test_ports_take_what_the_fields_leave_and_show_names_whole(window, qtbot, settle, pipeline):
    window.resize(1280, 800)
    window.docks.on_reset_layout()
    window.session.bridge.set_document(pipeline)
    settle()
    window.session.choose(Selection(("paid",)))
    inspector = window.inspector
    qtbot.waitUntil(lambda: inspector.ports.tree.topLevelItemCount() > 1)
    qtbot.waitUntil(lambda: inspector._scroll.verticalScrollBar().maximum() == 0)
    tree = inspector.ports.tree
    fields, ports = inspector._splitter.sizes()
    assert ports > (fields + ports) * 3 // 10 or tree.verticalScrollBar().maximum() == 0
    assert tree.columnWidth(0) >= tree.sizeHintForColumn(0)
    inspector._splitter.splitterMoved.emit(0, 0)
    inspector._splitter.setSizes([200, fields + ports - 200])
    by_hand = inspector._splitter.sizes()
    window.session.choose(Selection(("orders",)))
    settle()
    inspector._share_height()
    assert inspector._splitter.sizes() == by_hand


def test_a_problem_is_told_whole_however_narrow_the_panel(window):
    row = ProblemRow(
        Problem("x", "Table revenue cannot hold numbers of so many digits. " * 3),
        window.session,
    )
    assert row.heightForWidth(400) > row.heightForWidth(2000)


def test_the_outline_begins_with_the_name_of_a_node(window, qtbot, pipeline, csv_sink):
    rest = Node("rest", csv_sink, {"path": "out/rest.csv"}, title="The rest")
    nodes = {**pipeline.nodes, "rest": rest}
    edges = (*pipeline.edges, Edge.parse("paid.dropped -> rest.rows"))
    window.session.bridge.set_document(replace(pipeline, nodes=nodes, edges=edges))
    qtbot.waitUntil(lambda: "rest" in window.outline._items)
    assert window.outline._items["rest"].text(0) == "The rest · dropped"


def test_before_a_run_its_panel_says_so_and_shows_no_bar(window):
    window.docks.show("run")
    panel = window.run_panel
    assert not panel.bar.isVisible()
    assert not panel.headline.isVisible()  # It is said once, in the middle.
    assert not panel.ledger_view.isVisible()


def test_the_tour_begins_with_its_nodes_in_view(window, qtbot):
    window.actions_table.trigger("tour")
    page = window.page
    qtbot.waitUntil(lambda: not page.canvas.scene().contents().isEmpty())
    assert page.canvas.shows_everything()
    next(p for p in window._parts if isinstance(p, Guide)).tour.end()
