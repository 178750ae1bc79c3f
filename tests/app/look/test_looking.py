"""Nothing is cut that nobody can read, no panel gives way to a text, nothing stands there empty."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from summit_studio.app.look.empty import EmptyState, Vacancy
from summit_studio.app.look.line import Line
from summit_studio.app.look.theme import Theme
from summit_studio.app.panels.grid.header import fitting
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity
from summit_studio.document.edits import SetProperties, SetTitle
from summit_studio.document.model import Parameter

SLACK = 1
DIALOGS = ("properties", "connections", "rehearse", "picture", "shortcuts", "about",
           "run_with")  # fmt: skip


def texts(top: QWidget) -> list[tuple[str, int, int]]:
    """Return each text that is seen with what it wants and has, where nothing else tells it."""
    # A panel behind another's tab counts as visible for Qt, and has the size that it had.
    all_of_it = [w for w in top.findChildren(QWidget) if not w.visibleRegion().isEmpty()]
    seen = [w for w in all_of_it if w.isVisible() and not w.toolTip()]
    return [text for w in seen if not isinstance(w, Line) for text in rooms(w)]


def cut(top: QWidget) -> list[str]:
    """Return what is cut in a window."""
    return [f"'{t}' wants {w} and has {r}" for t, w, r in texts(top) if w > r + SLACK]


def rooms(widget: QWidget) -> Iterator[tuple[str, int, int]]:
    """Yield each text of a widget with what it wants and has, in logical pixels."""
    if isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            yield widget.text(), widget.heightForWidth(widget.width()), widget.height()
        else:
            yield widget.text(), widget.sizeHint().width(), widget.width()
    elif isinstance(widget, QAbstractButton) and widget.text():
        yield widget.text(), widget.sizeHint().width(), widget.width()
    elif isinstance(widget, QLineEdit) and not widget.text():
        hint = widget.placeholderText()
        wanted = widget.fontMetrics().horizontalAdvance(hint)
        yield hint, wanted, widget.contentsRect().width() - 2 * Theme.S
    elif isinstance(widget, QTabBar):
        for at in range(widget.count()):
            if widget.isTabVisible(at) and not widget.tabToolTip(at):
                text = widget.tabText(at)
                wanted = widget.fontMetrics().horizontalAdvance(text)
                yield text, wanted, widget.tabRect(at).width()


@pytest.fixture
def small(window, settle, pipeline, orders):
    """A small window with a pipeline of one parameter."""
    window.resize(1280, 800)
    window.docks.on_reset_layout()
    window.session.bridge.set_document(pipeline)
    window.session.do(
        SetProperties(
            "Orders", None, None, {"day": Parameter("day", "date", "2026-01-01", "A day.")}
        )
    )
    settle()
    return window


def asked(window: QWidget, action: str) -> QDialog:
    """Open a dialog by its action, laid out."""
    window.actions_table.refresh()
    window.actions_table.trigger(action)
    dialog = next(
        w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()
    )
    QApplication.processEvents()
    return dialog


def test_no_text_is_cut_in_any_panel_or_dialog(small, qtbot):
    window = small
    found, seen = {}, 0
    for node in ("orders", "paid", "out"):
        window.session.choose(Selection((node,)))
        qtbot.waitUntil(lambda: window.inspector.ports.tree.topLevelItemCount() > 0)
        QApplication.processEvents()
        found[node] = cut(window)
    for name in ("preview", "problems", "run", "dead_letters", "columns", "outline", "connections",
                 "library", "settings", "inspector"):  # fmt: skip
        window.docks.show(name)
        QApplication.processEvents()
        found[name] = cut(window)
        seen += len(texts(window.docks.panel(name)))
    window.session.notice(
        Notice("It went wrong", "Why it did. " * 9, Severity.WARNING, "Merge…", "merge",
               (("Keep mine", "keep_mine"), ("Show the difference", "compare")))
    )  # fmt: skip
    QApplication.processEvents()
    found["banner"] = cut(window)
    window.banner.dismiss()
    for action in DIALOGS:
        dialog = asked(window, action)
        found[action] = cut(dialog)
        seen += len(texts(dialog))
        dialog.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert seen > 80  # Else there was nothing to look at.
    assert not {name: texts for name, texts in found.items() if texts}


def test_a_text_that_is_cut_is_found(qtbot):
    top = QWidget()
    qtbot.addWidget(top)
    label = QLabel("Far more than there is room for", top)
    label.setFixedWidth(40)
    top.show()
    assert len(cut(top)) == 1
    label.setToolTip("Far more than there is room for")
    assert not cut(top)


def test_no_text_takes_the_width_of_the_panels_beside(small, settle):
    window = small
    docks = {name: window.docks.panel(name).width() for name in ("library", "inspector")}
    window.session.do(SetTitle("paid", "A title as long as a sentence " * 8))
    window.session.choose(Selection(("paid",)))
    settle()
    window.run_panel.headline.setText("Cancelled in 5.44 s")
    window.run_panel.figures.setText("2,000,000 rows read  ·  1,400,000 committed and safe " * 3)
    window.run_panel.say_version("The run of 06:41 was of an earlier version")
    for name in ("run", "preview"):
        window.docks.show(name)
        QApplication.processEvents()
    assert {name: window.docks.panel(name).width() for name in docks} == docks
    assert window.run_panel.figures.is_cut


def test_a_line_is_cut_where_it_ends_and_not_where_it_fits(qtbot):
    line = Line("Orders of the north, as they came")
    qtbot.addWidget(line)
    line.resize(line.sizeHint())
    line.show()
    whole = line.grab().toImage()
    line.resize(90, line.height())
    assert line.is_cut
    # Drawn by the line itself, at the same place and in the same ink.
    head = (0, 0, 40, line.height())
    assert line.grab().toImage().copy(*head) == whole.copy(*head)


def test_what_a_banner_offers_goes_below_its_text_where_there_is_little_room(window):
    banner = window.banner
    offers = (("Keep mine", "keep_mine"), ("Take theirs", "take_theirs"))
    notice = Notice("Changed", "By another.", Severity.ERROR, "Merge…", "merge", offers)
    window.session.notice(notice)
    low, high = banner.heightForWidth(880), banner.heightForWidth(500)
    assert high >= low + banner.button.sizeHint().height()


def test_lists_and_tables_say_what_they_are_for_until_they_hold_something(small):
    window = small
    window.session.do(SetProperties("Orders", None, None, {}))
    properties = asked(window, "properties")
    vacancy = properties.vacancy
    assert vacancy.isVisible()
    assert vacancy.size() == properties.table.viewport().size()
    properties.add()
    assert not vacancy.isVisible()
    properties.remove()
    assert vacancy.isVisible()
    properties.close()
    for action in ("connections", "rehearse"):
        dialog = asked(window, action)
        assert dialog.findChild(Vacancy).isVisible()
        dialog.close()


def test_the_menu_of_a_node_has_nothing_for_other_kinds(small, qtbot):
    window = small
    window.session.choose(Selection(("paid",)))
    window.actions_table.trigger("context_menu")
    (menu,) = (m for m in QApplication.topLevelWidgets() if isinstance(m, QMenu) and m.isVisible())
    names = {a.objectName() for a in menu.actions()}
    menu.close()
    assert {"rename", "make_module", "delete"} <= names
    assert not names & {"open_module", "dissolve_module", "fold_frame", "leave_frame", "add_bend"}


def test_panels_are_wider_where_the_window_is(window):
    widths = []
    for size in ((1280, 800), (1600, 1000), (2560, 1440)):
        window.resize(*size)
        window.docks.on_reset_layout()
        QApplication.processEvents()
        widths.append([window.docks.panel(n).width() for n in ("library", "inspector")])
    assert widths == sorted(widths)
    assert widths[-1][1] >= 1.3 * widths[0][1]


def test_an_empty_panel_has_short_lines_and_gives_way_again(qtbot):
    panel = EmptyState("run", "Nothing yet", "It is told here what becomes of it. " * 8)
    qtbot.addWidget(panel)
    narrow = panel.minimumSizeHint().width()
    panel.resize(1600, 300)
    panel.show()
    text = panel.findChildren(QLabel)[-1]
    assert text.width() <= 560
    assert abs(text.geometry().center().x() - 800) <= 2
    assert panel.minimumSizeHint().width() == narrow


def test_facts_are_left_out_whole(qapp):
    metrics = QFontMetrics(QFont())
    words = "whole number · 3 % null · 157 distinct"
    for kept in (words, "whole number · 3 % null", "whole number"):
        assert fitting(words, metrics, metrics.horizontalAdvance(kept)) == kept


def test_in_high_contrast_a_line_parts_the_panels_from_the_canvas(window):
    theme = Theme.contrast_dark()
    window.owner.theming.take(theme)
    QApplication.processEvents()
    canvas = window.canvas
    edge = canvas.mapTo(window, QPoint(0, canvas.height() // 2))
    row = window.grab().toImage()
    colours = {row.pixelColor(edge.x() - x, edge.y()).name() for x in range(1, 6)}
    assert theme.border.lower() in colours


def test_a_chosen_node_is_seen_beside_the_colour_of_its_state(small, qtbot):
    window = small
    with qtbot.waitSignal(window.supervisor.ended, timeout=30_000):
        window.gate.begin()
    window.session.choose(Selection(("paid",)))
    accent = Theme.light().accent.lower()

    def around() -> set[str]:
        box = window.canvas.mapFromScene(window.canvas.scene().contents(["paid"])).boundingRect()
        image = window.canvas.viewport().grab(box.adjusted(-8, -8, 8, 8)).toImage()
        return {image.pixelColor(x, image.height() // 2).name() for x in range(12)}

    qtbot.waitUntil(lambda: accent in around())
    window.session.choose(Selection(("orders",)))
    qtbot.waitUntil(lambda: accent not in around())
