"""Which sinks commit epoch by epoch, and why others do not."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Publish
from summit_studio.document.fixing import edit_of
from summit_studio.document.model import Document, Edge, Node, Parameter
from summit_studio.engine.design import design_context
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import RunContext
from summit_studio.planning.check import check
from summit_studio.planning.delivery import Promise, deliveries, promises
from summit_studio.planning.domains import domains_of
from summit_studio.planning.plan import Plan, plan
from summit_studio.planning.settings import settings_of
from summit_studio.secrets.store import SecretStore
from summit_studio.workspace.trust import trust
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
    "a single file": (
        [ORDERS, ("table", "parquet_sink", {"path": "a.parquet"})], ["orders.rows -> table.rows"],
        {}, "write a folder of parts",
    ),
    "rows behind a node that needs them all": (
        [ORDERS, ("sorted", "sort", {"columns": [{"column": "order_id"}]}), TABLE],
        ["orders.rows -> sorted.rows", "sorted.rows -> table.rows"], {}, "needs all its rows",
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


CRITICAL = ("rules", "rules", {"rules": [
    {"id": "known", "expression": "order_id > 0", "critical": True}
]})  # fmt: skip
RULED = ("orders.rows -> rules.rows", "rules.passed -> out.rows")
CSV = ("out", "csv_sink", {"path": "a.csv"})

STAGED = {
    "a single file": ([ORDERS, CSV], ["orders.rows -> out.rows"], {}, "single file appears whole"),
    "a critical rule": ([ORDERS, CRITICAL, CSV], RULED, {}, "nothing may show before known holds"),
    "content that is compared": (
        [ORDERS, CSV], ["orders.rows -> out.rows"], {"verify": "content"}, "read back",
    ),
    "rows that replace others": (
        [ORDERS, ("out", "table_sink", {"connection": "db", "table": "t", "mode": "replace"})],
        ["orders.rows -> out.rows"], {}, "take the place of others",
    ),
    "a table that gets rows which a critical rule looks at": (
        [ORDERS, CRITICAL, ("out", *TABLE[1:])], RULED, {}, "before known holds",
    ),
    "a pipeline that says so": (
        [FEW, CSV], ["few.rows -> out.rows"], {"checkpoints": {"publish": "staged"}}, "says so",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", STAGED)
def test_what_may_not_show_before_all_of_it_does_is_staged(folder: Path, what: str):
    nodes, edges, settings, why = STAGED[what]
    found = promised(folder, nodes, *edges, **settings)
    assert found["out"].publish is Publish.STAGED
    assert why in found["out"].why


@pytest.mark.parametrize(
    ("sink", "why"),
    [
        (("out", "parquet_sink", {"path": "a.parquet"}), "write a folder of parts"),
        (
            ("out", "csv_sink", {"path": "a", "layout": "parts", "if_exists": "append"}),
            "show once their epoch is committed",
        ),
        (("out", "parquet_sink", {"path": "a", "layout": "parts"}), "set if_exists to append"),
    ],
)
def test_staging_that_cannot_be_is_refused_with_the_reason(folder: Path, sink: tuple, why: str):
    staged = {"checkpoints": {"publish": "staged"}}
    found = promised(folder, [ORDERS, sink], "orders.rows -> out.rows", **staged)
    assert found["out"].publish is Publish.WHOLE
    assert why in found["out"].why


def test_a_table_that_tells_of_its_refused_rows_is_not_staged(folder: Path):
    refused = ("refused", "csv_sink", {"path": "refused.csv"})
    edges = ("orders.rows -> table.rows", "table.rejected -> refused.rows")
    replaces = ("table", "table_sink", TABLE[2] | {"mode": "replace"})
    found = promised(folder, [ORDERS, replaces, refused], *edges)
    assert {p.publish for p in found.values()} == {Publish.WHOLE}
    told = {"checkpoints": {"publish": "staged"}}
    found = promised(folder, [ORDERS, TABLE, refused], *edges, **told)
    assert "which rows it refuses" in found["table"].why
    kept = {"checkpoints": {"publish": "staged", "table": "kept"}}
    found = promised(folder, [ORDERS, TABLE], "orders.rows -> table.rows", **kept)
    assert "no table may be made" in found["table"].why


def test_nothing_is_staged_beside_what_starts_again(folder: Path):
    beside = ("beside", "parquet_sink", {"path": "a.parquet"})
    edges = ("orders.rows -> out.rows", "orders.rows -> beside.rows")
    found = promised(folder, [ORDERS, CSV, beside], *edges)
    assert {p.publish for p in found.values()} == {Publish.WHOLE}
    assert "'Write Parquet' is written all at once" in found["out"].why


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
    file = ("refused", "parquet_sink", {"path": "refused.parquet"})
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


def told(folder: Path, nodes: list[tuple], *edges: str, probe: bool = True, **settings: object):
    built = {i: Node(i, kind, params) for i, kind, params in nodes}
    document = Document("test", nodes=built, edges=tuple(map(Edge.parse, edges)), settings=settings)
    context = design_context(Workspace.open(folder), probe=probe)
    return document, deliveries(check(document, Catalogue.load(), context), context)


def test_what_is_told_of_a_sink_is_what_a_run_does(folder: Path):
    _, found = told(folder, [ORDERS, TABLE], "orders.rows -> table.rows")
    assert found["table"].badge == "T · each"
    assert found["table"].sentences == (
        "Transactional: rows, and how far the load is, are committed together.",
        "Publishes each epoch once it is committed: every 1,000,000 rows.",
        (
            "Where a run dies, its committed epochs stay, and the next run goes on behind them: "
            "no row is lost, none comes twice."
        ),
    )
    assert found["table"].fixes == ()
    assert sorted(p.name for p in folder.iterdir()) == ["connections.toml"]  # Nothing was made.


def test_a_file_becomes_a_folder_of_parts_at_a_click(folder: Path):
    file = ("table", "parquet_sink", {"path": "out/a.parquet"})
    document, found = told(folder, [ORDERS, file], "orders.rows -> table.rows")
    assert found["table"].badge == "A · whole"
    (fix,) = found["table"].fixes
    assert fix.label == "Write a folder of parts"
    edit = edit_of(fix, document)
    assert edit is not None
    changed = edit.apply(document)
    assert changed.nodes["table"].params["path"] == "out/a"
    context = design_context(Workspace.open(folder))
    after = deliveries(check(changed, Catalogue.load(), context), context)["table"]
    assert (after.badge, after.fixes) == ("A · each", ())
    assert edit.inverse(document).apply(changed) == document


def test_a_click_leaves_params_that_come_from_parameters(folder: Path):
    file = ("table", "parquet_sink", {"path": "${where}"})
    built = {i: Node(i, kind, params) for i, kind, params in (ORDERS, file)}
    document = Document(
        "test",
        nodes=built,
        edges=(Edge.parse("orders.rows -> table.rows"),),
        parameters={"where": Parameter("where", default="out.parquet")},
    )
    context = design_context(Workspace.open(folder))
    (fix,) = deliveries(check(document, Catalogue.load(), context), context)["table"].fixes
    assert fix.params == (("layout", "parts"), ("if_exists", "append"))


@pytest.mark.parametrize(
    ("definition", "label"),
    [
        ("id INTEGER PRIMARY KEY, a TEXT", "Read in the order of id"),
        ("id TEXT NOT NULL UNIQUE", "Read in the order of id"),
        ("id TEXT UNIQUE", "Choose a key"),
        ("id TEXT", "Choose a key"),
    ],
)
def test_a_table_that_is_read_may_be_read_by_a_key(folder: Path, definition: str, label: str):
    with closing(sqlite3.connect(folder / "b.db")) as con:
        con.execute(f"CREATE TABLE s ({definition})")
    source = ("read", "table_source", {"connection": "other", "table": "s"})
    document, found = told(folder, [source, TABLE], "read.rows -> table.rows")
    assert found["table"].badge == "T · whole"
    assert "only be read from its beginning" in found["table"].publishes
    assert [fix.label for fix in found["table"].fixes] == [label]
    edit = edit_of(found["table"].fixes[0], document)
    assert (edit is None) == (label == "Choose a key")
    if edit is not None:
        context = design_context(Workspace.open(folder))
        after = deliveries(check(edit.apply(document), Catalogue.load(), context), context)
        assert after["table"].badge == "T · each"


def test_code_that_remembers_nothing_lets_epochs_pass(folder: Path):
    trust(folder)
    code = "def process(rows):\n    return rows\n"
    nodes = [ORDERS, ("own", "python", {"code": code, "frame": "arrow"}), TABLE]
    document, found = told(folder, nodes, "orders.rows -> own.rows", "own.rows -> table.rows")
    assert "may remember something from batch to batch" in found["table"].publishes
    (fix,) = found["table"].fixes
    context = design_context(Workspace.open(folder))
    after = edit_of(fix, document).apply(document)
    assert deliveries(check(after, Catalogue.load(), context), context)["table"].badge == "T · each"


def test_a_setting_that_forbids_it_is_taken_out_at_a_click(folder: Path):
    publish = {"checkpoints": {"publish": "whole"}}
    document, found = told(folder, [ORDERS, TABLE], "orders.rows -> table.rows", **publish)
    edit = edit_of(found["table"].fixes[0], document)
    assert edit is not None
    assert edit.apply(document).settings == {"checkpoints": {}}


def test_only_the_class_is_told_of_what_cannot_run(folder: Path):
    _, found = told(folder, [ORDERS, TABLE])
    assert (found["table"].badge, found["table"].crash) == ("T", "")
    assert found["table"].publishes == "How it publishes is told once the pipeline can run."


def test_a_server_is_not_asked_in_a_folder_without_trust(folder: Path):
    second = ("second", "table_sink", {"connection": "db", "table": "u"})
    edges = ("orders.rows -> table.rows", "orders.rows -> second.rows")
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.setblocking(False)
        (folder / "connections.toml").write_text(
            f'[db]\nkind = "postgres"\nhost = "127.0.0.1"\nport = {server.getsockname()[1]}\n'
            'database = "d"\nconnect_timeout_secs = 1\n'
        )
        _, found = told(folder, [ORDERS, TABLE, second], *edges, probe=False)
        assert {d.badge for d in found.values()} == {"T"}
        with pytest.raises(BlockingIOError):
            server.accept()


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
    domains = {domain.heads[0]: domain for domain in domains_of(made)}
    assert domains["orders"].nodes == ("orders", "keep", "table")
    assert domains["orders"].sinks == ("table",)
    assert domains["sorted"].sinks == ("file",)


def test_settings_that_come_later_say_what_holds_instead(folder: Path):
    del folder
    with pytest.raises(Exception, match="nodes spill to disk"):
        settings_of({"performance": {"spill": "on"}})
    with pytest.raises(Exception, match="did you mean 'every_rows'"):
        settings_of({"checkpoints": {"every_row": 10}})


def test_what_a_run_adds_counts_in_what_is_told_before_it(folder: Path):
    """The keys of rows that are written at once wait for them, and nothing is staged beside."""
    once = ("once", "skip_processed", {"keys": ["order_id"]})
    lines = ("lines", "jsonl_sink", {"path": "out.jsonl"})
    settings = {"checkpoints": {"every_rows": 1_000}, "errors": {"strategy": "dead_letter"}}

    def told(*nodes: tuple, edges: tuple[str, ...]) -> str:
        document = Document(
            "test",
            nodes={i: Node(i, kind, params) for i, kind, params in nodes},
            edges=tuple(map(Edge.parse, edges)),
            settings=settings,
        )
        context = design_context(Workspace.open(folder))
        (found,) = deliveries(check(document, Catalogue.load(), context), context).values()
        return found.badge

    assert told(ORDERS, lines, edges=("orders.rows -> lines.rows",)) == "A · staged"
    edges = ("orders.rows -> once.rows", "once.rows -> lines.rows")
    # Its keys wait with it.
    assert told(ORDERS, once, lines, edges=edges) == "A · staged"
    kept = (*once[:2], {**once[2], "connection": "db"})
    assert told(ORDERS, kept, lines, edges=edges) == "A · staged"
