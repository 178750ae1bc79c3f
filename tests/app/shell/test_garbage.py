"""Garbage: what nobody holds any more ends in the interface's thread."""

import gc
import threading

import pytest
from PySide6.QtCore import QObject

from summit_studio.app.shell import garbage
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
    gc.unfreeze()
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


def test_what_lived_through_a_collection_is_looked_at_again_in_a_rest(qtbot, monkeypatch):
    monkeypatch.setattr(garbage, "_REST", 3)
    collector = GarbageCollector()
    ended: list[int] = []
    held = _Loop(ended)
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 0))
    collector.collect_due()
    gc.collect()
    gc.freeze()
    del held
    gc.collect()
    assert ended == [], "it was left out"
    collector.collect_due()
    assert ended == [], "there was no rest yet"
    collector.collect_due()
    assert len(ended) == 1
    assert gc.get_freeze_count() > 0
    collector.stop()
    assert gc.get_freeze_count() == 0


def test_a_collection_of_all_leaves_out_what_lives(qtbot, monkeypatch):
    collector = GarbageCollector()
    kept: list[list[int]] = []
    _allocate(kept)
    monkeypatch.setattr(gc, "get_count", lambda: (200_000, 11, 11))
    collector.collect_due()
    assert gc.get_freeze_count() >= len(kept)
    collector.stop()
