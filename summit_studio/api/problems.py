"""What a check found, as it is shown."""

import textwrap
from collections.abc import Iterator

from summit_studio.core.problems import Problem, Severity
from summit_studio.core.showing import Table

_WIDTH = 88
_MOST = 50
_SENTENCE = 400


class Problems(tuple[Problem, ...]):
    """The problems of a pipeline, errors first; only errors prevent a run."""

    __slots__ = ()

    @property
    def ok(self) -> bool:
        """True if nothing stops a run."""
        return not any(p.severity is Severity.ERROR for p in self)

    def __repr__(self) -> str:
        if not self:
            return "No problems."
        rows = [row for problem in self[:_MOST] for row in _rows(problem)]
        head = ("severity", "node", "what, why and do")
        return Table(head, rows, note=self._note(), cell=_WIDTH, most=len(rows)).text()

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        if not self:
            return "<p>No problems.</p>"
        rows = [(p.severity.value, _node(p), p.what, p.why, p.do) for p in self[:_MOST]]
        head = ("severity", "node", "what", "why", "do")
        return Table(head, rows, note=self._note(), cell=_SENTENCE, most=_MOST).html()

    def _note(self) -> str:
        return f"… and {len(self) - _MOST:,} more problems." if len(self) > _MOST else ""


def _node(problem: Problem) -> str:
    where = problem.where
    return ".".join(part for part in (where.node_id, where.param) if part)


def _rows(problem: Problem) -> Iterator[tuple[str, str, str]]:
    first = (problem.severity.value, _node(problem))
    for label, part in (("", problem.what), ("Why: ", problem.why), ("Do: ", problem.do)):
        for line in textwrap.wrap(label + part, _WIDTH) if part else ():
            yield (*first, line)
            first = ("", "")
