"""Which files a path means, and when it may not be read."""

import os
import sys
from pathlib import Path

import pytest

from summit_studio.core.errors import ReadFailed, Where
from summit_studio.nodes.parts.input import input_files, stamp
from summit_studio.workspace.workspace import Workspace

HERE = Where(node_id="n", param="path")


def names(workspace: Workspace, path: str, **options: str) -> list[str]:
    found = input_files(path, workspace, HERE, **options)
    return [file.relative_to(workspace.root).as_posix() for file in found]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "here"
    for name in ("b.csv", "a.csv", "orders[1].csv", ".hidden.csv", "sub/deep/c.csv", "sub/d.txt"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x\n1\n")
    (tmp_path / "outside.csv").write_text("secret\n")
    return Workspace(root)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.csv", ["a.csv"]),
        ("./sub/../a.csv", ["a.csv"]),
        ("*.csv", ["a.csv", "b.csv", "orders[1].csv"]),
        ("[ab].csv", ["a.csv", "b.csv"]),
        ("?.csv", ["a.csv", "b.csv"]),
        ("orders[1].csv", ["orders[1].csv"]),
        ("**/*.csv", ["a.csv", "b.csv", "orders[1].csv", "sub/deep/c.csv"]),
        ("sub/*/c.csv", ["sub/deep/c.csv"]),
    ],
)
def test_files_meant(workspace: Workspace, path: str, expected: list[str]):
    assert names(workspace, path) == expected


def test_folder_where_it_may_be_read(workspace: Workspace):
    assert names(workspace, "sub", folder_pattern="**/*.csv") == ["sub/deep/c.csv"]


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("", "path_empty", "name the file"),
        ("   ", "path_empty", "name the file"),
        ("a\0.csv", "path_empty", "NUL"),
        ("aa.csv", "file_missing", "did you mean 'a.csv'?"),
        ("no/folder/x.csv", "file_missing", "there is no folder"),
        ("*.parquet", "file_missing", "a.csv"),
        ("nowhere/*.csv", "file_missing", "nowhere"),
        ("sub", "file_is_folder", "choose a file in it"),
        ("../outside.csv", "outside_workspace", "trust the workspace"),
        ("../*.csv", "outside_workspace", "trust the workspace"),
        ("sub/../../outside.csv", "outside_workspace", "trust the workspace"),
        pytest.param(
            "a**.csv",
            "pattern_invalid",
            "whole folder name",
            marks=pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python takes it for *"),
        ),
    ],
)
def test_refused(workspace: Workspace, path: str, code: str, words: str):
    with pytest.raises(ReadFailed) as caught:
        input_files(path, workspace, HERE)
    assert caught.value.code == code
    assert words in str(caught.value)
    assert (caught.value.where.node_id, caught.value.where.param) == ("n", "path")


def test_trusted_workspace_reads_outside(workspace: Workspace):
    trusted = Workspace(workspace.root, trusted=True)
    (found,) = input_files("../outside.csv", trusted, HERE)
    assert found.name == "outside.csv"


@pytest.mark.parametrize("path", ["link.csv", "l*.csv", "folder/*.csv"])
def test_links_lead_nowhere_outside(workspace: Workspace, path: str):
    (workspace.root / "link.csv").symlink_to(workspace.root.parent / "outside.csv")
    (workspace.root / "folder").symlink_to(workspace.root.parent)
    with pytest.raises(ReadFailed) as caught:
        input_files(path, workspace, HERE)
    assert caught.value.code == "outside_workspace"


def test_stamp_changes_with_the_file(workspace: Workspace):
    path = workspace.root / "a.csv"
    before = stamp([path])
    assert stamp([path]) == before
    os.utime(path, ns=(1, 1))
    touched = stamp([path])
    path.write_text("x\n22\n")
    os.utime(path, ns=(1, 1))
    assert len({before, touched, stamp([path])}) == 3


def test_stamp_of_a_missing_file(workspace: Workspace):
    with pytest.raises(ReadFailed):
        stamp([workspace.root / "gone.csv"])


@pytest.mark.parametrize("type_id", ["csv_source", "parquet_source", "json_source", "excel_source"])
def test_every_file_source_checks_its_path(bench, type_id: str):
    for path, code in (("", "path_empty"), ("../x", "outside_workspace")):
        node = bench.bind(type_id, path=path)
        (problem,) = node.check({}, bench.design)
        assert problem.code == code
        assert problem.where.node_id == "n"
        assert problem.where.param == "path"
        assert bench.error(type_id, path=path).code == code


@pytest.mark.parametrize("type_id", ["csv_source", "parquet_source", "json_source", "excel_source"])
def test_missing_file_suggests_the_nearest(bench, type_id: str):
    bench.write("orders.data", "x")
    error = bench.error(type_id, path="order.data")
    assert error.code == "file_missing"
    assert "did you mean 'orders.data'?" in error.do
    assert error.where.node_id == "n"
    assert error.where.param == "path"


def test_folders_for_work_are_found_by_their_name_alone(workspace: Workspace):
    for name in ("_work/w.csv", "sub/_work/w.csv", "_year=1/y.csv"):
        path = workspace.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert not [n for n in names(workspace, "**/*.csv") if "_work" in n]
    assert not [n for n in names(workspace, "**/*.csv") if n.endswith("w.csv")]
    assert "_year=1/y.csv" in names(workspace, "**/*.csv")
    assert names(workspace, "_work/*.csv") == ["_work/w.csv"]
    assert names(workspace, "**/_work/*.csv") == ["_work/w.csv", "sub/_work/w.csv"]
