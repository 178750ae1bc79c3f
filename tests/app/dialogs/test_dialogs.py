import sqlite3

import pytest

from summit_studio.app.dialogs.connections import ConnectionsDialog
from summit_studio.app.dialogs.export import ExportDialog
from summit_studio.app.dialogs.properties import PropertiesDialog
from summit_studio.document.model import Parameter
from summit_studio.workspace.connections import Connection

CANARY = "hunter2-canary"


@pytest.fixture
def connections(window, qtbot):
    dialog = ConnectionsDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def fill(dialog, kind: str, **values: str):
    dialog.kind.setCurrentIndex(dialog.kind.findData(kind))
    for key, value in values.items():
        dialog.fields[key].setText(value)


def test_a_database_file_is_added_tested_and_deleted(connections, window, home, qtbot):
    folder = home / "workspace"
    folder.mkdir()
    with sqlite3.connect(folder / "shop.db") as database:
        database.execute("CREATE TABLE t (a)")
    database.close()
    fill(connections, "sqlite", name="shop", path="shop.db")
    connections.test_button.click()
    qtbot.waitUntil(lambda: connections.status.text().startswith("Connected"), timeout=20_000)
    assert "SQLite" in connections.status.text()
    assert list(window.session.workspace.connections) == ["shop"]
    assert connections.list.currentItem().text() == "shop"
    connections.remove()
    assert dict(window.session.workspace.connections) == {}


def test_what_comes_elsewhere_is_listed_and_what_is_typed_stays(connections, window):
    fill(connections, "postgres", name="half", host="db")
    window.session.keep_connection(Connection(name="shop", kind="duckdb", path="shop.duckdb"))
    shown = [connections.list.item(row).text() for row in range(connections.list.count())]
    assert shown == ["shop"]
    assert connections.fields["name"].text() == "half"
    assert connections.fields["host"].text() == "db"
    connections.choose("shop")
    assert connections.fields["path"].text() == "shop.duckdb"


def test_a_circuit_breaker_is_set_and_left_as_it_is_where_nothing_is_said(
    connections, window, home, qtbot
):
    (home / "workspace").mkdir()
    limits = {"breaker_failures": "2", "breaker_timeout_secs": "1.5"}
    fill(connections, "sqlite", name="shop", path="shop.db", **limits)
    connections.save_button.click()
    qtbot.waitUntil(lambda: connections.status.text() == "Saved.", timeout=20_000)
    file = home / "workspace" / "connections.toml"
    assert "breaker_failures = 2\nbreaker_timeout_secs = 1.5\n" in file.read_text()
    assert "breaker_successes" not in file.read_text()
    assert connections.fields["breaker_timeout_secs"].text() == "1.5"
    connections.fields["breaker_failures"].setText("many")
    connections.save_button.click()
    assert "breaker_failures" in connections.status.text()


def test_limits_of_sessions_are_set_and_those_of_a_server_go_with_it(
    connections, window, home, qtbot
):
    (home / "workspace").mkdir()
    limits = {"pool_size": "20", "max_uses": "7500", "lock_timeout_secs": "5", "host": "db"}
    fill(connections, "postgres", name="shop", ssl_root_cert="root.pem", **limits)
    assert connections.fields["pool_size"].toolTip()
    connections.save_button.click()
    qtbot.waitUntil(lambda: connections.status.text() == "Saved.", timeout=20_000)
    file = home / "workspace" / "connections.toml"
    for line in ("pool_size = 20", "max_uses = 7500", 'ssl_root_cert = "root.pem"'):
        assert line in file.read_text()
    assert "idle_timeout_secs" not in file.read_text()
    fill(connections, "sqlite", path="shop.db")
    connections.save_button.click()
    qtbot.waitUntil(lambda: "sqlite" in file.read_text(), timeout=20_000)
    assert "pool_size" not in file.read_text()
    assert "lock_timeout_secs = 5" in file.read_text()


