"""The tour: six steps on the real interface, by hand or by "Next", by mouse or by keys."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from summit_studio.app.canvas.requests import FilesDropped
from summit_studio.app.session.selection import Selection
from summit_studio.app.session.settings import Settings
from summit_studio.app.shell.tour import Guide, beside
from summit_studio.app.shell.tour_steps import FILTER, SINK, source_of
from summit_studio.document.edits import AddEdge
from summit_studio.document.model import Edge

Key = Qt.Key


@pytest.fixture
def tour(window, qtbot):
    """A tour that was begun by its key."""
    QTest.keyClick(window.canvas, Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    guide = next(p for p in window._parts if isinstance(p, Guide))
    qtbot.waitUntil(lambda: window.session.checked is not None)
    yield guide.tour
    if guide.tour is not None:
        guide.tour.end()


def guide_of(window) -> Guide:
    return next(p for p in window._parts if isinstance(p, Guide))


def test_each_step_waits_until_the_person_did_it(window, tour, qtbot, settle, orders):
    page = tour.page
    assert tour.at == 0
    window.canvas.files_dropped.emit(FilesDropped((orders,), (0, 0)))
    qtbot.waitUntil(lambda: tour.at == 1, timeout=20_000)
    page.session.do(AddEdge(Edge.parse(f"{source_of(page)}.rows -> {FILTER}.rows")))
    qtbot.waitUntil(lambda: tour.at == 2, timeout=20_000)
    assert page.session.selection.nodes == (FILTER,)
    assert page.inspector.invite(FILTER)
    editor = window.focusWidget()
    QTest.keyClicks(editor, "status = 'paid' ")
    settle()
    assert page.session.document.nodes[FILTER].params["condition"]
    assert tour.at == 2
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    qtbot.waitUntil(lambda: tour.at == 3, timeout=20_000)
    page.session.choose(Selection((source_of(page),)))
    assert tour.at == 4
    window.actions_table["run"].trigger()
    qtbot.waitUntil(lambda: tour.at == 5, timeout=30_000)
    page.run_panel.tabs.setCurrentWidget(page.run_panel.outputs)
    assert guide_of(window).tour is None
    assert page.session.document.nodes.keys() >= {FILTER, SINK}


def test_next_does_it_all_by_keys_alone_and_the_result_is_there(window, tour, qtbot, settle):
    page, seen = tour.page, []
    for at in range(6):
        seen.append(tour.card.title.text())
        assert tour.card.isVisible()
        assert window.focusWidget() is tour.card.next
        assert not tour.card.geometry().intersects(_target(window, tour)) or at == 5
        QTest.keyClick(tour.card.next, Key.Key_Return)
        qtbot.waitUntil(lambda at=at: (guide_of(window).tour or tour).at != at, timeout=30_000)
        settle()
    assert len(set(seen)) == 6
    assert page.run_panel.outputs.count() == 1
    out = page.session.workspace.path("out/paid_orders.csv").read_text()
    assert out.count(",paid,") == out.count("\n") - 1 > 100


def _target(window, tour):
    return tour.frame.geometry().adjusted(4, 4, -4, -4)


def test_it_can_be_left_at_any_time_and_does_not_come_back(window, tour):
    page = tour.page
    QTest.keyClick(tour.card.next, Key.Key_Escape)
    assert guide_of(window).tour is None
    assert page.canvas.hasFocus()
    assert page.session.document.nodes.keys() == {FILTER, SINK}
    assert Settings().toured


def test_it_stays_with_its_tab_and_its_key_leads_back_to_it(window, tour):
    page = tour.page
    window.step(-1)
    assert window.page is not page
    assert not tour.card.isVisible()
    assert not tour.frame.isVisible()
    window.actions_table["tour"].trigger()
    assert window.page is page
    assert tour.card.isVisible()
    assert tour.card.next.hasFocus()
    window.drop(page)
    assert guide_of(window).tour is None or not tour.card.isVisible()


def test_the_welcome_page_offers_it_until_it_was_begun_or_declined(window):
    def offered() -> dict[str, QPushButton]:
        return {b.text(): b for b in window.welcome.findChildren(QPushButton)}

    window.show_welcome()
    assert "Take the tour" in offered()
    offered()["Not now"].click()
    assert "Take the tour" not in offered()
    assert Settings().toured
    Settings().toured = False
    window.owner.settings.toured = False
    window.welcome.refresh()
    offered()["Take the tour"].click()
    tour = guide_of(window).tour
    assert tour.card.isVisible()
    tour.end()
    window.show_welcome()
    assert "Take the tour" not in offered()


def test_a_card_lies_beside_its_target_where_there_is_room():
    room = QRect(0, 0, 1000, 800)
    for target in (QRect(0, 0, 60, 40), QRect(700, 100, 300, 700), QRect(200, 600, 500, 200)):
        place = beside(target, (300, 160), room)
        card = QRect(place, QPoint(place.x() + 299, place.y() + 159))
        assert room.contains(card)
        assert not card.intersects(target)
    assert room.contains(QRect(beside(room, (300, 160), room), QPoint(500, 500)))
