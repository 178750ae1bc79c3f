"""Problems: what checks find in a pipeline before any row moves."""

from dataclasses import dataclass, field
from enum import StrEnum

from summit_studio.core.errors import SummitError, Where, sentence


class Severity(StrEnum):
    """An error stops a run from starting; a warning does not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Insertion:
    """A node to be put into the edge that leads to an input port.

    Args:
        type: The node type; rows go in by its port `rows`.
        params: Its params.
        port: The port of the node to whose fault this is a fix.
        out: The port by which rows leave the new node.
    """

    type: str
    params: tuple[tuple[str, object], ...]
    port: str = "rows"
    out: str = "rows"


@dataclass(frozen=True, slots=True)
class Fix:
    """A one-click change that would solve a problem.

    Args:
        label: What the button says.
        node_id: The node whose params change; None for a change of another kind.
        params: Params to set on that node, merged over the present ones.
        remove_edge: The text of an edge to take out (`a.rows -> b.rows`).
        setting: The path of a key in the pipeline's settings to take out.
        rename: The key that takes its place, with its value.
        mode: The mode the pipeline gets.
        insert: A node to be put before that node.
        field: A field of that node to go to, where only a person can know its value.
        database: The name of a connection to be made, which leads to a new database file.
        state: The state that node gets.
    """

    label: str
    node_id: str | None = None
    params: tuple[tuple[str, object], ...] = ()
    remove_edge: str | None = None
    setting: tuple[str, ...] = ()
    rename: str | None = None
    mode: str | None = None
    insert: Insertion | None = None
    field: str | None = None
    database: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: what, where, why, do, with fixes where a click can solve it."""

    code: str
    what: str
    why: str = ""
    do: str = ""
    where: Where = field(default_factory=Where)
    severity: Severity = Severity.ERROR
    fixes: tuple[Fix, ...] = ()

    def __str__(self) -> str:
        return sentence(self.what, str(self.where), self.why, self.do, self.code)

    @classmethod
    def from_error(cls, error: SummitError, severity: Severity = Severity.ERROR) -> "Problem":
        """Return the problem that says what `error` says."""
        return cls(error.code, error.what, error.why, error.do, error.where, severity)
