"""The workspace, its connections file, and trust."""

import os
import tomllib
import traceback
from pathlib import Path

import pytest

from summit_studio.core.errors import SummitError
from summit_studio.workspace.connections import Connection
from summit_studio.workspace.trust import distrust, is_trusted, trust, trusted_folders
from summit_studio.workspace.workspace import Workspace, delete_connection, save_connection

FILE = """# our databases
[shop]
kind = "postgres"
host = "db.example"
user = "ana"
password = "keyring:shop"
colour = "green"

[files]
kind = "sqlite"
path = "data/files.sqlite"
"""


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "settings"))
    return tmp_path / "settings"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_a_folder_without_the_file_is_a_workspace(root: Path):
    found = Workspace.open(root)
    assert dict(found.connections) == {}
    assert not found.trusted


def test_connections_are_read(root: Path):
    (root / "connections.toml").write_text(FILE)
    shop = Workspace.open(root).connection("shop")
    assert (shop.kind, shop.host, shop.password) == ("postgres", "db.example", "keyring:shop")
    assert shop.describe() == "shop: postgres ana@db.example/"


def test_a_missing_connection_names_the_nearest_and_the_known(root: Path):
    (root / "connections.toml").write_text(FILE)
    with pytest.raises(SummitError) as caught:
        Workspace.open(root).connection("shp")
    assert caught.value.code == "connection_missing"
    assert caught.value.why.endswith("has the connections: shop, files")
    assert caught.value.do == "choose 'shop'"


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("[shop]\nkind = \n", 2, "Invalid value"),
        ('[shop]\nkind = "postgres', 2, "end"),
        ('[a]\nkind = "sqlite"\npath = "x"\n[shop]\nhost = "h"\nkind = "oracle"', 6, "known kinds"),
        ('[shop]\nkind = "postgres"\npassword = "hunter2"', 3, "plain-text password"),
        ('[shop]\nkind = "postgres"\npassword = "vault:x"', 3, "plain-text password"),
        ('[shop]\nkind = "postgres"\nurl = "postgres://a:hunter2@h/d"', 1, "may hold a password"),
        ('[shop]\nkind = "postgres"\nhots = "h"', 1, "did you mean 'host'?"),
        ('[shop]\nkind = "postgres"\nport = 99999', 3, "port"),
        ('[shop]\nkind = "sqlite"', 1, "needs 'path'"),
        ('["a b"]\nkind = "postgres"', 1, "name"),
    ],
)
def test_a_malformed_file_names_the_line_and_no_secret(root: Path, text, line, part):
    (root / "connections.toml").write_text(text)
    with pytest.raises(SummitError) as caught:
        Workspace.open(root)
    error = caught.value
    assert error.code == "connections_invalid"
    assert (error.where.file, error.where.line) == (str(root / "connections.toml"), line)
    assert part in error.why
    assert "hunter2" not in str(error)
    assert "hunter2" not in "".join(traceback.format_exception(error))


def test_saving_keeps_what_it_does_not_know(root: Path):
    (root / "connections.toml").write_text(FILE + "\n[later]\nkind = 'sqlite'\npath = 'x'\n")
    save_connection(root, Connection(name="shop", kind="postgres", host="other", port=6432))
    tables = tomllib.loads((root / "connections.toml").read_text())
    assert list(tables) == ["shop", "files", "later"]
    assert tables["shop"] == {"kind": "postgres", "host": "other", "port": 6432, "colour": "green"}
    assert (root / "connections.toml").read_text().startswith("# our databases\n[shop]\n")
    text = (root / "connections.toml").read_text()
    save_connection(root, Workspace.open(root).connection("shop"))
    assert (root / "connections.toml").read_text() == text


def test_deleting_takes_out_one(root: Path):
    (root / "connections.toml").write_text(FILE)
    delete_connection(root, "shop")
    assert list(Workspace.open(root).connections) == ["files"]
    with pytest.raises(SummitError) as caught:
        delete_connection(root, "shop")
    assert caught.value.code == "connection_missing"


