"""What is shipped says whose it is and holds what the program reads."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOML = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def needed() -> dict[str, str]:
    """Return the direct dependencies, by their names in small letters."""
    project = TOML["project"]
    lines = [*TOML["build-system"]["requires"], *project["dependencies"]]
    lines += [line for extra in project["optional-dependencies"].values() for line in extra]
    names = [re.match(r"[\w.-]+", line)[0] for line in lines]
    return {name.lower(): name for name in names}


def noticed() -> dict[str, tuple[str, str]]:
    """Return licence and purpose of each package of the notices."""
    text = (ROOT / "THIRD-PARTY-NOTICES.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", text, re.MULTILINE)
    return {
        name.lower(): (licence, purpose) for name, licence, purpose in rows if name != "package"
    }


def test_the_notices_name_every_direct_dependency_and_no_other():
    missing = sorted(needed().keys() - noticed().keys())
    assert not missing, f"add to THIRD-PARTY-NOTICES.md: {missing}"
    stale = sorted(noticed().keys() - needed().keys())
    assert not stale, f"not needed any more, take out of THIRD-PARTY-NOTICES.md: {stale}"


def test_each_notice_says_licence_and_purpose():
    assert [name for name, words in noticed().items() if not all(w.strip() for w in words)] == []


@pytest.mark.parametrize("name", TOML["project"]["license-files"])
def test_licence_files_are_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "Apache License" in text


@pytest.mark.parametrize("target", ["wheel", "sdist"])
def test_every_folder_of_resources_that_the_program_reads_is_shipped(target):
    sources = (ROOT / "summit_studio").rglob("*.py")
    calls = (re.findall(r"\bresource\(f?\"(\w+)", p.read_text("utf-8")) for p in sources)
    read = {f"resources/{folder}" for found in calls for folder in found}
    assert {"resources/icons", "resources/themes", "resources/examples"} <= read
    assert read <= {*TOML["tool"]["hatch"]["build"]["targets"][target]["only-include"]}
