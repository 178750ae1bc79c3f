"""Which sinks commit epoch by epoch, and why others do not."""

from pathlib import Path

import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Publish
from summit_studio.document.model import Document, Edge, Node
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import RunContext
from summit_studio.planning.delivery import Promise, promises
from summit_studio.planning.domains import domains_of
from summit_studio.planning.plan import Plan, plan
from summit_studio.planning.settings import settings_of
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.workspace import Workspace

ORDERS = ("orders", "sample_source", {"kind": "orders", "rows": 5_000_000})
FEW = ("few", "sample_source", {"kind": "orders", "rows": 100})
TABLE = ("table", "table_sink", {"connection": "db", "table": "t"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = (
        "[db]",
        'kind = "sqlite"',
        'path = "a.db"',
        "[other]",
        'kind = "sqlite"',
        'path = "b.db"',
    )
    (tmp_path / "connections.toml").write_text("\n".join(lines) + "\n")
    return tmp_path


def planned(folder: Path, nodes: list[tuple], *edges: str, **settings: object) -> Plan:
    built = {i: Node(i, kind, params) for i, kind, params in nodes}
    document = Document("test", nodes=built, edges=tuple(map(Edge.parse, edges)), settings=settings)
    return plan(document, Catalogue.load(), design_context(Workspace.open(folder)))


def promised(
    folder: Path, nodes: list[tuple], *edges: str, **settings: object
) -> dict[str, Promise]:
    made = planned(folder, nodes, *edges, **settings)
    workspace = Workspace.open(folder)
    written = frozenset(made.nodes[i].target() for i in made.sinks)
    context = RunContext("run", workspace, SecretStore(), CancelToken(), written=written)
    return dict(promises(made, settings_of(made.document.settings), context))


def test_a_table_that_gets_more_than_an_epoch_commits_each(folder: Path):
    found = promised(folder, [ORDERS, TABLE], "orders.rows -> table.rows")
    assert found == {"table": Promise(Publish.EACH, "every 1,000,000 rows")}


WHOLE = {
    "a load of less than an epoch": (
        [FEW, TABLE], ["few.rows -> table.rows"], {}, "fewer than 1,000,000 rows",
    ),
    "a pipeline that says so": (
        [ORDERS, TABLE], ["orders.rows -> table.rows"], {"checkpoints": {"publish": "whole"}},
        "the pipeline says so",
    ),
    "rows that replace others": (
        [ORDERS, ("table", "table_sink", {"connection": "db", "table": "t", "mode": "replace"})],
        ["orders.rows -> table.rows"], {}, "take the place of others",
    ),
    "a single file": (
        [ORDERS, ("table", "csv_sink", {"path": "a.csv"})], ["orders.rows -> table.rows"], {}, "",
    ),
    "rows behind a node that needs them all": (
        [ORDERS, ("sorted", "sort", {"columns": [{"column": "order_id"}]}), TABLE],
        ["orders.rows -> sorted.rows", "sorted.rows -> table.rows"], {}, "needs all its rows",
    ),
    "a critical rule": (
        [
            ORDERS,
            ("rules", "rules", {"rules": [
                {"id": "known", "expression": "order_id > 0", "critical": True}
            ]}),
            TABLE,
        ],
        ["orders.rows -> rules.rows", "rules.passed -> table.rows"], {}, "known",
    ),
    "content that is compared": (
        [ORDERS, TABLE], ["orders.rows -> table.rows"], {"verify": "content"}, "read back",
    ),
    "another source that fills the same file": (
        [
            ORDERS,
            ("more", "sample_source", {"kind": "orders", "rows": 5_000_000}),
            TABLE,
            ("second", "table_sink", {"connection": "db", "table": "u"}),
        ],
        ["orders.rows -> table.rows", "more.rows -> second.rows"], {}, "in one transaction",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WHOLE)
def test_others_publish_once_at_the_end_and_say_why(folder: Path, what: str):
    nodes, edges, settings, why = WHOLE[what]
    found = promised(folder, nodes, *edges, **settings)
    assert found["table"].publish is Publish.WHOLE
    assert found["table"].why
    assert why in found["table"].why


def test_each_may_be_asked_for_where_little_comes(folder: Path):
    found = promised(
        folder, [FEW, TABLE], "few.rows -> table.rows", checkpoints={"publish": "each"}
    )
    assert found["table"].publish is Publish.EACH


def test_two_sources_of_two_files_each_go_their_way(folder: Path):
    second = ("second", "table_sink", {"connection": "other", "table": "u"})
    more = ("more", "sample_source", {"kind": "orders", "rows": 5_000_000})
    found = promised(
        folder,
        [ORDERS, more, TABLE, second],
        "orders.rows -> table.rows",
        "more.rows -> second.rows",
    )
    assert {p.publish for p in found.values()} == {Publish.EACH}


def test_who_gets_the_rows_that_a_sink_refuses_publishes_as_it_does(folder: Path):
    file = ("refused", "csv_sink", {"path": "refused.csv"})
    edges = ("orders.rows -> table.rows", "table.rejected -> refused.rows")
    found = promised(folder, [ORDERS, TABLE, file], *edges)
    assert found["table"].publish is found["refused"].publish is Publish.WHOLE
    assert "refused rows join it" in found["table"].why
    beside = ("refused", "table_sink", {"connection": "db", "table": "u"})
    found = promised(
        folder,
        [ORDERS, TABLE, beside],
        "orders.rows -> table.rows",
        "table.rejected -> refused.rows",
    )
    assert found["table"].publish is found["refused"].publish is Publish.EACH


def test_a_domain_ends_where_all_rows_are_waited_for(folder: Path):
    made = planned(
        folder,
        [
            ORDERS,
            ("keep", "filter", {"condition": "order_id > 3"}),
            TABLE,
            ("sorted", "sort", {"columns": [{"column": "order_id"}]}),
            ("file", "csv_sink", {"path": "a.csv"}),
        ],
        "orders.rows -> keep.rows",
        "keep.kept -> table.rows",
        "keep.kept -> sorted.rows",
        "sorted.rows -> file.rows",
    )
    domains = {domain.head: domain for domain in domains_of(made)}
    assert domains["orders"].nodes == ("orders", "keep", "table")
    assert domains["orders"].sinks == ("table",)
    assert domains["sorted"].sinks == ("file",)


def test_settings_that_come_later_say_what_holds_instead(folder: Path):
    del folder
    with pytest.raises(Exception, match="nodes spill to disk"):
        settings_of({"performance": {"spill": "on"}})
    with pytest.raises(Exception, match="did you mean 'every_rows'"):
        settings_of({"checkpoints": {"every_row": 10}})
