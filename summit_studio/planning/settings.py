"""The settings of a pipeline: each is honoured, or a problem says that it is not."""

import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from summit_studio.core.epochs import Every
from summit_studio.core.errors import SummitError, Where
from summit_studio.core.own_keys import without_own
from summit_studio.core.problems import Fix, Problem
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.secrets.reference import parse_reference


class InvalidSettings(SummitError):
    """A setting does not exist or does not fit."""

    code = "settings_invalid"


def _words(cost: str, *, unit: str = "", unset: str = "") -> dict[str, JsonValue]:
    """Return what is said of a setting besides its title and what it does.

    Args:
        cost: What one gives for a value, this way and that.
        unit: Of the number.
        unset: What holds where the file says nothing, if the default does not say it.
    """
    return {"cost": cost, "unit": unit, "unset": unset}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    one_value: ClassVar[bool] = False
    """True of a part that is written and read as one setting."""

    @model_validator(mode="before")
    @classmethod
    def _own_keys_are_let_through(cls, values: Any) -> Any:
        return without_own(values)


class Performance(_Part):
    """How a run uses the machine."""

    parallelism: int = Field(
        default_factory=lambda: min(os.cpu_count() or 2, 8),
        ge=1,
        le=64,
        title="Threads",
        description="Threads that load and transform the batches of one stream.",
        json_schema_extra=_words(
            "Each takes a processor and holds a batch. Fewer leave more of the machine to others, "
            "and a load takes longer.",
            unit="threads",
            unset="as many as the machine has processors, at most 8",
        ),
    )
    batch_rows: int = Field(
        100_000,
        ge=1,
        le=10_000_000,
        title="Rows of a batch",
        description="Rows a batch should have.",
        json_schema_extra=_words(
            "Small: less memory, more overhead for each row. Large: the other way round. A load "
            "that is unfinished cannot go on once it is changed.",
            unit="rows",
        ),
    )
    batch_bytes: int = Field(
        8 << 20,
        ge=1 << 10,
        le=1 << 30,
        title="Text of a batch",
        description="Bytes of text that a batch of a CSV or JSON lines file is read from.",
        json_schema_extra=_words(
            "Small: less memory, more overhead. Large: the other way round. A load that is "
            "unfinished cannot go on once it is changed.",
            unit="bytes",
        ),
    )
    prefetch: int = Field(
        4,
        ge=1,
        le=64,
        title="Batches that wait",
        description="Batches that wait on an edge.",
        json_schema_extra=_words(
            "Each is held in memory, on every edge. Few: a slow node soon holds up those before "
            "it; many: short delays are made up for.",
            unit="batches",
        ),
    )
    memory_limit_mb: int | None = Field(
        None,
        ge=64,
        title="Memory of blocking nodes",
        description="Megabytes before blocking nodes spill to disk; all together, "
        "but at least 128 each.",
        json_schema_extra=_words(
            "Little: sorts, joins and groups spill to disk sooner and take longer. Much: other "
            "programs may run short of memory.",
            unit="MB",
            unset="four fifths of the machine's memory for each of them",
        ),
    )


