"""Pictures of the pipeline: saved as SVG or PNG, or copied."""

import re
from html import unescape
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFileDialog

from summit_studio.app.canvas.printing import Print
from summit_studio.app.dialogs.picture import PictureDialog
from summit_studio.app.look.theme import Theme
from summit_studio.app.shell.pictures import with_ending


def texts(svg: bytes) -> list[str]:
    """Return the texts of an SVG."""
    return [unescape(t).strip() for t in re.findall(r"<text[^>]*>([^<]*)<", svg.decode())]


@pytest.fixture
def shown(window, pipeline, orders, settle):
    del orders
    window.session.bridge.set_document(pipeline)
    settle()
    return window


@pytest.mark.parametrize("theme", [Theme.light(), Theme.dark()], ids=lambda t: t.name)
def test_a_picture_holds_all_texts_as_text_and_no_mark_of_the_selection(shown, theme):
    scene = shown.canvas.scene()
    shown.session.choose_nodes(["paid"])
    shown.actions_table.trigger("path")
    drawn = Print(scene, theme)
    svg = drawn.svg("Orders & more")
    for text in ("Read CSV", "orders.csv", "Filter rows", "status <> 'cancelled'", "Write CSV"):
        assert text in texts(svg)
    assert b"<title>Orders &amp; more</title>" in svg
    assert f'fill="{theme.canvas.lower()}"'.encode() in svg
    assert theme.accent.lower().encode() not in svg
    assert b'font-family="' + theme.font().family().encode() + b', sans-serif"' in svg
    renderer = QSvgRenderer(QByteArray(svg))
    assert renderer.isValid()
    assert renderer.viewBoxF().size().toSize() == drawn.room.size().toSize()
    assert scene.selected_nodes() == ("paid",)
    assert scene.path_shown
    drawn.close()


def test_a_picture_is_whole_however_little_is_in_view(shown):
    shown.canvas.set_zoom(0.2)
    scene = shown.canvas.scene()
    drawn = Print(scene, Theme.light())
    assert drawn.room.contains(scene.contents())
    image = QImage.fromData(drawn.png())
    assert image.width() == round(drawn.room.width() * 2)
    assert image.pixelColor(2, 2) == QColor(Theme.light().canvas)
    card = scene.shown.nodes["paid"].frame
    at = (card.center() - drawn.room.topLeft()) * 2
    spot = QRectF(at.x() - 150, at.y() - 40, 300, 80).toRect()
    colours = {
        image.pixelColor(x, spot.center().y()).name() for x in range(spot.left(), spot.right())
    }
    assert len(colours) > 3, "the text is drawn, not the card of the overview"
    drawn.close()


def test_of_a_selection_its_nodes_and_the_edges_between_them_are_drawn(shown):
    scene = shown.canvas.scene()
    drawn = Print(scene, Theme.light(), ("orders", "paid"))
    assert set(drawn._scene.shown.nodes) == {"orders", "paid"}
    assert [str(e) for e in drawn._scene.shown.edges] == ["orders.rows -> paid.rows"]
    assert "Write CSV" not in texts(drawn.svg(""))
    place = drawn._scene.shown.nodes["paid"].frame
    assert place == scene.shown.nodes["paid"].frame
    drawn.close()


def test_counts_of_the_run_are_in_it_where_they_are_wanted(shown, qtbot):
    assert not shown.marking.run
    with qtbot.waitSignal(shown.supervisor.ended, timeout=60_000):
        shown.actions_table.trigger("run")
    scene = shown.canvas.scene()
    found = []
    for run in (False, True):
        drawn = Print(scene, Theme.light(), run=run)
        found.append({t for t in texts(drawn.svg("")) if t in {"200", "160"}})
        drawn.close()
    assert found == [set(), {"200", "160"}]


@pytest.mark.parametrize(("name", "kind"), [("p.svg", "svg"), ("p.png", "png"), ("p", "svg")])
def test_a_picture_is_saved_as_its_name_ends(shown, qtbot, monkeypatch, tmp_path, name, kind):
    def chosen(_parent, _title, start, filters):
        assert Path(start).suffix == ".svg"
        return str(tmp_path / name), filters.split(";;")[0]

    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen)
    shown.actions_table.trigger("picture")
    dialog = shown.page.findChild(PictureDialog)
    assert not dialog.picture.pixmap().isNull()
    dialog.save_button.click()
    file = tmp_path / f"p.{kind}"
    qtbot.waitUntil(lambda: "The picture is in" in shown.status.currentMessage())
    if kind == "png":
        assert not QImage(str(file)).isNull()
    else:
        assert "Read CSV" in texts(file.read_bytes())
    dialog.close()
    assert with_ending(Path("a.b"), png=True) == Path("a.b.png")


def test_a_picture_that_cannot_be_written_is_told(shown, qtbot, tmp_path):
    drawn = Print(shown.canvas.scene(), Theme.light())
    with qtbot.waitSignal(shown.session.noticed) as told:
        shown.pictures.save(drawn, tmp_path / "nowhere" / "p.svg")
    assert told.args[0].text == "The picture could not be written"
    assert "nowhere" in told.args[0].detail
    drawn.close()


def test_what_is_selected_is_copied_as_it_is_seen(shown):
    shown.session.choose_nodes(["out"])
    shown.actions_table.trigger("copy_picture")
    scene = shown.canvas.scene()
    drawn = Print(scene, scene.stage.style.theme, ("out",))
    copied = QGuiApplication.clipboard().image()
    assert copied.size() == drawn.image().size()
    assert copied.pixelColor(2, 2) == scene.stage.style.canvas
    drawn.close()
    shown.new()
    shown.session.bridge.flush()
    assert not shown.actions_table["copy_picture"].isEnabled()
