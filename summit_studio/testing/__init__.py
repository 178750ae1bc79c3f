r"""What the author of a node type needs to know that it keeps its promises; needs no pytest.

```python
from summit_studio.testing import Bench, check_sink, check_source, run_examples

def test_my_source(tmp_path):
    bench = Bench.at(tmp_path, MySource)
    bench.prepare({"in.txt": "1\n2\n3\n"})
    check_source(bench, bench.bind("my_source", {"path": "in.txt"}), batch_rows=1)
    run_examples(bench, MySource)
```

A promise that is not kept raises `Broken`, an AssertionError that says which, and how it showed.
"""

from summit_studio.testing.bench import Bench, Table
from summit_studio.testing.broken import Broken
from summit_studio.testing.examples import run_examples
from summit_studio.testing.sinks import check_sink
from summit_studio.testing.sources import Read, check_source

__all__ = ["Bench", "Broken", "Read", "Table", "check_sink", "check_source", "run_examples"]
