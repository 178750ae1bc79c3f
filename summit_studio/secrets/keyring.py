"""`keyring:NAME`: the operating system's store, never one that writes plain text."""

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

from summit_studio.core.errors import SecretMissing
from summit_studio.secrets.reference import OTHERS, absent
from summit_studio.secrets.secret import Secret

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

_WINDOWS_LIMIT: Final = 1280

T = TypeVar("T")


class KeyringStore:
    """The operating system's store.

    Args:
        timeout_secs: Seconds a call may take. A locked store asks its owner by a dialog and would
            otherwise block for ever.
    """

    def __init__(self, timeout_secs: float) -> None:
        self._timeout_secs = timeout_secs

    def get(self, name: str) -> Secret:
        """Return the value kept under `name`.

        Raises:
            SecretMissing: There is none, or the store cannot be opened.
        """
        value = self._limited(
            f"read secret '{name}'", lambda backend: backend.get_password(SERVICE, name)
        )
        if value is None:
            raise absent(
                f"keyring:{name}",
                "the operating system's secret store has no secret of this name",
                f"run 'summit secrets set {name}'",
            )
        return Secret(value)

    def put(self, name: str, value: str) -> None:
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

    def remove(self, name: str) -> None:
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
            raise absent(f"keyring:{name}", "the store has no secret of this name", "")

    def _limited(self, action: str, call: "Callable[[KeyringBackend], T]") -> T:
        return within(self._timeout_secs, action, lambda: call(accepted_backend()))


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
        do=f"start a keyring service (GNOME Keyring, KWallet), or {OTHERS}",
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
            do=f"unlock your keyring and try again, or {OTHERS}",
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
        do=f"unlock your keyring and try again, or {OTHERS}",
        code="secret_store_failed",
        retryable=True,
    )
