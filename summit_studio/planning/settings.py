"""The settings of a pipeline: each is honoured, or a problem says that it is not."""

import os
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from summit_studio.core.epochs import Every
from summit_studio.core.errors import SummitError, Where
from summit_studio.core.own_keys import without_own
from summit_studio.core.problems import Fix, Problem
from summit_studio.core.suggest import did_you_mean, listing


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

    publish: Literal["auto", "whole", "each"] = Field(
        "auto",
        description="What readers of a target see while a run is under way: nothing until its end "
        "(whole; a run that dies starts again), or every epoch once it is committed (each; it goes "
        "on where the target stands). auto takes each for loads of more than one epoch.",
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


Strategy = Literal["fail_fast", "skip", "dead_letter"]


class Errors(_Part):
    """What becomes of rows that a node rejects and whose rejected port leads nowhere."""

    strategy: Strategy = Field(
        "fail_fast",
        description="End the run at the first such row (fail_fast), count such rows and leave them "
        "out (skip), or keep them to be mended and retried (dead_letter).",
    )
    nodes: Mapping[str, Strategy] = Field(
        default_factory=dict, description="The strategy of single nodes, by id."
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
    verify: Literal["counts", "content"] = Field(
        "counts", description="What is compared before a run publishes."
    )


_PARTS: Mapping[str, type[_Part]] = MappingProxyType(
    {"performance": Performance, "checkpoints": Checkpoints, "errors": Errors}
)
_LATER: Mapping[str, str] = MappingProxyType(
    {
        "errors.retry": "a run that meets a lost link goes on when it is started again",
        "errors.tolerance": "set strategy to skip or dead_letter: it takes any number of rows",
        "errors.dead_letters": "dead letters are kept in the state database",
        "errors.on_error": "look at the exit code of `summit run` where you start it",
        "limits": "a run takes as long as it needs; end it from outside, as with `timeout`",
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
    remove = Fix("Take it out", setting=path)
    if kind == "extra_forbidden" and name in _LATER:
        return Problem(
            "setting_not_kept",
            f"This version does not keep the setting '{name}' yet",
            _LATER[name],
            "take it out, or run the pipeline with a version that keeps it",
            where,
            fixes=(remove,),
        )
    if kind == "extra_forbidden":
        return _unknown(path, values, where, remove)
    what = f"The setting '{name}' does not fit"
    why = "it is an object of settings" if kind.startswith("model") else message
    return Problem("setting_misfit", what, why, "correct it", where, fixes=(remove,))


def _unknown(
    path: tuple[str, ...], values: Mapping[str, Any], where: Where, remove: Fix
) -> Problem:
    *above, key = path
    known = [*_PARTS.get(above[0] if above else "", Settings).model_fields]
    later = [n.rpartition(".")[2] for n in _LATER if n.split(".")[:-1] == above]
    near = did_you_mean(key, [*known, *later])
    beside = values[above[0]] if above else values
    renames = near in known and near not in beside
    rename = (Fix(f"Rename it to '{near}'", setting=path, rename=near),) if renames else ()
    return Problem(
        "setting_unknown",
        f"There is no setting '{'.'.join(path)}'",
        f"{'.'.join(['settings', *above])} has {listing(known)}",
        f"did you mean '{near}'?" if near else "take it out, or begin its name with x- to keep it",
        where,
        fixes=(*rename, remove),
    )