class Checkpoints(_Part):
    """Where a run that died goes on."""

    publish: Literal["auto", "whole", "staged", "each"] = Field(
        "auto",
        title="When rows are visible",
        description="What readers of a target see while a run is under way: nothing until its end "
        "(whole; a run that dies starts again), nothing although what is written is kept (staged; "
        "it goes on where it stood, and all shows at once after the last epoch), or every epoch "
        "once it is committed (each; it goes on where the target stands). auto takes whole for "
        "loads of less than an epoch; staged for those that replace what is there, fill a single "
        "file, have a critical rule or compare content; else each.",
        json_schema_extra=_words(
            "whole: a run that dies has done nothing. staged: for a moment the rows are stored "
            "twice. each: rows are visible before the load is whole.",
        ),
    )
    every_rows: int = Field(
        1_000_000,
        ge=1,
        title="Rows of an epoch",
        description="Rows of a source after which an epoch ends.",
        json_schema_extra=_words(
            "Few: a commit for each so many rows, which takes time; many: after a crash more rows "
            "are read again.",
            unit="rows",
        ),
    )
    every_bytes: int | None = Field(
        None,
        ge=1,
        title="Bytes of an epoch",
        description="Bytes of rows, as a source hands them on in memory, after which an epoch ends "
        "even if it has fewer rows than every_rows.",
        json_schema_extra=_words(
            "Few: more commits, which take time. It keeps epochs of wide rows from growing.",
            unit="bytes",
            unset="no limit",
        ),
    )
    every_secs: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        title="Time of an epoch",
        description="Seconds after which an epoch ends at the next batch, even if it has fewer rows"
        " than every_rows.",
        json_schema_extra=_words(
            "Short: more commits, which take time; rows of a slow source are safe sooner.",
            unit="seconds",
            unset="no limit",
        ),
    )
    on_unfinished: Literal["resume", "refuse", "restart"] = Field(
        "resume",
        title="Unfinished load",
        description="What a run does that finds another one unfinished: go on with it, refuse, or "
        "start again where that writes no row twice.",
        json_schema_extra=_words(
            "resume reads only what is left. refuse waits for somebody to decide. restart reads "
            "and writes all of it again.",
        ),
    )
    table: str | None = Field(
        None,
        min_length=1,
        title="Table of checkpoints",
        description="The table in which databases keep how far a sink is; by default "
        "_summit_checkpoint beside the sink's table, made where it is missing.",
        json_schema_extra=_words(
            "It says that no other table may be made there: loads that would be staged publish "
            "whole, and one that dies starts again.",
            unset="_summit_checkpoint",
        ),
    )

    @property
    def every(self) -> Every:
        """How often epochs end."""
        return Every(self.every_rows, self.every_bytes, self.every_secs)


class Retry(_Part):
    """How often, and after how long, a run tries again what failed and may work later."""

    attempts: int = Field(
        5,
        ge=1,
        le=1000,
        title="Attempts",
        description="Attempts in a row that may fail, the first among them; 1 never tries again. "
        "They count anew once an epoch is committed.",
        json_schema_extra=_words(
            "Many: what cannot work fails late, after all the waits. 1: the shortest break of a "
            "line ends the run.",
            unit="attempts",
        ),
    )
    delay_secs: float = Field(
        1.0,
        ge=0,
        le=86_400,
        title="First delay",
        description="Seconds before the second attempt.",
        json_schema_extra=_words(
            "Long: the other system has time to recover, and the run stands still meanwhile.",
            unit="seconds",
        ),
    )
    backoff: Literal["fixed", "linear", "exponential"] = Field(
        "exponential",
        title="Growth of delays",
        description="How the delay grows with each attempt: not at all, by itself, or twofold.",
        json_schema_extra=_words(
            "fixed asks a system in trouble as often as one that is well. exponential spares it, "
            "and notices later that it is back.",
        ),
    )
    max_delay_secs: float = Field(
        30.0,
        ge=0,
        le=86_400,
        title="Longest delay",
        description="Seconds that no delay exceeds.",
        json_schema_extra=_words(
            "Long: fewer calls to a system that is down, and it is noticed later that it is back.",
            unit="seconds",
        ),
    )
    jitter: bool = Field(
        True,
        title="Delays vary by chance",
        description="Take off up to half of each delay by chance, so that runs which failed "
        "together do not come back together.",
        json_schema_extra=_words(
            "On: nobody can say to the second when a run tries again. Off: runs that failed "
            "together may fail together once more.",
        ),
    )


class Tolerance(_Part):
    """How many rows may be rejected: a number, or a share of those read; `none` for no row."""

    one_value = True

    rows: int | None = Field(None, ge=0, description="Rows that may be rejected in a load.")
    percent: float | None = Field(
        None, ge=0, le=100, description="Percent of the rows read that may be rejected."
    )
    after_rows: int = Field(
        0, ge=0, description="Rows read before the percentage is judged; with fewer it never is."
    )

    @model_validator(mode="before")
    @classmethod
    def _none_is_no_row(cls, values: Any) -> Any:
        return {"rows": 0} if values == "none" else values

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if (self.rows is None) == (self.percent is None):
            raise PydanticCustomError("tolerance", "it is none, or has either rows or percent")
        if self.percent is None and self.after_rows:
            raise PydanticCustomError("tolerance", "after_rows goes with percent")
        return self


_HOOKS = ("log", "command", "webhook", "function")


