"""The wheel made of the running program, and the pins beside it."""

import hashlib
import subprocess
import sys
import zipfile
from importlib import metadata

import summit_studio
from summit_studio.export.plain_secrets import refuse_plain_secrets
from summit_studio.export.project import PACKAGE, Project, project
from summit_studio.export.requirements import requirements_of
from summit_studio.export.wheel import build_wheel


def facts(*requires: str) -> Project:
    return Project("1.0", requires, "", "")


def test_pip_installs_the_wheel_and_its_command_runs(tmp_path):
    wheel = build_wheel(project(), tmp_path)
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
    pip += ["--disable-pip-version-check", "--root-user-action=ignore", "--target", str(site)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, str(site / "bin" / "summit"), "--version"],
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"summit {summit_studio.__version__}\n"


def test_the_wheel_holds_the_package_and_its_record_is_true(tmp_path):
    import base64

    wheel = build_wheel(project(), tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (record,) = [n for n in names if n.endswith("/RECORD")]
        lines = archive.read(record).decode().splitlines()
        for line in lines:
            name, digest, size = line.rsplit(",", 2)
            if name != record:
                data = archive.read(name)
                made = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
                assert (digest, size) == (f"sha256={made.decode()}", str(len(data)))
    assert len(lines) == len(names)
    sources = {p.relative_to(PACKAGE.parent).as_posix() for p in PACKAGE.rglob("*.py")}
    assert sources <= names
    assert not any("__pycache__" in n for n in names)


def test_the_wheel_holds_what_the_editor_reads_and_the_licence(tmp_path):
    with zipfile.ZipFile(build_wheel(project(), tmp_path)) as archive:
        names = set(archive.namelist())
    info = f"summit_studio-{summit_studio.__version__}.dist-info"
    assert {
        "summit_studio/resources/icons/csv.svg",
        "summit_studio/resources/themes/studio.qss",
        "summit_studio/resources/examples/orders/orders.summit.json",
        f"{info}/licenses/LICENSE",
        f"{info}/licenses/THIRD-PARTY-NOTICES.md",
    } <= names
    assert not any("/out/" in name for name in names)


def test_equal_programs_give_equal_wheels(tmp_path):
    first = build_wheel(project(), tmp_path / "a")
    second = build_wheel(project(), tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


def test_pins_are_those_installed_with_what_they_need_in_turn():
    lines = requirements_of(facts("pydantic>=2", "psycopg[binary]>=3")).splitlines()
    assert lines[0] == "summit-studio==1.0"
    assert f"pydantic=={metadata.version('pydantic')}" in lines
    assert f"pydantic-core=={metadata.version('pydantic-core')}" in lines
    assert f"psycopg[binary]=={metadata.version('psycopg')}" in lines
    assert any(line.startswith("psycopg-binary==") for line in lines)


def test_extras_nobody_asked_for_and_packages_of_other_systems_are_left_out():
    text = requirements_of(
        facts(
            'pandas>=2; extra == "pandas"',
            "not-on-this-system>=1; sys_platform == 'plan9'",
            "rich>=14; python_version < '99'",
        )
    )
    assert "pandas" not in text
    assert "not-on-this-system" not in text
    assert f"rich=={metadata.version('rich')}; python_version < '99'" in text


def test_references_and_placeholders_are_no_secrets():
    from summit_studio.core.errors import Where

    values = {
        "password": "keyring:shop",
        "token": "${token}",
        "secret": "",
        "nested": [{"url": "https://example.org/a:b@c", "dsn": "postgresql://ana@db/shop"}],
        "condition": "password = 'x' AND token <> ''",
    }
    refuse_plain_secrets(values, Where())
