"""Pipelines from Python: a facade over documents, their edits and the engine."""

from summit_studio.api.handles import NodeHandle, PortHandle
from summit_studio.api.pipeline import Pipeline
from summit_studio.api.results import Rows, RunFailed, RunResult
from summit_studio.core.errors import SummitError

__all__ = ["NodeHandle", "Pipeline", "PortHandle", "Rows", "RunFailed", "RunResult", "SummitError"]
