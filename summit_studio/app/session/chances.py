"""When a problem may speak up: a hint at first, a warning once left, an error once a run is asked.

Knows nothing of Qt: a state, and what each thing a person does makes of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from summit_studio.core.problems import Problem, Severity

Place = tuple[str, str]
"""A node's id and the name of one of its fields; either may be empty."""


def place_of(problem: Problem) -> Place:
    """Return the place of a problem; what is wrong in an entry counts for the whole field."""
    return problem.where.node_id or "", (problem.where.param or "").partition(".")[0]


@dataclass(frozen=True, slots=True)
class Chances:
    """What a person has had a chance to put right.

    Args:
        fresh: Nodes that were added and not left since.
        typing: The field that is typed in.
        found: Places where the last check found something.
        due: Places that were left as they are.
        asked: Places that stood in the way when a run was asked for.
    """

    fresh: frozenset[str] = frozenset()
    typing: Place | None = None
    found: frozenset[Place] = frozenset()
    due: frozenset[Place] = frozenset()
    asked: frozenset[Place] = frozenset()

    def shown(self, problem: Problem) -> Severity:
        """Return how loudly a problem is told now."""
        place = place_of(problem)
        if place in self.asked or problem.severity is Severity.INFO:
            return problem.severity
        return Severity.WARNING if place in self.due else Severity.INFO

    def checked(self, problems: Iterable[Problem]) -> "Chances":
        """Take what a check found: what is solved is forgiven, what is new waits for its turn."""
        found = frozenset(place_of(p) for p in problems)
        new = {p for p in found - self.found if p != self.typing and not self.waits(p[0])}
        due = (self.due & found) | new
        return replace(self, found=found, due=due, asked=self.asked & found)

    def added(self, node_ids: Iterable[str]) -> "Chances":
        """Take nodes that were just added."""
        return replace(self, fresh=self.fresh | frozenset(node_ids))

    def typed(self, place: Place) -> "Chances":
        """Take the field that is typed in now."""
        return self if place == self.typing else replace(self.left_field(), typing=place)

    def left_field(self, place: Place | None = None) -> "Chances":
        """Take that the field typed in was left, and `place`, where that is another."""
        left = {p for p in (place, self.typing) if p is not None}
        return replace(self, typing=None, due=self.due | (left & self.found))

    def left_nodes(self, node_ids: Iterable[str]) -> "Chances":
        """Take that nodes were left, all their fields with them."""
        left = frozenset(node_ids) & self.fresh
        if not left:
            return self
        after = replace(self, fresh=self.fresh - left)
        ripe = {p for p in self.found if self.waits(p[0]) and not after.waits(p[0])}
        return replace(after, due=self.due | ripe)

    def waits(self, node_id: str) -> bool:
        """Return True of a fresh node, and of the pipeline while it has one."""
        return node_id in self.fresh or (not node_id and bool(self.fresh))

    def run_asked(self) -> "Chances":
        """Take that a run was asked for: nothing waits any more."""
        return replace(self, fresh=frozenset(), due=self.found, asked=self.found)
