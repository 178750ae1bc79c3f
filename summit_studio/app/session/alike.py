"""Problems of a kind that one click can solve together."""

from collections.abc import Iterable
from dataclasses import dataclass

from summit_studio.core.problems import Fix, Problem


@dataclass(frozen=True, slots=True)
class Alike:
    """What solves all problems of a kind.

    Args:
        label: What the fix of each says.
        what: What the first of them says.
        fixes: One of each problem; two at least.
    """

    label: str
    what: str
    fixes: tuple[Fix, ...]


def alike(problems: Iterable[Problem]) -> tuple[Alike, ...]:
    """Return what solves several problems with the same words, in the order of the first ones.

    Of two that change the same setting of one node only the first counts: each would undo what
    the other does. What leads to a field, or makes a connection, is for a person to do.
    """
    found: dict[tuple[str, str], list[tuple[Problem, Fix]]] = {}
    for problem in problems:
        for fix in problem.fixes:
            if fix.field is None and fix.database is None:
                found.setdefault((problem.code, fix.label), []).append((problem, fix))
    groups = ((label, _apart(known)) for (_, label), known in found.items())
    return tuple(
        Alike(label, known[0][0].what, tuple(fix for _, fix in known))
        for label, known in groups
        if len(known) > 1
    )


def _apart(known: list[tuple[Problem, Fix]]) -> list[tuple[Problem, Fix]]:
    """Return those of which none changes what one before it changes."""
    taken, apart = set[tuple[str | None, object]](), list[tuple[Problem, Fix]]()
    for problem, fix in known:
        parts: list[object] = [name for name, _ in fix.params] or [_rest(fix)]
        places = {(fix.node_id, part) for part in parts}
        if not places & taken:
            taken |= places
            apart.append((problem, fix))
    return apart


def _rest(fix: Fix) -> tuple[object, ...]:
    insert = fix.insert
    put = (insert.type, insert.port) if insert is not None else None
    return fix.remove_edge, fix.setting, fix.mode, put, fix.state
