"""Secrets: references in files, values only here and only while they are used.

A reference is `keyring:NAME` (the operating system's store), `env:NAME` (an environment variable)
or `file:PATH` (a file that only its owner may read).
"""

import os
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from summit_studio.core.errors import SecretMissing, Where

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE: Final = "summit-studio"
"""The service name under which values stand in the operating system's store."""

ACCEPTED_BACKENDS: Final = frozenset(
    {
        ("keyring.backends.SecretService", "Keyring"),
        ("keyring.backends.libsecret", "Keyring"),
        ("keyring.backends.kwallet", "DBusKeyring"),
        ("keyring.backends.kwallet", "DBusKeyringKWallet4"),
        ("keyring.backends.macOS", "Keyring"),
        ("keyring.backends.Windows", "WinVaultKeyring"),
    }
)
"""Stores that encrypt. Any other one (null, fail, plain-text files) is refused by its absence."""

_SCHEMES: Final = ("keyring", "env", "file")
_WINDOWS_LIMIT: Final = 1280
_OTHERS: Final = "use 'env:NAME' (an environment variable) or 'file:PATH' (a private file) instead"

T = TypeVar("T")


class Secret:
    """A value that shows itself only by `reveal()`: never in repr, str, format, JSON or pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value. Hand it straight to the client library; never keep or show it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret cannot be pickled; pass its reference and resolve it there.")


def parse_reference(reference: str) -> tuple[str, str]:
    """Return the scheme and the name of a secret reference.

    Raises:
        SecretMissing: The text is no reference; it is not repeated, since it may be a password.
    """
    scheme, colon, name = reference.partition(":")
    if not colon or scheme not in _SCHEMES or not name.strip():
        raise SecretMissing(
            "Cannot read the secret reference",
            why="it is not of the form keyring:NAME, env:NAME or file:PATH "
            "(not shown, in case it is the secret itself)",
            do="store the value with 'summit secrets set NAME' and write keyring:NAME",
            code="secret_reference_invalid",
        )
    return scheme, name.strip()


class SecretStore:
    """Resolves secret references, and keeps values in the operating system's store.

    Args:
        root: Folder that relative `file:` paths start from; the current one if None.
        environ: Where `env:` looks; the process environment if None.
        keyring_timeout_secs: Seconds a call to the store may take. A locked store asks its owner
            by a dialog and would otherwise block for ever.
    """

    def __init__(
        self,
        root: Path | None = None,
        environ: Mapping[str, str] | None = None,
        keyring_timeout_secs: float = 10.0,
    ) -> None:
        self._root = root
        self._environ = os.environ if environ is None else environ
        self._timeout_secs = keyring_timeout_secs

    def resolve(self, reference: str) -> Secret:
        """Return the secret behind `reference`. May block up to the time limit: off the UI thread.

        Raises:
            SecretMissing: Nothing there, the store is closed or unsafe, or the file is not private.
        """
        scheme, name = parse_reference(reference)
        if scheme == "env":
            return self._from_environment(name)
        if scheme == "file":
            return self._from_file(name)
        return self._from_keyring(name)

    def check(self, reference: str) -> None:
        """Return if `reference` leads to a value.

        Raises:
            SecretMissing: As `resolve` does.
        """
        self.resolve(reference)

    def set_secret(self, name: str, value: str) -> None:
        """Keep `value` under `name` in the operating system's store, over what was there.

        Raises:
            SecretMissing: No store that encrypts, a locked one, or the value is too long for it.
        """
        if os.name == "nt" and len(value) > _WINDOWS_LIMIT:
            raise SecretMissing(
                f"Cannot store secret '{name}'",
                why=f"Windows keeps at most {_WINDOWS_LIMIT} characters a secret",
                do="keep it in a private file and use file:PATH",
                code="secret_too_long",
            )
        self._limited(f"store secret '{name}'", lambda k: k.set_password(SERVICE, name, value))

    def delete_secret(self, name: str) -> None:
        """Remove `name` from the operating system's store.

        Raises:
            SecretMissing: There is no such secret, or the store cannot be opened.
        """

        def delete(backend: "KeyringBackend") -> bool:
            if backend.get_password(SERVICE, name) is None:
                return False
            backend.delete_password(SERVICE, name)
            return True

        if not self._limited(f"delete secret '{name}'", delete):
            raise _absent(f"keyring:{name}", "the store has no secret of this name", "")

    def _from_environment(self, name: str) -> Secret:
        value = self._environ.get(name)
        if value is None:
            raise _absent(
                f"env:{name}", f"the variable {name} is not set", f"set {name} before starting"
            )
        return Secret(value)

    def _from_file(self, name: str) -> Secret:
        path = Path(name).expanduser()
        if self._root is not None:
            path = self._root / path
        try:
            refuse_exposed(path)
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise _absent(
                f"file:{name}",
                f"{path} cannot be read ({error.strerror or type(error).__name__})",
                "write the value there and make the file private (chmod 600)",
            ) from None
        except UnicodeDecodeError:
            raise _absent(f"file:{name}", f"{path} is not UTF-8 text", "save it as text") from None
        return Secret(text.removesuffix("\n").removesuffix("\r"))

    def _from_keyring(self, name: str) -> Secret:
        value = self._limited(
            f"read secret '{name}'", lambda backend: backend.get_password(SERVICE, name)
        )
        if value is None:
            raise _absent(
                f"keyring:{name}",
                "the operating system's secret store has no secret of this name",
                f"run 'summit secrets set {name}'",
            )
        return Secret(value)

    def _limited(self, action: str, call: "Callable[[KeyringBackend], T]") -> T:
        return within(self._timeout_secs, action, lambda: call(accepted_backend()))


def refuse_exposed(path: Path) -> None:
    """Raise SecretMissing if others than the owner may read the file (POSIX only)."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH):
        raise SecretMissing(
            f"Cannot use the secret file {path}",
            why=f"other users may read it (mode {mode:03o})",
            do=f"run: chmod 600 '{path}'",
            code="secret_file_exposed",
            where=Where(file=str(path)),
        )


