# What __init__.py gives lazily, for type checkers.
from summit_studio.api import Checkpoint as Checkpoint
from summit_studio.api import CircuitBreaker as CircuitBreaker
from summit_studio.api import CircuitOpen as CircuitOpen
from summit_studio.api import DeadLetterQueue as DeadLetterQueue
from summit_studio.api import Misuse as Misuse
from summit_studio.api import NoCheckpoint as NoCheckpoint
from summit_studio.api import NodeHandle as NodeHandle
from summit_studio.api import Pipeline as Pipeline
from summit_studio.api import PortHandle as PortHandle
from summit_studio.api import Problems as Problems
from summit_studio.api import Rows as Rows
from summit_studio.api import RunFailed as RunFailed
from summit_studio.api import RunResult as RunResult
from summit_studio.api import SummitError as SummitError

__version__: str
