"""Made the graphs of this folder once, with the places that ELK gives them.

    python tests/golden/layout/make.py FOLDER     writes elk-N.json, what elkjs takes
    node -e 'const ELK = require("elkjs"), fs = require("fs"); (async () => {
      for (const n of [30, 60, 120, 300]) fs.writeFileSync(`drawn-${n}.json`, JSON.stringify(
        await new ELK().layout(JSON.parse(fs.readFileSync(`elk-${n}.json`))))) })()'
    python tests/golden/layout/make.py FOLDER --keep     writes N.json here

elkjs 0.12.1 from npm; its defaults but for direction, fixed ports and the spacing of cards.
"""

import json
import random
import sys
from pathlib import Path

HERE = Path(__file__).parent
SIZES = (30, 60, 120, 300)
KINDS = {
    "source": ([], ["rows", "rejected"]),
    "filter": (["rows"], ["kept", "dropped"]),
    "derive": (["rows"], ["rows", "rejected"]),
    "aggregate": (["rows"], ["rows"]),
    "join": (["left", "right"], ["rows", "unmatched"]),
    "lookup": (["rows", "table"], ["rows"]),
    "split": (["rows"], ["first", "second", "third", "rest"]),
    "union": (["rows"], ["rows"]),
    "sink": (["rows"], []),
}
WEIGHTS = {
    "filter": 20, "derive": 24, "aggregate": 8, "join": 16, "lookup": 8, "split": 6, "union": 6,
    "sink": 12,
}  # fmt: skip
WIDTH, FIRST, STEP = 208, 32, 20


def graph(size: int) -> dict:
    """Return nodes by kind and edges: sources, joins, splits, and now and then a long way."""
    chance = random.Random(size)
    nodes: dict[str, str] = {}
    edges: list[str] = []
    loose: list[str] = []  # Outputs that lead nowhere yet, the newest last.
    every: list[str] = []

    def add(kind: str) -> None:
        name = f"{kind}_{len(nodes)}"
        nodes[name] = kind
        inputs, outputs = KINDS[kind]
        for port in inputs:
            count = chance.randint(2, 4) if kind == "union" else 1
            edges.extend(f"{take(name)} -> {name}.{port}" for _ in range(count))
        wanted = outputs[: 1 if kind in ("source", "derive", "join") else None]
        loose.extend(f"{name}.{port}" for port in wanted)
        every.extend(f"{name}.{port}" for port in outputs)

    def take(name: str) -> str:
        if loose and chance.random() < 0.85:
            # Mostly what came last, at times what has waited for long.
            back = min(int(chance.expovariate(0.35)), len(loose) - 1)
            return loose.pop(-1 - back)
        others = [o for o in every if o.partition(".")[0] != name]
        return chance.choice(others[-60:] if chance.random() < 0.7 else others)

    for _ in range(max(2, size // 10)):
        add("source")
    kinds = random.Random(size + 1)
    while len(nodes) < size:
        if kinds.random() < 0.05:
            add("source")
        else:
            add(kinds.choices(list(WEIGHTS), list(WEIGHTS.values()))[0])
    return {"kinds": {k: list(KINDS[k]) for k in KINDS}, "nodes": nodes,
            "edges": list(dict.fromkeys(edges))}  # fmt: skip


def height(kind: str) -> int:
    """Return the height of a card, as the canvas draws it."""
    most = max(len(ports) for ports in KINDS[kind])
    last = FIRST + (most - 1) * STEP
    rejected = KINDS[kind][1][-1:] == ["rejected"] and len(KINDS[kind][1]) == most
    return -(-max(64, last + (12 if rejected else 20)) // 8) * 8


def for_elk(made: dict) -> dict:
    """Return a graph as elkjs takes it."""
    children = []
    for name, kind in made["nodes"].items():
        ports = []
        for side, x, names in (("in", 0, KINDS[kind][0]), ("out", WIDTH, KINDS[kind][1])):
            ports += [
                {"id": f"{name}.{side}.{p}", "x": x, "y": FIRST + i * STEP, "width": 0, "height": 0,
                 "layoutOptions": {"elk.port.side": "WEST" if side == "in" else "EAST"}}
                for i, p in enumerate(names)
            ]  # fmt: skip
        children.append(
            {"id": name, "width": WIDTH, "height": height(kind), "ports": ports,
             "layoutOptions": {"elk.portConstraints": "FIXED_POS"}}
        )  # fmt: skip
    edges = []
    for text in made["edges"]:
        source, target = (part.split(".") for part in text.split(" -> "))
        edges.append(
            {"id": text, "sources": [f"{source[0]}.out.{source[1]}"],
             "targets": [f"{target[0]}.in.{target[1]}"]}
        )  # fmt: skip
    options = {
        "elk.algorithm": "layered", "elk.direction": "RIGHT", "elk.spacing.nodeNode": "48",
        "elk.layered.spacing.nodeNodeBetweenLayers": "72",
    }  # fmt: skip
    return {"id": "root", "layoutOptions": options, "children": children, "edges": edges}


def kept(made: dict, drawn: dict) -> dict:
    """Return a graph with ELK's places and bend points, rounded to a tenth."""
    places = {c["id"]: [round(c["x"], 1), round(c["y"], 1)] for c in drawn["children"]}
    ways = {
        e["id"]: [
            [round(p["x"], 1), round(p["y"], 1)]
            for p in (s["startPoint"], *s.get("bendPoints", ()), s["endPoint"])
        ]
        for e in drawn["edges"]
        for s in e["sections"]
    }
    return made | {"elk": {"places": places, "ways": ways}}


def main(folder: Path, *, keep: bool) -> None:
    for size in SIZES:
        made = graph(size)
        if keep:
            drawn = json.loads((folder / f"drawn-{size}.json").read_text(encoding="utf-8"))
            text = json.dumps(kept(made, drawn), separators=(",", ":"))
            # An edge or a place a line: changes can be read.
            text = text.replace('],"', '],\n"').replace('","', '",\n"')
            (HERE / f"{size}.json").write_text(text + "\n", encoding="utf-8")
        else:
            (folder / f"elk-{size}.json").write_text(json.dumps(for_elk(made)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), keep="--keep" in sys.argv)
