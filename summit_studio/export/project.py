"""Facts about summit-studio itself, from its installed metadata or from the checkout it runs in."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from summit_studio.core.version import __version__

NAME = "summit-studio"

PACKAGE = Path(__file__).resolve().parents[1]
"""The folder of the package that is running."""


@dataclass(frozen=True)
class Project:
    """What a wheel says of the project.

    Args:
        requires: Requirements as in `Requires-Dist`, extras among them.
        metadata: The text of METADATA.
        entry_points: The text of entry_points.txt.
        resources: Files that belong into the wheel, by their place in it.
        licences: The licence and the notices, by their names.
    """

    version: str
    requires: tuple[str, ...]
    metadata: str
    entry_points: str
    resources: Mapping[str, Path] = field(default_factory=dict)
    licences: Mapping[str, Path] = field(default_factory=dict)


def project() -> Project:
    """Return the facts of the running program; a checkout's own file wins over older metadata.

    Raises:
        LookupError: Neither is there.
    """
    toml = PACKAGE.parent / "pyproject.toml"
    if toml.is_file():
        return _from_checkout(tomllib.loads(toml.read_text(encoding="utf-8")))
    try:
        found = metadata.distribution(NAME)
    except metadata.PackageNotFoundError:
        raise LookupError("summit-studio is neither installed nor a checkout") from None
    return Project(
        found.version,
        tuple(found.requires or ()),
        found.read_text("METADATA") or "",
        found.read_text("entry_points.txt") or "",
        licences=dict(_licences(found)),
    )


def _from_checkout(toml: Mapping[str, Any]) -> Project:
    facts: Mapping[str, Any] = toml["project"]
    requires = (
        *facts["dependencies"],
        *(
            _with_extra(requirement, extra)
            for extra, some in facts.get("optional-dependencies", {}).items()
            for requirement in some
        ),
    )
    head = {
        "Metadata-Version": "2.4",
        "Name": NAME,
        "Version": __version__,
        "Summary": facts.get("description", ""),
        "Requires-Python": facts.get("requires-python", ">=3.11"),
        "License-Expression": facts["license"],
    }
    lines = [f"{key}: {value}" for key, value in head.items()]
    lines += [f"License-File: {name}" for name in facts["license-files"]]
    lines += [f"Provides-Extra: {extra}" for extra in facts.get("optional-dependencies", {})]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    return Project(
        __version__,
        requires,
        "\n".join(lines) + "\n",
        _entry_points(facts),
        dict(_resources(toml)),
        {name: PACKAGE.parent / name for name in facts["license-files"]},
    )


def _with_extra(requirement: str, extra: str) -> str:
    name, semicolon, marker = requirement.partition(";")
    mine = f'extra == "{extra}"'
    return f"{name.strip()}; ({marker.strip()}) and {mine}" if semicolon else f"{name}; {mine}"


def _entry_points(facts: Mapping[str, Any]) -> str:
    groups = {
        "console_scripts": facts.get("scripts", {}),
        "gui_scripts": facts.get("gui-scripts", {}),
        **facts.get("entry-points", {}),
    }
    blocks = [
        "\n".join([f"[{group}]", *(f"{k} = {v}" for k, v in points.items())])
        for group, points in groups.items()
        if points
    ]
    return "\n\n".join(blocks) + "\n"


def _resources(toml: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Find what hatch puts into a wheel from outside the package, by hatch's own settings."""
    build: Mapping[str, Any] = toml["tool"]["hatch"]["build"]
    wheel: Mapping[str, Any] = build["targets"]["wheel"]
    for included in wheel["only-include"]:
        top, _, rest = included.partition("/")
        base = PACKAGE.parent / included
        for file in sorted(base.rglob("*")) if top in wheel["sources"] else ():
            inner = file.relative_to(base)
            if file.is_file() and not {*build["exclude"]} & {*inner.parts}:
                yield f"{wheel['sources'][top]}/{rest}/{inner.as_posix()}", file


def _licences(found: metadata.Distribution) -> Iterator[tuple[str, Path]]:
    for file in found.files or ():
        if file.match("*.dist-info/licenses/*"):
            yield file.name, Path(str(found.locate_file(file)))
