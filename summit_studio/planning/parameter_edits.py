"""Renaming the parameters of a pipeline, and who speaks of them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from summit_studio.document.edits import Compound, Edit, SetNote, SetParams, SetProperties
from summit_studio.document.model import Document
from summit_studio.planning.parameters import placeholders


def users_of(document: Document, name: str) -> list[str]:
    """Return the ids of the nodes whose params speak of a parameter, in the document's order."""
    return [i for i, node in document.nodes.items() if name in set(placeholders(node.params))]


def carried(document: Document, properties: SetProperties, new_names: Mapping[str, str]) -> Edit:
    """Return an edit of properties that renames parameters wherever `${name}` stands as well.

    Args:
        document: The pipeline before the edit.
        properties: The edit, with the parameters under their new names.
        new_names: The new names by the old ones. Two may change places.

    Returns:
        One edit for params of nodes, settings and notes; `properties` where no name changes.
    """
    names = {old: new for old, new in new_names.items() if old != new}
    if not names:
        return properties
    if properties.settings is not None:
        properties = replace(properties, settings=_renamed(properties.settings, names))
    edits: list[Edit] = [properties]
    for node in document.nodes.values():
        params = _renamed(node.params, names)
        if params != node.params:
            edits.append(SetParams(node.id, params))
    for note in document.notes.values():
        text = _renamed(note.text, names)
        if text != note.text:
            edits.append(SetNote(note.id, text))
    return Compound("Rename parameters" if len(names) > 1 else "Rename parameter", tuple(edits))


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _renamed(inner, names) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_renamed(inner, names) for inner in value)
    if not isinstance(value, str):
        return value
    # All at once: of two that change places neither is renamed twice.
    spoken = "|".join(map(re.escape, names))
    return re.sub(rf"\$\{{({spoken})\}}", lambda found: f"${{{names[found[1]]}}}", value)
