"""Modules from Python and by the commands: made, used, run, retried, rehearsed and exported."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import summit_studio as summit
from summit_studio.cli.main import main
from summit_studio.core.cancel import CancelToken
from summit_studio.core.errors import InvalidDocument, InvalidParams, SummitError
from summit_studio.core.resources import resource
from summit_studio.document.files import load
from summit_studio.document.model import PortRef
from summit_studio.document.modules import module_of
from summit_studio.engine.further import look_further
from summit_studio.engine.letters import address_of
from summit_studio.engine.rehearsal.setting import set_up
from summit_studio.engine.request import RunRequest
from summit_studio.engine.sides import Sampler
from summit_studio.export.contents import contents_of
from summit_studio.state.letter_store import LetterStore
from summit_studio.state.letters import Selection
from summit_studio.state.store import Store
from summit_studio.workspace.trust import trust

ROWS, BAD = 60, 6
COLUMNS = [{"name": "id", "type": "BIGINT"}, {"name": "amount", "type": "VARCHAR"}]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    made = tmp_path / "work"
    made.mkdir()
    (made / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
    lines = [f"{i},{'bad' if i % 10 == 0 else i}" for i in range(ROWS)]
    (made / "orders.csv").write_text("\n".join(["id,amount", *lines]) + "\n")
    return made


@pytest.fixture
def priced(folder: Path) -> str:
    """A module that keeps what has at least an id, and makes amounts numbers."""
    made = summit.Pipeline("Priced", folder=folder)
    least = made.parameter("least", "integer", 0, "The first id that is kept")
    keep = made.add("filter", "keep", condition=f"id >= {least}")
    cast = keep.to(
        "derive", "cast", columns=[{"name": "amount", "expression": "CAST(amount AS BIGINT)"}]
    )
    made.save_module(
        folder / "priced.module.json",
        inputs={"rows": keep},
        outputs={"rows": cast, "rejected": cast["rejected"]},
        description="Amounts as numbers.",
    )
    return "priced.module.json"


def drawn(folder: Path, path: str, **more) -> summit.Pipeline:
    pipeline = summit.Pipeline("orders", folder=folder)
    orders = pipeline.add("csv_source", "orders", path="orders.csv", columns=COLUMNS)
    clean = orders.to("module", "clean", path=path, **more)
    clean.to("table_sink", "out", connection="shop", table="orders")
    return pipeline


def table(folder: Path, name: str = "orders") -> list[int]:
    with closing(sqlite3.connect(folder / "shop.db")) as con:
        return [i for (i,) in con.execute(f"SELECT id FROM {name} ORDER BY id")]


def test_a_pipeline_runs_its_module_and_the_ledger_tells_of_its_nodes(folder, priced):
    pipeline = drawn(folder, priced, least=20, title="Clean them")
    pipeline.configure(errors={"strategy": "skip"})
    assert pipeline["clean"].params["hash"] == module_of(load(folder / priced).document).hash
    done = pipeline.run().raise_for_status()
    ran = [i for i in done.ledger if not i.endswith("-rejected")]
    assert ran == ["orders", "clean/keep", "clean/cast", "out"]
    assert all(line.balanced for line in done.ledger.values())
    assert done.ledger["clean/keep"].filtered == 20
    assert done.ledger["clean/cast"].rejected == 4
    assert table(folder) == [i for i in range(20, ROWS) if i % 10]
    with Store.open() as store:
        (run,) = store.runs()
        nodes = {n.node_id: n.title for n in store.run(run.run_id).nodes}
    assert nodes["clean/cast"] == "Clean them / Derive columns"


def test_two_of_it_run_beside_each_other_and_rejected_rows_have_a_port(folder, priced):
    pipeline = summit.Pipeline("orders", folder=folder)
    orders = pipeline.add("csv_source", "orders", path="orders.csv", columns=COLUMNS)
    for name, least in (("low", 0), ("high", 30)):
        clean = orders.to("module", name, path=priced, least=least)
        clean.to("table_sink", f"{name}_out", connection="shop", table=name)
        clean["rejected"].to("csv_sink", f"{name}_bad", path=f"{name}.csv")
    done = pipeline.run().raise_for_status()
    assert table(folder, "low") == [i for i in range(ROWS) if i % 10]
    assert table(folder, "high") == [i for i in range(30, ROWS) if i % 10]
    assert done.ledger["high_bad"].rows_in == {"rows": 3}
    assert (folder / "low.csv").read_text().count("bad") == BAD


def test_a_preview_looks_at_its_ports_and_at_the_nodes_inside(folder, priced):
    pipeline = drawn(folder, priced, least=58)
    clean = pipeline["clean"]
    assert [r["amount"] for r in clean.preview()] == [58, 59]
    assert clean.schema.names == ("id", "amount")
    with pytest.raises(SummitError, match="no output port 'dropped'"):
        clean["dropped"]
    from summit_studio.engine.preview import preview

    context = pipeline._context()
    port = PortRef("clean", "rows")
    asked = (pipeline.document, pipeline.catalogue, context)
    looked = Sampler().look(*asked, port)
    assert [r["amount"] for r in looked.after.table.to_pylist()] == [58, 59]
    assert looked.before == ()  # What reaches its last node is not what reaches the module.
    inside = Sampler().look(*asked, PortRef("clean/keep", "kept"))
    assert inside.before[0].rows.table.num_rows == ROWS
    further = look_further(
        *asked, port, 2, told=lambda _: None, stop=CancelToken(), cancel=CancelToken()
    )
    assert (further.after.table.num_rows, further.before) == (2, ())
    inner = preview(pipeline.document, pipeline.catalogue, context, "clean/keep", "dropped", 100)
    assert inner.table.num_rows == 58
    with pytest.raises(SummitError, match="has no port 'no'"):
        preview(pipeline.document, pipeline.catalogue, context, "clean", "no")


def test_dead_letters_stand_at_the_inner_node_and_go_in_again_there(folder, priced):
    pipeline = drawn(folder, priced)
    pipeline.configure(errors={"strategy": "dead_letter"})
    pipeline.save(folder / "orders.summit.json")
    pipeline.run().raise_for_status()
    with LetterStore.open() as store:
        request = RunRequest(pipeline.document, folder, folder / "orders.summit.json")
        letters = store.letters(address_of(request), Selection())
        assert {(n.node_id, n.raw_value) for n in letters} == {("clean/cast", "bad")}
        assert len(letters) == BAD
    # The module is mended, and its change taken: the letters go in again behind the same node.
    made = summit.Pipeline.load(folder / priced)
    expression = "coalesce(TRY_CAST(amount AS BIGINT), -1)"
    made["cast"].set(columns=[{"name": "amount", "expression": expression}])
    made.save(folder / priced)
    assert [p.code for p in pipeline.check() if p.severity == "error"] == ["module_changed"]
    pipeline["clean"].set(path=priced)
    pipeline.save(folder / "orders.summit.json")
    assert main(["dead-letters", "retry", str(folder / "orders.summit.json")]) == 0
    assert table(folder) == list(range(ROWS))


def test_a_load_that_was_cut_does_not_go_on_with_another_module(folder, priced):
    rows = 1_000
    (folder / "orders.csv").write_text("id,amount\n" + "".join(f"{i},{i}\n" for i in range(rows)))
    pipeline = drawn(folder, priced)
    pipeline.configure(
        errors={"strategy": "skip"},
        checkpoints={"publish": "each", "every_rows": 100},
        performance={"batch_bytes": 1_024, "parallelism": 1},
    )
    stop = CancelToken()
    pipeline.run(
        on=lambda e: type(e).__name__ == "CheckpointCommitted" and stop.cancel(), cancel=stop
    )
    some = table(folder)
    assert 0 < len(some) < rows
    file = folder / priced
    file.write_text(file.read_text().replace("id >= ${least}", "id >= ${least} AND id <> 9"))
    pipeline["clean"].set(path=priced)
    with pytest.raises(SummitError, match="cannot go on"):
        pipeline.run()
    file.write_text(file.read_text().replace(" AND id <> 9", ""))
    pipeline["clean"].set(path=priced)
    pipeline.run().raise_for_status()
    assert table(folder) == list(range(rows))


def test_a_module_may_hold_its_sources_and_sinks_and_is_rehearsed_with_them(folder):
    made = summit.Pipeline("Whole", folder=folder)
    orders = made.add("csv_source", "orders", path="orders.csv", columns=COLUMNS)
    orders.to("table_sink", "out", connection="shop", table="${table}")
    made.parameter("table")
    made.save_module(folder / "whole.module.json", outputs={"rows": orders})
    pipeline = summit.Pipeline("uses", folder=folder)
    pipeline.add("module", "m", path="whole.module.json", table="t")
    aside = folder.parent / "aside"
    setting = set_up(pipeline.request(), pipeline.catalogue, aside, 20, "", CancelToken())
    (target,) = setting.targets
    assert (target.delivered.sink, target.rehearsed) == ("m/out", True)
    stand_in = setting.request.document.nodes["m/out"].params["connection"]
    assert stand_in != "shop"
    done = pipeline.run().raise_for_status()
    assert done.ledger["m/out"].rows_out == {"written": ROWS}
    assert len(table(folder, "t")) == ROWS


def test_python_says_at_once_what_does_not_fit(folder, priced):
    pipeline = summit.Pipeline("orders", folder=folder)
    with pytest.raises(InvalidParams, match="did you mean 'least'"):
        pipeline.add("module", path=priced, lest=3)
    with pytest.raises(InvalidParams, match="'least' does not fit"):
        pipeline.add("module", path=priced, least="many")
    with pytest.raises(SummitError, match="Cannot find the module"):
        pipeline.add("module", path="gone.module.json")
    assert list(pipeline) == []
    made = summit.Pipeline("Named", folder=folder)
    made.parameter("hash", default="x")
    with pytest.raises(InvalidDocument, match="called 'hash'"):
        made.save_module(folder / "named.module.json")
    assert not (folder / "named.module.json").exists()


def test_the_example_runs(folder, capsys):
    shutil.copytree(resource("examples/two_shops"), folder / "shops")
    file = str(folder / "shops" / "two_shops.summit.json")
    assert main(["validate", file]) == 0
    assert "no problems" in capsys.readouterr().out
    assert main(["run", file]) == 0
    assert (folder / "shops" / "out" / "sound.parquet").exists()


class TestCommands:
    def test_validate_run_and_describe(self, folder, priced, capsys):
        pipeline = drawn(folder, priced, least=50)
        pipeline.configure(errors={"strategy": "skip"})
        file = str(pipeline.save(folder / "orders.summit.json"))
        assert main(["validate", file]) == 0
        assert main(["validate", str(folder / priced)]) == 0
        assert main(["run", file]) == 0
        said = capsys.readouterr()
        assert "Priced / Derive columns" in said.out + said.err
        assert main(["preview", file, "clean.rows", "--json"]) == 0
        assert "51" in capsys.readouterr().out
        assert main(["describe", str(folder / priced), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert [p["name"] for p in told["inputs"]] == ["rows"]
        assert [p["name"] for p in told["outputs"]] == ["rows", "rejected"]
        assert [p["name"] for p in told["params"]] == ["path", "hash", "least"]
        assert (told["title"], told["doc"]) == ("Priced", "Amounts as numbers.")
        assert main(["run", str(folder / priced)]) == 2
        assert "does not run by itself" in capsys.readouterr().err

    def test_a_module_that_changed_stops_validate_and_run(self, folder, priced, capsys):
        file = str(drawn(folder, priced).save(folder / "orders.summit.json"))
        text = (folder / priced).read_text()
        (folder / priced).write_text(text.replace("${least}", "${least} + 1"))
        for command in ("validate", "run"):
            assert main([command, file]) == 2
            assert "holds something else than was accepted" in capsys.readouterr().err
        assert not (folder / "shop.db").exists()

    def test_export_brings_the_modules_along_and_proves_itself(self, folder, priced, capsys):
        (folder / "parts").mkdir()
        (folder / priced).rename(folder / "parts" / priced)
        pipeline = drawn(folder, f"parts/{priced}")
        pipeline.configure(errors={"strategy": "skip"})
        file = str(pipeline.save(folder / "orders.summit.json"))
        bundle = folder.parent / "bundle"
        assert main(["export", file, "--to", str(bundle), "--no-data"]) == 0
        said = capsys.readouterr()
        assert f"parts/{priced}" in said.out
        assert (bundle / "parts" / priced).read_bytes() == (folder / "parts" / priced).read_bytes()
        assert "Ran it, with the same row counts as the pipeline" in said.err

    def test_an_export_needs_modules_inside_the_folder(self, folder, priced):
        pipeline = drawn(folder, priced)
        file = pipeline.save(folder / "orders.summit.json")
        found = contents_of(file, pipeline.catalogue)
        assert (list(found.modules), found.missing) == ([folder / priced], [])
        assert any("Write table" in line for line in found.writes)
        away = folder.parent / priced
        (folder / priced).rename(away)
        trust(folder)
        pipeline["clean"].set(path=str(away))
        pipeline.save(file)
        found = contents_of(file, pipeline.catalogue)
        assert (list(found.modules), found.missing) == ([], [str(away)])
        assert f"the module {away} is outside the folder" in found.obstacles

    def test_export_refuses_a_secret_in_a_module(self, folder, priced, capsys):
        loaded = load(folder / priced)
        raw = json.loads(loaded.text)
        raw["nodes"]["keep"]["params"]["condition"] = "x = 'postgresql://me:hunter2@db/x'"
        (folder / priced).write_text(json.dumps(raw))
        pipeline = drawn(folder, priced)
        file = str(pipeline.save(folder / "orders.summit.json"))
        assert main(["export", file, "--to", str(folder.parent / "bundle"), "--no-verify"]) != 0
        assert "hunter2" not in capsys.readouterr().err
