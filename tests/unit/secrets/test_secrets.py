"""Secrets: what is resolved, what is refused, and that nothing shows them."""

import copy
import json
import os
import pickle
import subprocess
import sys
import threading
import traceback
from pathlib import Path

import keyring.backend
import pytest
from keyring.backends import SecretService, chainer, fail, null

from summit_studio.core.errors import SecretMissing
from summit_studio.secrets.keyring import accepted_backend, within
from summit_studio.secrets.reference import parse_reference
from summit_studio.secrets.secret import Secret
from summit_studio.secrets.store import SecretStore

CANARY = "canary-8c1d"


def test_a_secret_shows_itself_only_by_reveal():
    secret = Secret(CANARY)
    assert secret.reveal() == CANARY
    shown = [repr(secret), str(secret), f"{secret}", f"{secret:>40}", "%s" % secret, f"{[secret]}"]  # noqa: UP031
    assert not [text for text in shown if CANARY in text]
    for leak in (pickle.dumps, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as caught:
            leak(secret)
        assert CANARY not in str(caught.value)
    assert not hasattr(secret, "__dict__")


@pytest.mark.parametrize(
    "text", ["", CANARY, f"plain:{CANARY}", "keyring:", "env: ", f"http://{CANARY}"]
)
def test_what_is_no_reference_is_refused_and_not_repeated(text: str):
    with pytest.raises(SecretMissing) as caught:
        parse_reference(text)
    assert caught.value.code == "secret_reference_invalid"
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_the_environment_is_asked():
    store = SecretStore(environ={"PW": CANARY, "EMPTY": ""})
    assert store.resolve("env:PW").reveal() == CANARY
    assert store.resolve("env:EMPTY").reveal() == ""
    with pytest.raises(SecretMissing, match="variable NOPE is not set"):
        store.check("env:NOPE")


def test_a_private_file_is_read_from_the_root(tmp_path: Path):
    path = tmp_path / "pw.txt"
    path.write_bytes(b" two words \r\n")
    path.chmod(0o600)
    store = SecretStore(root=tmp_path)
    assert store.resolve("file:pw.txt").reveal() == " two words "
    assert store.resolve(f"file:{path}").reveal() == " two words "


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_others_can_read_is_refused_with_the_command(tmp_path: Path, mode: int):
    path = tmp_path / "pw.txt"
    path.write_text(CANARY)
    path.chmod(mode)
    with pytest.raises(SecretMissing) as caught:
        SecretStore(root=tmp_path).resolve("file:pw.txt")
    assert caught.value.code == "secret_file_exposed"
    assert caught.value.do == f"run: chmod 600 '{path}'"
    assert f"{mode:03o}" in caught.value.why


def test_an_unreadable_file_says_why(tmp_path: Path):
    store = SecretStore(root=tmp_path)
    with pytest.raises(SecretMissing, match="No such file"):
        store.resolve("file:absent")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "binary").chmod(0o600)
    with pytest.raises(SecretMissing, match="not UTF-8"):
        store.resolve("file:binary")
    (tmp_path / "folder").mkdir(mode=0o700)
    with pytest.raises(SecretMissing):
        store.resolve("file:folder")


class PlaintextKeyring(keyring.backend.KeyringBackend):
    """What keyrings.alt offers: a store in a readable file."""

    priority = 9  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        raise AssertionError(f"a refused store was asked for {service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError(f"a refused store was given {service}/{username}/{password}")


class Keyring(SecretService.Keyring):
    """A subclass may do anything: only the named classes themselves count."""


def refused(backend: object) -> SecretMissing:
    with pytest.raises(SecretMissing) as caught:
        accepted_backend(backend)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("kind", [fail.Keyring, null.Keyring, PlaintextKeyring, Keyring])
def test_a_store_that_does_not_encrypt_is_refused(kind: type):
    error = refused(kind())
    assert error.code == "secret_store_missing"
    assert "env:NAME" in error.do
    assert "file:PATH" in error.do


def test_a_chain_gives_its_accepted_member_or_nothing(monkeypatch: pytest.MonkeyPatch):
    real = SecretService.Keyring()
    chain = chainer.ChainerBackend()
    monkeypatch.setattr(type(chain), "backends", [PlaintextKeyring(), real])
    assert accepted_backend(chain) is real
    monkeypatch.setattr(type(chain), "backends", [PlaintextKeyring(), null.Keyring()])
    assert refused(chain).code == "secret_store_missing"


@pytest.mark.parametrize(
    "backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"]
)
def test_without_a_store_nothing_is_written(tmp_path: Path, backend: str):
    code = f"""
from summit_studio.secrets.store import SecretStore
from summit_studio.core.errors import SecretMissing
store = SecretStore()
for call in (lambda: store.set_secret("a", "{CANARY}"), lambda: store.resolve("keyring:a"),
             lambda: store.delete_secret("a")):
    try:
        call()
    except SecretMissing as error:
        print(error.code)
"""
    env = os.environ | {"PYTHON_KEYRING_BACKEND": backend, "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=Path(__file__).parents[3],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["secret_store_missing"] * 3
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert not [p for p in files if CANARY.encode() in p.read_bytes()]


def test_a_store_that_blocks_is_left_after_the_limit():
    release = threading.Event()
    with pytest.raises(SecretMissing, match="probably locked") as caught:
        within(0.05, "read secret 'a'", release.wait)
    release.set()
    assert caught.value.code == "secret_store_locked"
    assert caught.value.retryable


def test_a_store_that_fails_does_not_quote_what_it_was_given():
    def fail_with_value() -> None:
        raise RuntimeError(f"cannot store {CANARY}")

    with pytest.raises(SecretMissing) as caught:
        within(10, "store secret 'a'", fail_with_value)
    assert "RuntimeError" in caught.value.why
    assert CANARY not in "".join(traceback.format_exception(caught.value))
