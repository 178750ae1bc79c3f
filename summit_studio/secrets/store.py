"""Secrets: references in files, values only here and only while they are used.

A reference is `keyring:NAME` (the operating system's store), `env:NAME` (an environment variable)
or `file:PATH` (a file that only its owner may read).
"""

import os
from collections.abc import Mapping
from pathlib import Path

from summit_studio.secrets.environment import from_environment
from summit_studio.secrets.file import from_file
from summit_studio.secrets.keyring import KeyringStore
from summit_studio.secrets.reference import parse_reference
from summit_studio.secrets.secret import Secret


class SecretStore:
    """Resolves secret references, and keeps values in the operating system's store.

    Args:
        root: Folder that relative `file:` paths start from; the current one if None.
        environ: Where `env:` looks; the process environment if None.
        keyring_timeout_secs: Seconds a call to the operating system's store may take.
    """

    def __init__(
        self,
        root: Path | None = None,
        environ: Mapping[str, str] | None = None,
        keyring_timeout_secs: float = 10.0,
    ) -> None:
        self._root = root
        self._environ = os.environ if environ is None else environ
        self._keyring = KeyringStore(keyring_timeout_secs)

    def resolve(self, reference: str) -> Secret:
        """Return the secret behind `reference`. May block up to the time limit: off the UI thread.

        Raises:
            SecretMissing: Nothing there, the store is closed or unsafe, or the file is not private.
        """
        scheme, name = parse_reference(reference)
        if scheme == "env":
            return from_environment(name, self._environ)
        if scheme == "file":
            return from_file(name, self._root)
        return self._keyring.get(name)

    def place(self, name: str) -> Path:
        """Return where a file is that is named beside secrets, such as the key of a certificate."""
        path = Path(name).expanduser()
        return path if self._root is None else self._root / path

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
        self._keyring.put(name, value)

    def delete_secret(self, name: str) -> None:
        """Remove `name` from the operating system's store.

        Raises:
            SecretMissing: There is no such secret, or the store cannot be opened.
        """
        self._keyring.remove(name)
