"""The settings of a pipeline: how it uses the machine."""

import os
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from summit_studio.core.errors import SummitError, Where


class InvalidSettings(SummitError):
    """A setting does not exist or does not fit."""

    code = "settings_invalid"


class Performance(BaseModel):
    """How a run uses the machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parallelism: int = Field(
        default_factory=lambda: min(os.cpu_count() or 2, 8),
        ge=1,
        le=64,
        description="Threads that load and transform the batches of one stream.",
    )
    batch_rows: int = Field(100_000, ge=1, le=10_000_000, description="Rows a batch should have.")
    prefetch: int = Field(4, ge=1, le=64, description="Batches that wait on an edge.")
    memory_limit_mb: int | None = Field(
        None,
        ge=64,
        description="Megabytes before blocking nodes spill to disk; all together, "
        "but at least 128 each.",
    )


class Settings(BaseModel):
    """The `settings` of a document. Parts of later versions are let through unread."""

    model_config = ConfigDict(frozen=True, extra="allow")

    performance: Performance = Field(default_factory=Performance)


def settings_of(values: Mapping[str, Any]) -> Settings:
    """Return the settings that a document's JSON values mean.

    Raises:
        InvalidSettings: One does not exist or does not fit.
    """
    try:
        return Settings.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidSettings(
            f"The setting '{name}' does not fit",
            why=first["msg"],
            do="correct it in the pipeline's properties",
            where=Where(param=f"settings.{name}"),
        ) from None