class Hook(_Part):
    """Somebody to tell that a run has failed; one of log, command, webhook and function."""

    log: str | None = Field(
        None, min_length=1, description="A file to which the end of the run is added, as a line."
    )
    command: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        description="A program and its arguments, run in the workspace; it reads the end of the "
        "run from its standard input.",
    )
    webhook: str | None = Field(
        None,
        description="An http address to which the end of the run is posted, or a secret reference "
        "such as env:NAME that holds one.",
    )
    function: str | None = Field(
        None,
        pattern=r"^[^\W\d]\w*(\.[^\W\d]\w*)+$",
        description="A Python function by its dotted name, such as alerts.tell: of a module in the "
        "workspace or an installed one. It is called with the error and the end of the run, in a "
        "process of its own.",
    )
    timeout_secs: float = Field(
        10.0, gt=0, le=300, description="Seconds after which it is given up."
    )

    @property
    def kind(self) -> str:
        """Which of them it is."""
        return next(kind for kind in _HOOKS if getattr(self, kind) is not None)

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in _HOOKS) != 1:
            raise PydanticCustomError("hook", "it has one of log, command, webhook and function")
        return self

    @field_validator("webhook")
    @classmethod
    def _is_an_address(cls, webhook: str | None) -> str | None:
        if webhook is not None and not webhook.startswith(("http://", "https://")):
            try:
                parse_reference(webhook)
            except SummitError as error:
                why = f"it is an http address or a secret reference: {error.why}"
                raise PydanticCustomError("webhook", "{why}", {"why": why}) from None
        return webhook


Strategy = Literal["fail_fast", "skip", "dead_letter"]


class Errors(_Part):
    """What becomes of a run, and of rows, when something fails."""

    strategy: Strategy = Field(
        "fail_fast",
        title="Rejected rows",
        description="Of rows that a node rejects and whose rejected port leads nowhere: end the "
        "run at the first (fail_fast), count them and leave them out (skip), or keep them to be "
        "mended and retried (dead_letter).",
        json_schema_extra=_words(
            "fail_fast: one bad row ends the run. skip: rows are missing, and only counts say so. "
            "dead_letter: each rejected row is stored, and waits for somebody.",
        ),
    )
    nodes: Mapping[str, Strategy] = Field(
        default_factory=dict,
        title="Rejected rows of single nodes",
        description="The strategy of single nodes, by id.",
        json_schema_extra=_words(
            "What the strategy costs, at these nodes alone.", unset="that of the pipeline"
        ),
    )
    dead_letters: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        title="Queue of dead letters",
        description="A name for where dead letters are put; pipelines may share one. "
        "`summit dead-letters list --queue NAME` lists what is in it.",
        json_schema_extra=_words(
            "In a queue that pipelines share one looks through the letters of all of them.",
            unset="no name",
        ),
    )
    retry: Retry = Field(default_factory=Retry)
    tolerance: Tolerance | None = Field(
        None,
        title="Tolerated rejects",
        description="Rejected rows that are let go; with more the run fails before it publishes. "
        "Any number where it is not set.",
        json_schema_extra=_words(
            "Few: one bad delivery stops the load. Many: a load is called done while rows of it "
            "are missing.",
            unset="any number",
        ),
    )
    on_error: tuple[Hook, ...] = Field(
        (),
        title="Who is told",
        description="Who is told that a run has failed or stopped at a quality gate. Called in "
        "trusted workspaces only; whatever becomes of it, the run has ended as it has.",
        json_schema_extra=_words(
            "A run that failed ends later by what the telling takes, at most timeout_secs each.",
            unset="nobody",
        ),
    )


class Limits(_Part):
    """How long a run may take. Once it publishes it is left to finish."""

    run_secs: float | None = Field(
        None,
        gt=0,
        title="Time of a run",
        description="Seconds for the whole run, further attempts and waits included.",
        json_schema_extra=_words(
            "Short: a slow day ends the run, and nothing of its open epoch is published. None: a "
            "system that never answers holds it for ever.",
            unit="seconds",
            unset="no limit",
        ),
    )
    node_secs: float | None = Field(
        None,
        gt=0,
        title="Time of a node",
        description="Seconds for each node. Nodes work at the same time: what counts is the time "
        "in which a node was the one that the others waited for.",
        json_schema_extra=_words(
            "Short: one slow node ends the run, and nothing of its open epoch is published.",
            unit="seconds",
            unset="no limit",
        ),
    )


