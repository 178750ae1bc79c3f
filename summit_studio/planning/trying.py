"""Tries an edit out, without making it: what would be wrong that is not wrong now."""

from collections.abc import Mapping
from typing import Any

from summit_studio.core.problems import Problem, Severity
from summit_studio.document.edits import Edit
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext
from summit_studio.planning.check import Checked, check


def broken_by(
    edit: Edit,
    checked: Checked,
    catalogue: Catalogue,
    context: DesignContext,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[Problem, ...]:
    """Return the errors that a document would have after an edit, and has not before it.

    Errors of nodes that would be gone are none; nor are those of nodes that cannot be looked at
    because another before them is wrong, which is among these.

    Args:
        edit: What would be done to the drawn document.
        checked: What was found in the document as it is.
        catalogue: The node types.
        context: As for the check.
        parameters: As for the check.

    Raises:
        SummitError: The edit does not fit the document.
    """
    after = check(edit.apply(checked.drawn), catalogue, context, parameters)
    known = {_key(problem) for problem in checked.problems}
    return tuple(p for p in after.problems if p.severity is Severity.ERROR and _key(p) not in known)


def _key(problem: Problem) -> tuple[object, ...]:
    where = problem.where
    return problem.code, where.node_id, where.param, where.port, where.column
