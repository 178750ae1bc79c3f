"""Garbage: what nobody holds any more ends in the interface's thread."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from summit_studio.app.shell.garbage import GarbageCollector


class _Loop(QObject):
    """Holds itself, so that only the collector ends it."""

    def __init__(self, ended: list[int]) -> None:
        super().__init__()
        self.itself = self
        self.ended = ended

    def __del__(self) -> None:
        self.ended.append(threading.get_ident())


def _allocate(kept: list[list[int]]) -> None:
    kept.extend([] for _ in range(200_000))


@pytest.fixture(autouse=True)
def _left_as_found():
    yield
    gc.disable()  # As all tests of the editor have it.


@pytest.mark.parametrize("cycles", [1, 30])
def test_a_worker_that_allocates_ends_nothing_of_the_interface(qtbot, cycles):
    collector = GarbageCollector()
    ended = []
    for _ in range(cycles):
        _Loop(ended)
    kept: list[list[int]] = []
    worker = threading.Thread(target=_allocate, args=(kept,))
    worker.start()
    worker.join()
    assert ended == []
    collector.start()
    qtbot.waitUntil(lambda: len(ended) == cycles)
    collector.stop()
    assert set(ended) == {threading.get_ident()}


def test_python_collects_again_once_the_collector_stopped(qtbot):
    collector = GarbageCollector()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
