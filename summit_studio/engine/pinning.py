"""Runs on pinned rows: what they came from is not read, and the run's log says so."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from summit_studio.core.errors import SummitError
from summit_studio.core.events import Event, RowsPinned, RunStarted
from summit_studio.engine.request import RunRequest
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.pinned import Pin, pins_of
from summit_studio.planning.pins import begun_at, with_pins

Listener = Callable[[Event], None]


def on_pinned_rows(
    request: RunRequest, catalogue: Catalogue | None, listeners: Iterable[Listener]
) -> tuple[RunRequest, Catalogue, list[Listener]]:
    """Return a request for a run on pinned rows as one like all others.

    How far its load comes is kept apart from the loads of all data: it has an environment of its
    own.

    Args:
        request: For such a run.
        catalogue: The node types; None for all that are installed.
        listeners: Who is told of the run; they are told of the pinned rows, too.

    Raises:
        SummitError: Nothing of the pipeline is pinned.
    """
    pins, document = pins_of(request.path), request.document
    if request.begin:
        document, ports = begun_at(document, request.begin)
        pins = {port: pins[port] for port in ports if port in pins}
        if len(pins) < len(ports):
            lost = next(port for port in ports if port not in pins)
            raise SummitError(
                f"There are no pinned rows of '{lost}' to begin with",
                why="what it gives is what the run begins at",
                do="pin its rows in the preview first",
                code="nothing_pinned",
            )
    found = with_pins(document, pins, catalogue or Catalogue.load())
    if not found.used:
        raise SummitError(
            f"'{request.document.name}' has no pinned rows",
            why="none of a node that is there lie beside its file"
            if request.path
            else "they lie beside its file, and it is in none yet",
            do="pin rows in the preview first, or run without them",
            code="nothing_pinned",
        )
    environment = f"{request.environment}-pinned"
    asked = replace(
        request, document=found.document, environment=environment, pinned=False, begin=()
    )
    return asked, found.catalogue, [_telling(found.used, each) for each in listeners]


def _telling(pins: tuple[Pin, ...], listener: Listener) -> Listener:
    def tell(event: Event) -> None:
        listener(event)
        if isinstance(event, RunStarted):
            for told in _told(pins, event):
                listener(told)

    return tell


def _told(pins: tuple[Pin, ...], started: RunStarted) -> Iterator[RowsPinned]:
    for pin in pins:
        names = {pin.port.node, f"{pin.port.node}-{pin.port.port}"}
        if names & set(started.node_ids):
            yield RowsPinned(pin.port.node, pin.port.port, pin.told)