def accepted_backend(backend: "KeyringBackend | None" = None) -> "KeyringBackend":
    """Return the operating system's secret store, never one that writes plain text.

    Args:
        backend: The store to judge; the one `keyring` has chosen if None. Of a chain, the first
            accepted member is returned, so that the others never see a value.

    Raises:
        SecretMissing: There is no store that encrypts.
    """
    import keyring

    chosen = keyring.get_keyring() if backend is None else backend
    for candidate in [chosen, *getattr(chosen, "backends", ())]:
        kind = type(candidate)
        if (kind.__module__, kind.__qualname__) in ACCEPTED_BACKENDS:
            accepted: KeyringBackend = candidate
            return accepted
    kind = type(chosen)
    raise SecretMissing(
        "Cannot use the operating system's secret store",
        why="there is none that encrypts; found only "
        f"{kind.__module__}.{kind.__qualname__}, which is no store or keeps plain text",
        do=f"start a keyring service (GNOME Keyring, KWallet), or {_OTHERS}",
        code="secret_store_missing",
    )


def within(secs: float, action: str, call: Callable[[], T]) -> T:
    """Return what `call` returns, run in a thread of its own for at most `secs` seconds.

    Raises:
        SecretMissing: It took longer (a locked store waiting for its dialog), or the store failed.
    """
    outcome: list[T] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(call())
        except BaseException as error:  # noqa: BLE001  Carried to the caller's thread below.
            failure.append(error)

    thread = threading.Thread(target=work, name="secret-store", daemon=True)
    thread.start()
    thread.join(secs)
    if outcome:
        return outcome[0]
    if not failure:
        raise SecretMissing(
            f"Cannot {action}",
            why=f"the secret store did not answer within {secs:g} s; it is probably locked",
            do=f"unlock your keyring and try again, or {_OTHERS}",
            code="secret_store_locked",
            retryable=True,
        )
    raise _store_failed(action, failure[0]) from None


def _store_failed(action: str, error: BaseException) -> BaseException:
    if isinstance(error, SecretMissing) or not isinstance(error, Exception):
        return error
    # Only the class: a store's own message may quote what it was given.
    return SecretMissing(
        f"Cannot {action}",
        why=f"the secret store failed ({type(error).__name__})",
        do=f"unlock your keyring and try again, or {_OTHERS}",
        code="secret_store_failed",
        retryable=True,
    )


def _absent(reference: str, why: str, do: str) -> SecretMissing:
    return SecretMissing(f"Cannot find the secret {reference}", why=why, do=do)