def test_a_file_that_cannot_be_read_is_not_overwritten(root: Path):
    (root / "connections.toml").write_text("[broken")
    with pytest.raises(SummitError):
        save_connection(root, Connection(name="shop", kind="postgres"))
    assert (root / "connections.toml").read_text() == "[broken"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_one_connection_is_changed_and_not_a_byte_besides(root: Path, ends: str, mark: str):
    path = root / "connections.toml"
    text = mark + (FILE + "\n# the last word\n").replace("\n", ends)
    path.write_bytes(text.encode())
    lite = Workspace.open(root).connection("files")
    save_connection(root, lite.model_copy(update={"path": "moved.db"}))
    assert path.read_bytes().decode() == text.replace("data/files.sqlite", "moved.db")
    save_connection(root, lite.model_copy(update={"name": "lite"}), was="files")
    assert path.read_bytes().decode() == text.replace("[files]", "[lite]")
    save_connection(root, Connection(name="new", kind="duckdb", path="n.duckdb"))
    added = f'{ends}[new]{ends}kind = "duckdb"{ends}path = "n.duckdb"{ends}'
    assert path.read_bytes().decode() == text.replace("[files]", "[lite]") + added
    delete_connection(root, "new")
    delete_connection(root, "shop")
    left = Workspace.open(root).connections
    assert list(left) == ["lite"]
    assert path.read_bytes().decode().startswith(f"{mark}# our databases{ends}")
    assert f"# the last word{ends}" in path.read_bytes().decode()


def test_a_name_that_is_taken_is_not_renamed_over(root: Path):
    path = root / "connections.toml"
    path.write_text(FILE)
    taken = Connection(name="shop", kind="sqlite", path="x.db")
    with pytest.raises(SummitError) as caught:
        save_connection(root, taken, was="files")
    assert caught.value.code == "connection_exists"
    assert path.read_text() == FILE


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("postgresql", "postgres"), ("postgre", "postgres"), ("Postgres", "postgres"),
        ("pg", "postgres"), ("psql", "postgres"), ("sqllite", "sqlite"), ("sqlite3", "sqlite"),
        ("duck", "duckdb"), ("DuckDB", "duckdb"),
    ],
)  # fmt: skip
def test_a_kind_that_is_nearly_right_is_guessed(root: Path, kind: str, meant: str):
    (root / "connections.toml").write_text(f'[a]\nkind = "{kind}"\npath = "x"\n')
    with pytest.raises(SummitError) as caught:
        Workspace.open(root)
    assert caught.value.why.endswith(f"did you mean '{meant}'?")
    assert caught.value.where.line == 2


@pytest.mark.parametrize("kind", ['"oracle"', '"mysql"', "7", "[]"])
def test_a_kind_that_is_far_from_all_is_not_guessed(root: Path, kind: str):
    (root / "connections.toml").write_text(f"[a]\nkind = {kind}\n")
    with pytest.raises(SummitError) as caught:
        Workspace.open(root)
    assert "did you mean" not in str(caught.value)


def test_paths_start_at_the_root(root: Path):
    found = Workspace.open(root)
    assert found.path("data/a.csv") == root / "data/a.csv"
    assert found.path("../b.csv") == root.parent / "b.csv"
    assert found.path("/x/y") == Path("/x/y").absolute()


def test_inside_follows_symbolic_links(root: Path, tmp_path: Path):
    found = Workspace.open(root)
    (root / "door").symlink_to(tmp_path)
    assert found.inside("data/new/a.csv")
    assert found.inside(root)
    assert not found.inside("../a.csv")
    assert not found.inside("door/a.csv")
    assert not found.inside(str(root) + "-twin/a.csv")


def test_trust_is_remembered_for_a_folder_and_below(root: Path, settings: Path):
    assert not is_trusted(root)
    trust(root)
    trust(root)
    assert trusted_folders() == (root.resolve(),)
    assert Workspace.open(root).trusted
    assert is_trusted(root / "below")
    assert not is_trusted(root.parent)
    (root.parent / "alias").symlink_to(root)
    assert is_trusted(root.parent / "alias")
    distrust(root)
    assert not is_trusted(root)
    assert [p.name for p in settings.iterdir()] == ["trusted-folders.json"]


@pytest.mark.parametrize("text", ["", "[", '["/"]', '{"trusted": "/"}', '{"trusted": ["."]}'])
def test_a_damaged_list_trusts_nothing(root: Path, settings: Path, text: str):
    settings.mkdir()
    (settings / "trusted-folders.json").write_text(text)
    assert not is_trusted(root)
    assert not is_trusted(Path(os.sep))


def test_a_connection_writes_only_what_is_set():
    made = Connection(name="f", kind="duckdb", path="a.duckdb")
    assert made.to_toml() == {"kind": "duckdb", "path": "a.duckdb"}
    assert made.describe() == "f: duckdb a.duckdb"
