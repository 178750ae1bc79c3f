"""The packages a bundle needs, pinned to the versions installed here. Names and versions only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import metadata

from summit_studio.export.project import NAME, Project

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?[^;]*(?:;(.*))?")
_EXTRA = re.compile(r"""extra\s*==\s*['"]([^'"]+)['"]""")
_EXTRA_JOINED = re.compile(
    rf"\s+and\s+\(?{_EXTRA.pattern}\)?|{_EXTRA.pattern}\s+and\s+|{_EXTRA.pattern}"
)


@dataclass
class _Pin:
    version: str
    extras: set[str] = field(default_factory=set)
    markers: set[str] = field(default_factory=set)
    """Where it is wanted; an empty one means everywhere."""


def requirements_of(facts: Project, also: Iterable[str] = ()) -> str:
    """Return the text of requirements.txt: this program and all it needs, with exact versions.

    Args:
        facts: The program.
        also: Further packages, left out where they are not installed.
    """
    pins: dict[str, _Pin] = {}
    todo = [(text, frozenset[str]()) for text in (*facts.requires, *also)]
    while todo:
        text, wanted = todo.pop()
        found = _read(text, wanted)
        if found is None:
            continue
        name, own_extras, marker = found
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # Wanted on other systems only: the installer finds it there.
        known = pins.get(name)
        pin = pins.setdefault(name, _Pin(installed.version.split("+", 1)[0]))
        pin.markers.add(marker)
        if known is None or not own_extras <= pin.extras:
            pin.extras |= own_extras
            todo += [(t, frozenset(pin.extras)) for t in installed.requires or ()]
    lines = [f"{NAME}=={facts.version}", *(_line(n, pins[n]) for n in sorted(pins))]
    return "\n".join(lines) + "\n"


def _read(text: str, wanted: frozenset[str]) -> tuple[str, set[str], str] | None:
    """Return name, extras and marker of a requirement, or None where no extra asks for it."""
    match = _REQUIREMENT.match(text)
    if match is None:
        return None
    marker = (match[3] or "").strip()
    asked = _EXTRA.findall(marker)
    if asked and not wanted & set(asked):
        return None
    if asked:
        marker = _EXTRA_JOINED.sub("", marker).strip()
        # What is left of a nested condition may be no marker; then it is wanted everywhere.
        marker = "" if marker.count("(") != marker.count(")") or marker == "()" else marker
    extras = {e.strip() for e in (match[2] or "").split(",") if e.strip()}
    return re.sub(r"[-_.]+", "-", match[1]).lower(), extras, marker


def _line(name: str, pin: _Pin) -> str:
    extras = f"[{','.join(sorted(pin.extras))}]" if pin.extras else ""
    line = f"{name}{extras}=={pin.version}"
    if "" in pin.markers:
        return line
    markers = sorted(pin.markers)
    joined = markers[0] if len(markers) == 1 else " or ".join(f"({m})" for m in markers)
    return f"{line}; {joined}"
