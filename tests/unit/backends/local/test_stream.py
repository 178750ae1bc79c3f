"""Streams: what they hold of the rows on their way."""

import weakref

from summit_studio import Pipeline
from summit_studio.backends.local.rowwise import CompiledSegment
from summit_studio.document.files import save

FILTERS = 30


def test_of_many_nodes_in_a_row_only_the_last_hold_rows(tmp_path, draw, monkeypatch):
    (tmp_path / "in.csv").write_text("id\n" + "".join(f"{i}\n" for i in range(1_000)))
    nodes = {"n": ("csv_source", {"path": "in.csv"}), "o": ("csv_sink", {"path": "out.csv"})}
    nodes |= {f"f{k}": ("filter", {"condition": f"id >= {k}"}) for k in range(FILTERS)}
    edges = ["n.rows -> f0.rows", f"f{FILTERS - 1}.kept -> o.rows"]
    edges += [f"f{k}.kept -> f{k + 1}.rows" for k in range(FILTERS - 1)]
    file = tmp_path / "many.summit.json"
    save(draw(nodes, *edges), file)
    made: list[weakref.ref] = []
    alive: list[int] = []
    run = CompiledSegment.run

    def watched(self, con, batch):
        result = run(self, con, batch)
        made.extend(weakref.ref(table) for table in result.tables.values())
        alive.append(sum(ref() is not None for ref in made))
        return result

    monkeypatch.setattr(CompiledSegment, "run", watched)
    assert Pipeline.load(file).run().ok
    assert len(alive) == FILTERS
    assert max(alive) <= 3
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 1_000 - (FILTERS - 1) + 1
