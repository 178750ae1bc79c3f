"""Tries an edit out, without making it: what would be wrong that is not wrong now."""

from collections.abc import Iterable, Mapping
from typing import Any

from summit_studio.core.problems import Problem, Severity
from summit_studio.document.edits import Edit
from summit_studio.document.healing import healing
from summit_studio.document.model import Document, PortRef
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext
from summit_studio.planning.check import Checked, check
from summit_studio.planning.modules import drawn_id

_LOOSE = frozenset({"empty", "input_unconnected"})
"""Codes of what is only wrong because a node was taken out."""


def broken_by(
    edit: Edit,
    checked: Checked,
    catalogue: Catalogue,
    context: DesignContext,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[Problem, ...]:
    """Return the errors that a document would have after an edit, and has not before it.

    Errors of nodes that would be gone are none. Nodes behind one that would be wrong are looked at
    as if it were taken out of its chain, so that all that miss a column are told, not the first.

    Args:
        edit: What would be done to the drawn document.
        checked: What was found in the document as it is.
        catalogue: The node types.
        context: As for the check.
        parameters: As for the check.

    Raises:
        SummitError: The edit does not fit the document.
    """
    document = edit.apply(checked.drawn)
    known = {_key(problem) for problem in checked.problems}
    found: list[Problem] = []
    while True:
        problems = check(document, catalogue, context, parameters).problems
        errors = [p for p in problems if p.severity is Severity.ERROR and _key(p) not in known]
        if found:
            errors = [p for p in errors if p.code not in _LOOSE]
        found += errors
        known |= {_key(problem) for problem in errors}
        wrong = {drawn_id(p.where.node_id) for p in errors if p.where.node_id}
        behind = [n for n in wrong if any(True for _ in document.edges_from(n))]
        if not behind:
            return tuple(found)
        document = healing(document, behind).apply(document)


def may_break(edit: Edit, checked: Checked) -> bool:
    """Return False of an edit after which every node gets all columns that it gets now.

    It looks at columns that are known already, so that it is as quick as the edit. A port that
    gets no rows any more is a loose end for all to see, and loses no column.

    Args:
        edit: What would be done to the drawn document.
        checked: What was found in the document as it is.

    Raises:
        SummitError: The edit does not fit the document.
    """
    before, after = checked.drawn, edit.apply(checked.drawn)
    was, now = _feeds(before), _feeds(after)
    for target, sources in now.items():
        given = _columns(was.get(target, ()), checked)
        if given and sources != was[target]:
            left = _columns(sources, checked)
            if left is None or not given.items() <= left.items():
                return True
    said = (i for i in after.nodes if i in before.nodes)
    other = {i for i in said if after.nodes[i].params != before.nodes[i].params}
    return any(edge.source.node in other for edge in after.edges)


def _feeds(document: Document) -> dict[PortRef, list[PortRef]]:
    """Return the outputs that feed each input."""
    feeds: dict[PortRef, list[PortRef]] = {}
    for edge in document.edges:
        feeds.setdefault(edge.target, []).append(edge.source)
    return feeds


def _columns(sources: Iterable[PortRef], checked: Checked) -> dict[str, str] | None:
    """Return the types of the columns that outputs give, by folded name; None if not known."""
    found: dict[str, str] = {}
    for source in sources:
        schema = checked.schemas.get(checked.outputs.get(source, source))
        if schema is None:
            return None
        found |= {column.name.casefold(): column.type for column in schema}
    return found


def _key(problem: Problem) -> tuple[object, ...]:
    where = problem.where
    return problem.code, where.node_id, where.param, where.port, where.column
