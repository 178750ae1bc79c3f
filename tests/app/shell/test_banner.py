"""Banners wait for each other, and never move what lies beneath."""

from PySide6.QtWidgets import QToolButton

from summit_studio.app.session.session import Notice
from summit_studio.core.problems import Severity

FIRST = Notice("First", "of two", Severity.ERROR, "Save as…", "save_as")
SECOND = Notice("Second", "", Severity.WARNING, "Trust", "trust")
NEWS = Notice("12 rows written")


def test_the_newest_failure_is_on_top_and_the_others_wait(window, qtbot):
    session, banner = window.session, window.banner
    for notice in (FIRST, SECOND, NEWS):
        session.notice(notice)
    assert banner.text.text() == "12 rows written"
    assert banner.waiting.text() == "2 more"
    session.notice(FIRST)  # Said again it is said once; news that passes is over by now.
    assert (banner.text.text(), banner.waiting.text()) == ("First", "1 more")
    with qtbot.waitSignal(banner.asked) as asked:
        banner.asked.disconnect(window.page.asked)
        banner.button.click()
    assert asked.args == ["save_as"]
    assert (banner.text.text(), banner.button.text()) == ("Second", "Trust")
    assert not banner.waiting.isVisible()
    banner.findChild(QToolButton).click()
    assert not banner.isVisible()


def test_what_no_longer_holds_goes_from_beneath_the_newest(window):
    session, banner = window.session, window.banner
    session.notice(FIRST)
    session.notice(SECOND)
    session.withdraw(FIRST)
    assert (banner.text.text(), banner.waiting.isVisible()) == ("Second", False)
    session.withdraw(SECOND)
    assert not banner.isVisible()


def test_the_canvas_does_not_move_when_a_banner_comes_and_goes(window, qtbot):
    canvas, banner = window.canvas, window.banner
    place = canvas.mapToGlobal(canvas.rect().topLeft())
    size, centre = canvas.size(), canvas.mapToScene(canvas.viewport().rect().center())
    window.session.notice(Notice("Long", "word " * 80, Severity.ERROR))
    qtbot.waitUntil(
        lambda: banner.detail.height() >= banner.detail.heightForWidth(banner.detail.width())
    )
    assert (canvas.mapToGlobal(canvas.rect().topLeft()), canvas.size()) == (place, size)
    assert canvas.mapToScene(canvas.viewport().rect().center()) == centre
    parent = banner.parentWidget()
    assert parent.rect().contains(banner.geometry())
    window.resize(1000, 700)
    qtbot.waitUntil(lambda: parent.rect().contains(banner.geometry()))
    assert abs(banner.geometry().center().x() - parent.rect().center().x()) <= 1
    banner.dismiss()
