"""The CSV source as a node: columns, several files, errors with their place, previews."""

import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import Cancelled, SummitError
from summit_studio.core.problems import Severity
from summit_studio.core.schema import Schema, from_arrow
from summit_studio.document.model import Node
from summit_studio.expressions.binder import Binder
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext, NodeType, RunContext
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace


class Desk:
    """Infers and reads a CSV source in a folder."""

    def __init__(self, folder: Path, binder: Binder) -> None:
        self.folder = folder
        self.workspace = Workspace(folder)
        self.binder = binder
        self.cancel = CancelToken()
        self.probes: list[Any] = []

    @property
    def design(self) -> DesignContext:
        return DesignContext(
            self.workspace, self.binder, SecretStore(self.folder), cache=self._cached
        )

    def _cached(self, key: Any, compute: Any) -> Any:
        self.probes.append(key)
        return compute()

    def bind(self, **params: Any) -> NodeType[Any]:
        return Catalogue.load().bind(Node("orders", "csv_source", params))

    def infer(self, **params: Any) -> Schema:
        return self.bind(**params).infer({}, self.design)["rows"]

    def read(self, row_limit: int | None = None, **params: Any) -> tuple[list[Any], list[Any]]:
        node = self.bind(**params)
        schema = node.infer({}, self.design)["rows"]
        context = RunContext(
            "r", self.workspace, SecretStore(self.folder), self.cancel, row_limit=row_limit
        )
        reader = node.open(schema, context)
        rows, rejected = [], []
        try:
            for chunk in reader.chunks():
                loaded = chunk.load()
                assert from_arrow(loaded.rows.schema) == schema
                rows += loaded.rows.to_pylist()
                rejected += loaded.rejected.to_pylist() if loaded.rejected is not None else []
        finally:
            reader.close()
        return rows, rejected

    def error(self, **params: Any) -> SummitError:
        with pytest.raises(SummitError) as caught:
            self.read(**params)
        assert caught.value.where.param is not None
        return caught.value


@pytest.fixture(scope="module")
def binder():
    with Binder() as binder:
        yield binder


@pytest.fixture
def desk(tmp_path: Path, binder: Binder) -> Desk:
    (tmp_path / "orders.csv").write_text("id,day,amount\n1,2026-01-02,1.5\n2,2026-01-03,\n")
    return Desk(tmp_path, binder)


def test_found_out(desk):
    assert desk.infer(path="orders.csv") == Schema.of(
        {"id": "BIGINT", "day": "DATE", "amount": "DECIMAL(18,1)"}
    )
    rows, rejected = desk.read(path="orders.csv")
    assert rows[1] == {"id": 2, "day": dt.date(2026, 1, 3), "amount": None}
    assert rejected == []


def test_columns_named_in_another_order_and_case(desk):
    columns = [{"name": "AMOUNT", "type": "DECIMAL(5,1)"}, {"name": "id", "type": "int"}]
    assert desk.infer(path="orders.csv", columns=columns) == Schema.of(
        {"AMOUNT": "DECIMAL(5,1)", "id": "INTEGER"}
    )
    rows, _ = desk.read(path="orders.csv", columns=columns)
    assert [row["id"] for row in rows] == [1, 2]


def test_type_left_empty_is_found_out(desk):
    assert desk.infer(path="orders.csv", columns=[{"name": "day"}]) == Schema.of({"day": "DATE"})


def test_missing_column_names_the_nearest(desk):
    error = desk.error(path="orders.csv", columns=[{"name": "amont"}])
    assert error.code == "column_missing"
    assert "did you mean 'amount'" in str(error)
    assert error.where.node_id == "orders"


def test_file_without_a_header_takes_names_in_order(desk):
    (desk.folder / "bare.csv").write_text("1,a\n2,b\n")
    columns = [{"name": "n", "type": "BIGINT"}, {"name": "t"}]
    rows, _ = desk.read(path="bare.csv", header="no", columns=columns)
    assert rows == [{"n": 1, "t": "a"}, {"n": 2, "t": "b"}]
    error = desk.error(path="bare.csv", header="no", columns=columns[:1])
    assert "2 columns, and 1 are named" in error.why


def test_types_without_a_twin_move_on_as_another(desk):
    (desk.folder / "odd.csv").write_text(
        "u,h,n\n6b3c9a34-0000-4000-8000-1234567890ab,99999999999999999999,1\nnope,5,2\n"
    )
    columns = [
        {"name": "u", "type": "UUID"}, {"name": "h", "type": "HUGEINT"}, {"name": "n"},
    ]  # fmt: skip
    rows, rejected = desk.read(path="odd.csv", columns=columns)
    assert [row["n"] for row in rows] == [1]
    assert rows[0]["u"] == "6b3c9a34-0000-4000-8000-1234567890ab"
    assert int(rows[0]["h"]) == 99999999999999999999
    assert [(r["line"], r["reject_column"]) for r in rejected] == [(3, "u")]


