"""The settings of a pipeline: each is honoured, or a problem says that it is not."""

import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
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


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

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
        description="Threads that load and transform the batches of one stream.",
    )
    batch_rows: int = Field(100_000, ge=1, le=10_000_000, description="Rows a batch should have.")
    batch_bytes: int = Field(
        8 << 20,
        ge=1 << 10,
        le=1 << 30,
        description="Bytes of text that a batch of a CSV or JSON lines file is read from.",
    )
    prefetch: int = Field(4, ge=1, le=64, description="Batches that wait on an edge.")
    memory_limit_mb: int | None = Field(
        None,
        ge=64,
        description="Megabytes before blocking nodes spill to disk; all together, "
        "but at least 128 each.",
    )


class Checkpoints(_Part):
    """Where a run that died goes on."""

    publish: Literal["auto", "whole", "staged", "each"] = Field(
        "auto",
        description="What readers of a target see while a run is under way: nothing until its end "
        "(whole; a run that dies starts again), nothing although what is written is kept (staged; "
        "it goes on where it stood, and all shows at once after the last epoch), or every epoch "
        "once it is committed (each; it goes on where the target stands). auto takes whole for "
        "loads of less than an epoch; staged for those that replace what is there, fill a single "
        "file, have a critical rule or compare content; else each.",
    )
    every_rows: int = Field(
        1_000_000,
        ge=1,
        title="Rows of an epoch",
        description="Rows of a source after which an epoch ends.",
    )
    every_bytes: int | None = Field(
        None,
        ge=1,
        description="Bytes of rows, as a source hands them on in memory, after which an epoch ends "
        "even if it has fewer rows than every_rows.",
    )
    every_secs: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="Seconds after which an epoch ends at the next batch, even if it has fewer rows"
        " than every_rows.",
    )
    on_unfinished: Literal["resume", "refuse", "restart"] = Field(
        "resume",
        title="Unfinished load",
        description="What a run does that finds another one unfinished: go on with it, refuse, or "
        "start again where that writes no row twice.",
    )
    table: str | None = Field(
        None,
        min_length=1,
        title="Table of checkpoints",
        description="The table in which databases keep how far a sink is; by default "
        "_summit_checkpoint beside the sink's table, made where it is missing.",
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
        description="Attempts in a row that may fail, the first among them; 1 never tries again. "
        "They count anew once an epoch is committed.",
    )
    delay_secs: float = Field(
        1.0, ge=0, le=86_400, description="Seconds before the second attempt."
    )
    backoff: Literal["fixed", "linear", "exponential"] = Field(
        "exponential",
        description="How the delay grows with each attempt: not at all, by itself, or twofold.",
    )
    max_delay_secs: float = Field(
        30.0, ge=0, le=86_400, description="Seconds that no delay exceeds."
    )
    jitter: bool = Field(
        True,
        description="Take off up to half of each delay by chance, so that runs which failed "
        "together do not come back together.",
    )


class Tolerance(_Part):
    """How many rows may be rejected: a number, or a share of those read; `none` for no row."""

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
        description="Of rows that a node rejects and whose rejected port leads nowhere: end the "
        "run at the first (fail_fast), count them and leave them out (skip), or keep them to be "
        "mended and retried (dead_letter).",
    )
    nodes: Mapping[str, Strategy] = Field(
        default_factory=dict, description="The strategy of single nodes, by id."
    )
    dead_letters: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        title="Queue of dead letters",
        description="A name for where dead letters are put; pipelines may share one. "
        "`summit dead-letters list --queue NAME` lists what is in it.",
    )
    retry: Retry = Field(default_factory=Retry)
    tolerance: Tolerance | None = Field(
        None,
        description="Rejected rows that are let go; with more the run fails before it publishes. "
        "Any number where it is not set.",
    )
    on_error: tuple[Hook, ...] = Field(
        (),
        description="Who is told that a run has failed or stopped at a quality gate. Called in "
        "trusted workspaces only; whatever becomes of it, the run has ended as it has.",
    )


class Limits(_Part):
    """How long a run may take. Once it publishes it is left to finish."""

    run_secs: float | None = Field(
        None, gt=0, description="Seconds for the whole run, further attempts and waits included."
    )
    node_secs: float | None = Field(
        None,
        gt=0,
        description="Seconds for each node. Nodes work at the same time: what counts is the time "
        "in which a node was the one that the others waited for.",
    )


class Settings(_Part):
    """The `settings` of a document."""

    performance: Performance = Field(default_factory=Performance)
    checkpoints: Checkpoints = Field(default_factory=Checkpoints)
    errors: Errors = Field(default_factory=Errors)
    require: Literal["exactly_once"] | None = Field(
        None,
        description="A run refuses to start, rather than promise less, where a crash could write a "
        "row twice or lose one.",
    )
    limits: Limits = Field(default_factory=Limits)
    verify: Literal["counts", "content"] = Field(
        "counts", description="What is compared before a run publishes."
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
