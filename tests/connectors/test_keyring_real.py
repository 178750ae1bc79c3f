"""A real GNOME keyring daemon on a D-Bus session of its own, in a home folder of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = ("dbus-run-session", "gnome-keyring-daemon", "bash")
MISSING = [name for name in PROGRAMS if shutil.which(name) is None]

pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(bool(MISSING), reason=f"needs the programs {', '.join(MISSING)}"),
]

UNLOCK = 'printf "\\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; '

ROUND_TRIP = """
from summit_studio.secrets.store import SecretStore
from summit_studio.secrets.keyring import accepted_backend
from summit_studio.core.errors import SecretMissing
store = SecretStore()
print(type(accepted_backend()).__module__)
store.set_secret("shop", "pässword 'x'")
assert store.resolve("keyring:shop").reveal() == "pässword 'x'"
store.check("keyring:shop")
store.set_secret("shop", "second")
assert store.resolve("keyring:shop").reveal() == "second"
store.delete_secret("shop")
for call in (lambda: store.resolve("keyring:shop"), lambda: store.delete_secret("shop")):
    try:
        call()
    except SecretMissing as error:
        print(error.code)
"""

LOCKED = """
from summit_studio.secrets.store import SecretStore
from summit_studio.core.errors import SecretMissing
try:
    SecretStore(keyring_timeout_secs=3).resolve("keyring:shop")
except SecretMissing as error:
    print(error.code, "env:NAME" in error.do)
"""


def run(tmp_path: Path, before: str, code: str, **environ: str) -> str:
    home, runtime = tmp_path / "home", tmp_path / "runtime"
    home.mkdir()
    runtime.mkdir(mode=0o700)
    env = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "DBUS_SESSION_BUS_ADDRESS"}}
    env |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "CODE": code} | environ
    root = Path(__file__).parents[2]
    # The session ends with the shell; exec would leave the daemon waiting.
    shell = f'{before} exec "{sys.executable}" -c "$CODE"'
    done = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", shell],
        env=env, cwd=root, capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_secret_goes_into_the_store_and_comes_back(tmp_path: Path):
    out = run(tmp_path, UNLOCK, ROUND_TRIP).split()
    assert out[0] in {"keyring.backends.SecretService", "keyring.backends.libsecret"}
    assert out[1:] == ["secret_missing", "secret_missing"]
    stored = [p for p in (tmp_path / "home").rglob("*") if p.is_file()]
    assert stored
    assert not [p for p in stored if "pässword".encode() in p.read_bytes()]


def test_a_session_without_a_store_says_what_to_do(tmp_path: Path):
    out = run(tmp_path, "", LOCKED).split()
    assert out[0].startswith("secret_store_")
    assert out[1] == "True"
