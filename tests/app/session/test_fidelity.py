"""Random edits by the editor's history, undone and redone; a thousand runs are a benchmark case."""

import pytest

from tests.benchmarks.fidelity import EDITS, fidelity


@pytest.mark.parametrize("seed", range(1_000, 1_020))
def test_undo_all_and_redo_all_give_the_very_texts(qapp, seed):
    assert fidelity(seed) == (EDITS, True)
