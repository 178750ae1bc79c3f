"""What holds for all tests: none touches the settings or the history of who runs them."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give the tests a folder of their own for settings and state."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUMMIT_HOME", str(tmp_path_factory.mktemp("home")))
        yield
