"""What becomes of rows that a node rejects and that have no edge to follow."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from summit_studio.core.errors import Where
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.schema import REJECTED
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import Document
from summit_studio.nodes.catalogue import AnyNode
from summit_studio.planning.settings import Errors, Strategy

Nodes = Mapping[str, AnyNode]


def strategies(document: Document, nodes: Nodes, errors: Errors) -> dict[str, Strategy]:
    """Return the strategy of each node that can reject rows and whose rejected port is free."""
    taken = {e.source.node for e in document.edges if e.source.port == REJECTED}
    return {
        node_id: errors.nodes.get(node_id, errors.strategy)
        for node_id, node in nodes.items()
        if node.can_reject and node_id not in taken
    }


def rejecting(document: Document, nodes: Nodes) -> Iterator[str]:
    """Yield the nodes whose rejected rows go somewhere, be it that they are left out."""
    yield from (e.source.node for e in document.edges if e.source.port == REJECTED)
    found = strategies(document, nodes, errors_of(document))
    yield from (i for i, strategy in found.items() if strategy != "fail_fast")


def errors_of(document: Document) -> Errors:
    """Return the settings of errors; those by default, where a problem tells of others."""
    try:
        return Errors.model_validate(document.settings.get("errors", {}))
    except ValidationError:
        return Errors()


def reject_problems(document: Document, nodes: Nodes) -> Iterator[Problem]:
    """Yield what a setting says in vain, and where rejected rows go that have no edge to follow."""
    errors = errors_of(document)
    found = strategies(document, nodes, errors)
    for node_id in errors.nodes:
        if node_id not in found and (node_id in nodes or node_id not in document.nodes):
            yield _in_vain(node_id, document, nodes)
    if errors.dead_letters is not None and "dead_letter" not in found.values():
        yield _queue_in_vain()
    titles = {i: f"'{nodes[i].node_title}'" for i in found}
    yield from _tolerated_in_vain(errors, found, titles, some=any(rejecting(document, nodes)))
    kept = [titles[i] for i, s in found.items() if s == "dead_letter"]
    dropped = [titles[i] for i, s in found.items() if s == "skip"]
    where = Where(param="settings.errors.strategy")
    if kept:
        yield Problem(
            "rejects_kept",
            f"Rows that {listing(kept, 4)} may reject are kept as dead letters",
            "settings.errors says so, and their rejected ports lead nowhere",
            "look at them, mend and retry them in the Dead letters panel or with "
            "`summit dead-letters`",
            where,
            Severity.INFO,
        )
    if dropped:
        yield Problem(
            "rejects_left_out",
            f"Rows that {listing(dropped, 4)} may reject are counted and left out",
            "settings.errors says skip, and their rejected ports lead nowhere",
            "set the strategy to dead_letter to keep them",
            where,
            Severity.WARNING,
        )


def _tolerated_in_vain(
    errors: Errors, found: Mapping[str, Strategy], titles: Mapping[str, str], *, some: bool
) -> Iterator[Problem]:
    """Yield a problem where rows are to be tolerated and the first one ends the run all the same.

    An error where that is so of every node, else a warning.
    """
    tolerance = errors.tolerance
    ending = [titles[i] for i, strategy in found.items() if strategy == "fail_fast"]
    if tolerance is not None and (tolerance.rows or tolerance.percent) and ending:
        yield Problem(
            "tolerance_in_vain",
            f"The first row that is rejected by {listing(ending, 4)} ends the run",
            "settings.errors.tolerance lets rejected rows go, but their rejected ports lead nowhere"
            " and the strategy is fail_fast",
            "connect the ports, or set settings.errors.strategy to dead_letter to keep such rows",
            Where(param="settings.errors.tolerance"),
            Severity.WARNING if some else Severity.ERROR,
        )


def _queue_in_vain() -> Problem:
    setting = ("errors", "dead_letters")
    return Problem(
        "setting_in_vain",
        "The setting 'errors.dead_letters' changes nothing",
        "no node's rejected rows become dead letters",
        "set errors.strategy to dead_letter, or take it out",
        Where(param=".".join(("settings", *setting))),
        Severity.WARNING,
        (Fix("Take it out", setting=setting),),
    )


def _in_vain(node_id: str, document: Document, nodes: Nodes) -> Problem:
    setting = ("errors", "nodes", node_id)
    where = Where(param=".".join(("settings", *setting)))
    out = Fix("Take it out", setting=setting)
    if node_id not in nodes:
        near = did_you_mean(node_id, document.nodes)
        return Problem(
            "node_unknown",
            f"The setting 'errors.nodes' names a node '{node_id}' that is not there",
            f"the pipeline has {listing(document.nodes)}",
            f"did you mean '{near}'?" if near else "take it out",
            where,
            fixes=(out,),
        )
    why = "its rejected port leads somewhere" if nodes[node_id].can_reject else "it rejects no rows"
    return Problem(
        "setting_in_vain",
        f"The setting '{'.'.join(setting)}' changes nothing",
        why,
        "take it out",
        where,
        Severity.WARNING,
        (out,),
    )
