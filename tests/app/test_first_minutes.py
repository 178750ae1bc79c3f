"""A stranger's first minutes, played by mouse alone and by keyboard alone in a real window."""

import shutil

import pytest

from tests.hands.person import PROGRAMS
from tests.hands.sessions import MOST, SESSIONS, found, play

MISSING = [name for name in PROGRAMS if shutil.which(name) is None]

pytestmark = [
    pytest.mark.window,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SESSIONS)
def test_a_pipeline_is_drawn_run_and_looked_at_in_few_actions(name, tmp_path):
    person = play(name, tmp_path / name)
    assert found(tmp_path / name) == (3, 1)
    assert len(person.actions) <= MOST
