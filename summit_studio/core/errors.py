"""Run-time errors: what happened, where, why, and what to do. Design-time faults are Problems."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Where:
    """The place an error or problem speaks of; every part may be absent.

    `line` and `column` count from 1. `value` is shown only where the user asked for row contents.
    """

    pipeline: str | None = None
    node_id: str | None = None
    node_title: str | None = None
    param: str | None = None
    port: str | None = None
    file: str | None = None
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        parts: list[str] = []
        if self.node_id:
            shown = (
                f"'{self.node_title}' ({self.node_id})" if self.node_title else f"'{self.node_id}'"
            )
            parts.append(f"node {shown}")
        if self.port:
            parts.append(f"port {self.port}")
        if self.param:
            parts.append(f"field {self.param}")
        if self.file:
            parts.append(f"file {self.file}" + (f" line {self.line}" if self.line else ""))
        if self.column:
            parts.append(f"column '{self.column}'")
        text = ", ".join(parts)
        if self.pipeline:
            text = f"{text}, in {self.pipeline}" if text else self.pipeline
        return text


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would do in the place of the value that is at fault.

    Args:
        label: What a button says.
        text: The whole value that takes its place.
    """

    label: str
    text: str


class SummitError(Exception):
    """An error a person can act on.

    Args:
        what: What could not be done, one sentence without the full stop's reason.
        why: The cause, with the known values where they help. Never a secret.
        do: The next thing to try.
        code: A stable snake_case name for machines.
        where: The place.
        retryable: True for a transient fault: the same call may work later.
        remedies: Values that would do at that place, the likeliest first.
    """

    code = "error"
    retryable = False

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        do: str = "",
        code: str | None = None,
        where: Where | None = None,
        retryable: bool | None = None,
        remedies: tuple[Remedy, ...] = (),
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.do = do
        self.where = where or Where()
        self.remedies = remedies
        if code is not None:
            self.code = code
        if retryable is not None:
            self.retryable = retryable

    def at(self, **place: str | int | None) -> "SummitError":
        """Fill in the parts of the place that are still unknown, and return self."""
        missing = {k: v for k, v in place.items() if getattr(self.where, k) is None}
        self.where = replace(self.where, **missing)  # type: ignore[arg-type]
        return self

    def __str__(self) -> str:
        return sentence(self.what, str(self.where), self.why, self.do, self.code)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.__dict__.copy())


def _rebuild(kind: type[SummitError], state: dict[str, object]) -> SummitError:
    error = kind.__new__(kind)
    Exception.__init__(error, state["what"])
    error.__dict__.update(state)
    return error


def sentence(what: str, where: str, why: str, do: str, code: str) -> str:
    """Return the house form of a message: what, where, why, do, [code]."""
    text = what.rstrip(".") + "."
    for label, part in (("Where", where), ("Why", why), ("Do", do)):
        if part:
            text += f" {label}: {part}" if part.endswith("?") else f" {label}: {part.rstrip('.')}."
    return f"{text} [{code}]"


class InvalidDocument(SummitError):
    """The file is not a pipeline this version can read."""

    code = "document_invalid"


class InvalidParams(SummitError):
    """A node's params do not fit its type."""

    code = "params_invalid"


class InvalidExpression(SummitError):
    """A Summit SQL expression was refused or does not fit the schema."""

    code = "expression_invalid"


class ConnectionFailed(SummitError):
    """A system outside could not be reached or refused us."""

    code = "connection_failed"
    retryable = True


class SecretMissing(SummitError):
    """A secret reference leads nowhere, or the store behind it cannot be opened."""

    code = "secret_missing"


class ReadFailed(SummitError):
    """A source could not deliver its rows."""

    code = "read_failed"


class WriteFailed(SummitError):
    """A sink could not take or publish its rows; what was there before is untouched."""

    code = "write_failed"


class RowsNotHandled(SummitError):
    """Rows were rejected at a node whose rejected port leads nowhere."""

    code = "rejected_unconnected"


class LedgerImbalance(SummitError):
    """The row counts of a node do not add up; the run's outputs were not published."""

    code = "ledger_imbalance"


class ContentDiffers(SummitError):
    """A target gave back other rows than it was handed; the run's outputs were not published."""

    code = "content_differs"


class QualityGateFailed(SummitError):
    """A critical rule scored below its threshold; the run's outputs were not published."""

    code = "quality_gate"


class Untrusted(SummitError):
    """The workspace is not trusted to run code or write outside itself."""

    code = "untrusted"


class Cancelled(SummitError):
    """The run was cancelled; nothing was published."""

    code = "cancelled"

    def __init__(self, what: str = "The run was cancelled") -> None:
        super().__init__(what, why="someone asked for it", do="run again when ready")
