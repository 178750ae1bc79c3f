"""The frames that a canvas is timed by; for any Qt binding, so nothing of Qt is imported."""

import time
from collections.abc import Callable
from typing import Any

COLUMNS, STEP_X, STEP_Y = 40, 280, 120
FRAMES = 60
DRAGGED = 420


def place(number: int) -> tuple[int, int]:
    """Return where a node of the snake stands."""
    row, column = divmod(number, COLUMNS)
    return (column if row % 2 == 0 else COLUMNS - 1 - column) * STEP_X, row * STEP_Y


def percentile_99(times: list[float]) -> float:
    """Return the time that one in a hundred is above."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]


def frames_of(app: Any, view: Any) -> dict[str, list[float]]:
    """Return the milliseconds of each frame, from the event to the last pixel."""
    return moves_of(app, view) | {
        "live": series(app, view, view.show_counts, zoom=0.6),
        "live-all": series(app, view, view.show_counts, zoom=None),
    }


def moves_of(app: Any, view: Any, count: int = FRAMES) -> dict[str, list[float]]:
    """Return the milliseconds of `count` frames each of panning, zooming and dragging."""

    def zoom(step: int) -> None:
        view.zoom_at(0.1 * 20 ** (abs(2 * step / count - 1)))

    return {
        "pan": series(app, view, lambda i: view.pan_by(7, 3 if i % 2 else -3), 1.0, count),
        "pan-all": series(app, view, lambda i: view.pan_by(2 if i % 2 else -2, 1), None, count),
        "zoom": series(app, view, zoom, 1.0, count),
        "drag": _drag(app, view, count),
    }


def series(
    app: Any, view: Any, act: Callable[[int], None], zoom: float | None, count: int = FRAMES
) -> list[float]:
    """Return the milliseconds of each act and its drawing; `zoom` None shows all."""
    view.look(zoom)
    draw(app)
    return [_timed(app, act, step) for step in range(count)]


def _drag(app: Any, view: Any, count: int) -> list[float]:
    view.look(1.0)
    draw(app)
    view.press()
    times = [_timed(app, lambda i: view.drag_to(8 * i, 4 * i), step) for step in range(count)]
    view.release()
    draw(app)
    return times


def _timed(app: Any, act: Callable[[int], None], step: int) -> float:
    start = time.perf_counter()
    act(step)
    draw(app)
    return (time.perf_counter() - start) * 1000


def draw(app: Any) -> None:
    """Let the scene gather its changes at the end of a turn, and the view paint in the next."""
    for _ in range(3):
        app.processEvents()