class Settings(_Part):
    """The `settings` of a document."""

    performance: Performance = Field(default_factory=Performance)
    checkpoints: Checkpoints = Field(default_factory=Checkpoints)
    errors: Errors = Field(default_factory=Errors)
    require: Literal["exactly_once"] | None = Field(
        None,
        title="Required promise",
        description="A run refuses to start, rather than promise less, where a crash could write a "
        "row twice or lose one.",
        json_schema_extra=_words(
            "A pipeline with a sink that cannot promise it does not run at all.", unset="none"
        ),
    )
    limits: Limits = Field(default_factory=Limits)
    verify: Literal["counts", "content"] = Field(
        "counts",
        title="Comparison",
        description="What is compared before a run publishes.",
        json_schema_extra=_words(
            "Comparing counts takes next to no time; content reads back all that was written, and "
            "takes longer the more that is.",
        ),
    )


_PARTS: Mapping[tuple[str, ...], type[_Part]] = MappingProxyType(
    {
        (): Settings,
        ("performance",): Performance,
        ("checkpoints",): Checkpoints,
        ("errors",): Errors,
        ("errors", "retry"): Retry,
        ("errors", "tolerance"): Tolerance,
        ("errors", "on_error"): Hook,
        ("limits",): Limits,
    }
)
_LATER: Mapping[str, str] = MappingProxyType(
    {
        "quality": "put the rules in a Quality rules node",
        "alerts": "look at the exit code of `summit run` where you start it",
        "schedule": "start `summit run` from cron or a timer",
        "performance.queue_concurrency": "set parallelism instead",
        "performance.source_concurrency": "set parallelism instead",
        "performance.spill": "nodes spill to disk once they reach memory_limit_mb",
        "performance.spill_folder": "runs spill to the system's folder for temporary files",
        "performance.spill_limit_mb": "runs spill as much as they need",
        "performance.compression": "each sink has a compression of its own",
    }
)
"""Settings that this version does not keep yet, and what holds instead."""


def settings_of(values: Mapping[str, Any]) -> Settings:
    """Return the settings that a document's JSON values mean.

    Raises:
        InvalidSettings: One does not exist, does not fit, or is not kept yet.
    """
    for problem in settings_problems(values):
        raise InvalidSettings(problem.what, why=problem.why, do=problem.do, where=problem.where)
    return Settings.model_validate(dict(values))


def settings_problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what cannot be honoured of a document's settings, in their order."""
    try:
        Settings.model_validate(dict(values))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        keys = list(values)
        for finding in sorted(found, key=lambda f: keys.index(str(f["loc"][0]))):
            yield _problem(tuple(map(str, finding["loc"])), finding["type"], finding["msg"], values)


def _problem(path: tuple[str, ...], kind: str, message: str, values: Mapping[str, Any]) -> Problem:
    name = ".".join(path)
    where = Where(param=f"settings.{name}")
    # A fix names keys; what stands in a list has a place instead.
    remove = () if _placed(path) else (Fix("Take it out", setting=path),)
    if kind == "extra_forbidden" and name in _LATER:
        return Problem(
            "setting_not_kept",
            f"This version does not keep the setting '{name}' yet",
            _LATER[name],
            "take it out, or run the pipeline with a version that keeps it",
            where,
            fixes=remove,
        )
    if kind == "extra_forbidden":
        return _unknown(path, values, where, remove)
    what = f"The setting '{name}' does not fit"
    why = "it is an object of settings" if kind.startswith("model") else message
    return Problem("setting_misfit", what, why, "correct it", where, fixes=remove)


def _unknown(
    path: tuple[str, ...], values: Mapping[str, Any], where: Where, remove: tuple[Fix, ...]
) -> Problem:
    *above, key = path
    known = [*_PARTS[tuple(name for name in above if not name.isdigit())].model_fields]
    later = [n.rpartition(".")[2] for n in _LATER if n.split(".")[:-1] == above]
    near = did_you_mean(key, [*known, *later])
    beside: Any = values
    for name in above:
        beside = beside[int(name) if name.isdigit() else name]
    renames = near in known and near not in beside and not _placed(path)
    rename = (Fix(f"Rename it to '{near}'", setting=path, rename=near),) if renames else ()
    return Problem(
        "setting_unknown",
        f"There is no setting '{'.'.join(path)}'",
        f"{'.'.join(['settings', *above])} has {listing(known)}",
        f"did you mean '{near}'?" if near else "take it out, or begin its name with x- to keep it",
        where,
        fixes=(*rename, *remove),
    )


def _placed(path: tuple[str, ...]) -> bool:
    """Return True if a setting stands in a list."""
    return any(name.isdigit() for name in path)
