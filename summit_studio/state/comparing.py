"""What is otherwise in one run than in another."""

from dataclasses import dataclass

from summit_studio.document.diff import describe, diff
from summit_studio.document.text import parse
from summit_studio.state.records import NodeStat, PastRun

FIGURES = ("In", "Out", "Filtered", "Rejected", "Seconds")
"""What is held beside of each node."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One figure of two runs; None where a run has none."""

    first: int | float | str | None
    second: int | float | str | None
    counts: bool = True
    """False of a time: it differs from run to run, and says little where it does."""

    @property
    def differs(self) -> bool:
        """True if it is worth a look."""
        return self.counts and self.first != self.second


@dataclass(frozen=True, slots=True)
class NodePair:
    """The figures of one node in two runs, by name."""

    node_id: str
    title: str
    figures: dict[str, Pair]

    @property
    def differs(self) -> bool:
        """True if one of them is worth a look."""
        return any(pair.differs for pair in self.figures.values())


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Args:
        first: The earlier.
        second: The later.
        facts: How each went, by name.
        nodes: Those of the later in document order, then those that it has no more.
        changes: What changed in the pipeline between them, in sentences; None where one of the two
            was not kept.
    """

    first: PastRun
    second: PastRun
    facts: dict[str, Pair]
    nodes: tuple[NodePair, ...]
    changes: tuple[str, ...] | None


def compare(one: PastRun, other: PastRun) -> Comparison:
    """Return two runs side by side, the earlier first whichever comes first here."""
    first, second = sorted((one, other), key=lambda p: p.detail.run.started_at)
    a, b = first.detail.run, second.detail.run
    facts = {
        "Result": Pair(a.status, b.status),
        "Seconds": Pair(a.seconds, b.seconds, counts=False),
        "From": Pair(a.trigger, b.trigger),
        "Version": Pair(a.version, b.version),
        "Error": Pair(a.error.what if a.error else None, b.error.what if b.error else None),
    }
    facts |= {
        f"Parameter {name}": Pair(_told(a.params.get(name)), _told(b.params.get(name)))
        for name in dict.fromkeys((*a.params, *b.params))
    }
    return Comparison(first, second, facts, _nodes(first, second), _changes(first, second))


def _told(value: object) -> str | None:
    return None if value is None else str(value)


def _nodes(first: PastRun, second: PastRun) -> tuple[NodePair, ...]:
    before = {n.node_id: n for n in first.detail.nodes}
    after = {n.node_id: n for n in second.detail.nodes}
    pairs = []
    for node_id in dict.fromkeys((*after, *before)):
        old, new = before.get(node_id), after.get(node_id)
        known = new or old
        title = (known.title if known else None) or node_id
        pairs.append(NodePair(node_id, title, _figures(old, new)))
    return tuple(pairs)


def _figures(old: NodeStat | None, new: NodeStat | None) -> dict[str, Pair]:
    mine, its = _figures_of(old), _figures_of(new)
    return {name: Pair(mine.get(name), its.get(name), counts=name != "Seconds") for name in FIGURES}


def _figures_of(node: NodeStat | None) -> dict[str, int | float]:
    if node is None:
        return {}
    return {
        "In": sum(node.rows_in.values()),
        "Out": sum(node.rows_out.values()),
        "Filtered": node.filtered,
        "Rejected": node.rejected,
        "Seconds": node.busy_secs,
    }


def _changes(first: PastRun, second: PastRun) -> tuple[str, ...] | None:
    if first.text is None or second.text is None:
        return None
    old, new = parse(first.text).document, parse(second.text).document
    return tuple(describe(diff(old, new)))