def test_several_files_by_pattern(desk):
    (desk.folder / "a-1.csv").write_text("n,t\n1,x\n")
    (desk.folder / "a-2.csv.gz").write_bytes(gzip.compress(b"t;n\ny;2\nz;bad\n"))
    rows, rejected = desk.read(
        path="a-*", file_column="file", columns=[{"name": "n", "type": "BIGINT"}, {"name": "t"}]
    )
    assert [(row["n"], row["t"], row["file"]) for row in rows] == [
        (1, "x", "a-1.csv"), (2, "y", "a-2.csv.gz"),
    ]  # fmt: skip
    assert [(r["file"], r["line"], r["raw"]) for r in rejected] == [("a-2.csv.gz", 3, "z;bad")]


def test_types_hold_what_all_files_have(desk):
    (desk.folder / "b-1.csv").write_text("n,t\n1,5\n")
    (desk.folder / "b-2.csv").write_text("n,t\n1.5,x\n")
    assert desk.infer(path="b-*.csv") == Schema.of({"n": "DECIMAL(38,1)", "t": "VARCHAR"})


def test_file_of_a_pattern_without_the_column(desk):
    (desk.folder / "c-1.csv").write_text("n,t\n1,5\n")
    (desk.folder / "c-2.csv").write_text("n,other\n1,x\n")
    error = desk.error(path="c-*.csv")
    assert error.code == "column_missing"
    assert str(error.where.file).endswith("c-2.csv")


def test_taken_name_of_the_file_column(desk):
    assert desk.error(path="orders.csv", file_column="ID").code == "name_taken"


def test_column_named_twice(desk):
    error = desk.error(path="orders.csv", columns=[{"name": "id"}, {"name": "ID"}])
    assert error.code == "name_taken"


def test_missing_file(desk):
    error = desk.error(path="order.csv")
    assert error.code == "file_missing"
    assert "did you mean 'orders.csv'" in str(error)
    assert error.where.node_id == "orders"
    assert error.where.param == "path"


def test_empty_file_needs_types(desk):
    (desk.folder / "empty.csv").touch()
    assert desk.error(path="empty.csv").code == "file_empty"
    columns = [{"name": "n", "type": "BIGINT"}]
    assert desk.infer(path="empty.csv", columns=columns) == Schema.of({"n": "BIGINT"})
    assert desk.read(path="empty.csv", columns=columns) == ([], [])


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({"delimiter": ";;"}, "delimiter"),
        ({"delimiter": "none"}, "delimiter"),
        ({"quote": ",", "delimiter": ","}, "quote"),
        ({"columns": [{"name": "id", "type": "NUMBR"}]}, "columns"),
    ],
)
def test_wrong_params_name_their_field(desk, params, field):
    assert desk.error(path="orders.csv", **params).where.param == field


def test_null_words(desk):
    (desk.folder / "n.csv").write_text('a,b\n1,NA\n-,x\n2,"NA"\n')
    rows, _ = desk.read(path="n.csv", null_values="NA, -")
    assert [(row["a"], row["b"]) for row in rows] == [(1, None), (None, "x"), (2, "NA")]


def test_preview_reads_only_the_beginning(desk):
    (desk.folder / "long.csv").write_text("n,t\n" + "".join(f"{i},x\n" for i in range(200_000)))
    rows, _ = desk.read(path="long.csv", row_limit=10)
    assert [row["n"] for row in rows] == list(range(10))


def test_file_that_lost_its_column_between_design_and_run(desk):
    node = desk.bind(path="orders.csv")
    schema = node.infer({}, desk.design)["rows"]
    (desk.folder / "orders.csv").write_text("id,when\n1,2\n")
    context = RunContext("r", desk.workspace, SecretStore(desk.folder), desk.cancel)
    with pytest.raises(SummitError) as caught:
        node.open(schema, context)
    assert caught.value.code == "column_missing"


def test_cancelled(desk):
    desk.cancel.cancel()
    with pytest.raises(Cancelled):
        desk.read(path="orders.csv")


def test_probe_is_keyed_by_the_file_and_the_params(desk):
    desk.infer(path="orders.csv")
    desk.infer(path="orders.csv")
    desk.infer(path="orders.csv", header="yes")
    assert desk.probes[0] == desk.probes[1] != desk.probes[2]
    (desk.folder / "orders.csv").write_text("id\n1\n")
    desk.infer(path="orders.csv")
    assert desk.probes[3] != desk.probes[0]


def test_what_was_found_out_is_told_with_a_way_to_keep_it(desk):
    node = desk.bind(path="orders.csv")
    (problem,) = node.check({}, desk.design)
    assert problem.severity is Severity.INFO
    assert "commas" in problem.why
    kept = dict(problem.fixes[0].params)
    assert desk.infer(path="orders.csv", **kept) == desk.infer(path="orders.csv")
    assert list(desk.bind(path="orders.csv", **kept).check({}, desk.design)) == []


def test_summary(desk):
    assert desk.bind(path="orders.csv").summary() == "orders.csv"
    columns = [{"name": "id"}]
    assert desk.bind(path="orders.csv", columns=columns).summary() == "orders.csv · 1 column"
