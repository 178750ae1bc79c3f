"""Keys and promises of a document that this version knows nothing of: none is passed over.

What only draws (notes, places) is a warning, since it changes nothing of a run.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from summit_studio.core.errors import InvalidDocument, Where
from summit_studio.core.own_keys import is_own
from summit_studio.core.problems import Fix, Problem, Severity
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.document.model import Document
from summit_studio.document.modules import MODULE_KEYS, is_module, module_of
from summit_studio.document.reading import (
    KEYS,
    LAYOUT_KEYS,
    MODES,
    NODE_KEYS,
    NOTE_KEYS,
    PARAMETER_KEYS,
)
from summit_studio.planning.settings import settings_problems

_TOP = (*KEYS, "description", "frames")
"""The keys of a document; lists of pipelines show the description, frames are warned of."""


def unkept(document: Document) -> Iterator[Problem]:
    """Yield what stands in a document of this format and would be ignored."""
    yield from _mode(document.mode)
    yield from settings_problems(document.settings)
    if is_module(document):
        yield from _module(document)
    else:
        yield from _keys(document.extra, _TOP, "the pipeline", Where())
    for node in document.nodes.values():
        place = Where(node_id=node.id, node_title=node.title)
        yield from _keys(node.extra, NODE_KEYS, f"node '{node.id}'", place)
    for parameter in document.parameters.values():
        of = f"parameter '{parameter.name}'"
        yield from _keys(parameter.extra, PARAMETER_KEYS, of, Where())
    yield from _drawn(document)
    if document.tests:
        yield Problem(
            "tests_not_run",
            "The tests of this pipeline are not run",
            "this version has no command for them yet",
            "keep them for a version that has",
            Where(param="tests"),
            Severity.WARNING,
        )


def _module(document: Document) -> Iterator[Problem]:
    yield from _keys(document.extra, (*_TOP, *MODULE_KEYS), "the module", Where())
    try:
        module_of(document)
    except InvalidDocument as error:
        yield Problem.from_error(error)


def _mode(mode: str) -> Iterator[Problem]:
    if mode == "etl":
        return
    where, fix = Where(param="mode"), Fix("Run it as etl", mode="etl")
    if mode in MODES:
        what = f"This version does not run pipelines of mode '{mode}' yet"
        why = "it computes here, between source and target"
        yield Problem("mode_not_kept", what, why, "set the mode to etl", where, fixes=(fix,))
        return
    near = did_you_mean(mode, MODES)
    yield Problem(
        "mode_unknown",
        f"There is no mode '{mode}'",
        f"the modes are {listing(MODES)}",
        f"did you mean '{near}'?" if near else "set the mode to etl",
        where,
        fixes=(fix,),
    )


def _keys(
    extra: Mapping[str, Any],
    known: Iterable[str],
    owner: str,
    place: Where,
    severity: Severity = Severity.ERROR,
) -> Iterator[Problem]:
    for key in extra:
        if is_own(key) or key in known:
            continue
        near = did_you_mean(key, known)
        yield Problem(
            "key_unknown",
            f"There is no key '{key}' in {owner}",
            f"this version knows {listing(known)}",
            f"did you mean '{near}'?"
            if near
            else "take it out, or begin its name with x- to keep it",
            Where(node_id=place.node_id, node_title=place.node_title, param=key),
            severity,
        )


def _drawn(document: Document) -> Iterator[Problem]:
    for note in document.notes.values():
        yield from _keys(note.extra, NOTE_KEYS, f"note '{note.id}'", Where(), Severity.WARNING)
    yield from _keys(document.layout.extra, LAYOUT_KEYS, "the layout", Where(), Severity.WARNING)
    if "frames" in document.extra:
        what, why = "Frames are not drawn", "this version has notes only"
        do, where = "keep them for a version that draws them", Where(param="frames")
        yield Problem("frames_not_drawn", what, why, do, where, Severity.WARNING)
