"""Summit Studio: draw data pipelines, see real data at every step, run the same file anywhere.

```python
import summit_studio as summit

pipeline = summit.Pipeline("orders", folder="sales")
orders = pipeline.add("csv_source", "orders", path="orders.csv")
paid = orders.to("filter", condition="status = 'paid'")
paid.to("parquet_sink", path="paid.parquet")
pipeline.run().raise_for_status()
```
"""

import sys

from summit_studio.core.version import __version__ as __version__

_API = (
    "CDCMode", "Checkpoint", "CircuitBreaker", "CircuitOpen", "DeadLetterQueue", "Misuse",
    "NoCheckpoint", "NodeHandle", "Pipeline", "PortHandle", "Problems", "Rows", "RunFailed",
    "RunResult", "SummitError",
)  # fmt: skip


def __getattr__(name: str) -> object:
    """Import the API when it is first used: the command and the engine do without it."""
    if name not in _API:
        # With the module, so that Python can say which name is meant.
        what = f"module 'summit_studio' has no attribute '{name}'"
        raise AttributeError(what, name=name, obj=sys.modules[__name__])
    # By name, so that what imports this package does not depend on the API.
    import importlib

    return getattr(importlib.import_module("summit_studio.api"), name)


def __dir__() -> list[str]:
    """Return the public names, those not yet imported among them."""
    return sorted([*globals(), *_API])
