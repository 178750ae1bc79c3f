"""Pipelines from Python: a facade over documents, their edits and the engine."""

from summit_studio.api.breaker import CircuitBreaker
from summit_studio.api.changes import CDCMode
from summit_studio.api.checkpoints import Checkpoint, NoCheckpoint
from summit_studio.api.dead_letters import DeadLetterQueue
from summit_studio.api.handles import NodeHandle, PortHandle
from summit_studio.api.misuse import Misuse
from summit_studio.api.pipeline import Pipeline
from summit_studio.api.problems import Problems
from summit_studio.api.results import RunFailed, RunResult
from summit_studio.api.rows import Rows
from summit_studio.connectors.breaker import CircuitOpen
from summit_studio.core.errors import SummitError

__all__ = [
    "CDCMode",
    "Checkpoint",
    "CircuitBreaker",
    "CircuitOpen",
    "DeadLetterQueue",
    "Misuse",
    "NoCheckpoint",
    "NodeHandle",
    "Pipeline",
    "PortHandle",
    "Problems",
    "Rows",
    "RunFailed",
    "RunResult",
    "SummitError",
]