def test_a_renamed_connection_stays_in_its_place_with_all_it_held(window, home, qtbot):
    folder = home / "workspace"
    folder.mkdir()
    text = (
        '# ours\n\n[main]  # the big one\nkind = "postgres"\nhost = "db"\n'
        'lock_timeout_secs = 5  # ops said so\nteam = "data"\n\n'
        '# small\n[lite]\nkind = "sqlite"\npath = "x.db"\n'
    )
    (folder / "connections.toml").write_text(text)
    window.session.reload_workspace()
    dialog = ConnectionsDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.open()
    assert dialog.fields["name"].text() == "main"
    dialog.fields["name"].setText("big")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "big" in window.session.workspace.connections, timeout=20_000)
    assert (folder / "connections.toml").read_text() == text.replace("[main]", "[big]")
    dialog.fields["name"].setText("lite")
    dialog.save_button.click()
    qtbot.waitUntil(lambda: "Cannot rename" in dialog.status.text(), timeout=20_000)
    assert (folder / "connections.toml").read_text() == text.replace("[main]", "[big]")


def test_a_wrong_field_is_told(connections):
    fill(connections, "sqlite", name="1 bad", path="x.db")
    connections.save_button.click()
    assert "name" in connections.status.text()
    assert connections.status.property("role") == "error"


def test_a_password_is_kept_as_a_reference_or_refused_but_never_written(
    connections, home, qtbot, monkeypatch
):
    fill(connections, "postgres", name="warehouse", host="localhost", password=CANARY)
    connections.save_button.click()
    qtbot.waitUntil(lambda: not connections._unsure.busy, timeout=20_000)
    file = home / "workspace" / "connections.toml"
    text = file.read_text() if file.exists() else ""
    assert CANARY not in text
    assert CANARY not in connections.status.text()
    if text:
        assert 'password = "keyring:warehouse"' in text
        assert connections.fields["password"].text() == ""


def test_no_answer_in_time_is_told(connections, qtbot):
    import threading

    release = threading.Event()
    connections._unsure._limit_ms = 50
    connections._run(lambda: release.wait(5), lambda _: None, "Connecting…")
    qtbot.waitUntil(lambda: "No answer" in connections.status.text())
    release.set()
    assert connections.save_button.isEnabled()


def test_properties_are_one_edit(window, qtbot):
    dialog = PropertiesDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.name.setText("Orders")
    dialog.add()
    dialog.table.item(0, 0).setText("country")
    dialog.table.item(0, 2).setText("DK")
    dialog.accept()
    document = window.session.document
    assert document.name == "Orders"
    assert document.parameters == {"country": Parameter("country", "text", "DK")}
    window.session.bridge.undo()
    assert window.session.document.name == "Untitled"
    assert window.session.document.parameters == {}


@pytest.mark.parametrize(
    ("name", "kind", "default", "says"),
    [
        ("1 bad", "text", "", "cannot name"),
        ("rows", "integer", "many", "not a number"),
        ("on", "boolean", "maybe", "true or false"),
    ],
)
def test_a_parameter_that_does_not_fit_keeps_the_dialog_open(
    window, qtbot, name, kind, default, says
):
    dialog = PropertiesDialog(window.session, window)
    qtbot.addWidget(dialog)
    dialog.open()
    dialog.add()
    dialog.table.item(0, 0).setText(name)
    dialog.table.cellWidget(0, 1).setCurrentText(kind)
    dialog.table.item(0, 2).setText(default)
    dialog.accept()
    assert says in dialog.status.text()
    assert dialog.isVisible()
    dialog.reject()


def test_the_export_dialog_grows_with_what_it_tells(window, qtbot, tmp_path):
    path = tmp_path / "orders.summit.json"
    dialog = ExportDialog(path, window)
    qtbot.addWidget(dialog)
    dialog.open()
    before = dialog.height()
    dialog.export()  # There is no such file.
    qtbot.waitUntil(dialog.go.isEnabled, timeout=20_000)
    needed = dialog.status.heightForWidth(dialog.status.width())
    assert dialog.status.height() >= needed
    dialog._done("Wrote 6 files. " * 30)
    assert dialog.height() > before
    assert dialog.status.height() >= dialog.status.heightForWidth(dialog.status.width())
    dialog.reject()
