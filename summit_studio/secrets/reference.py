"""References: `keyring:NAME`, `env:NAME`, `file:PATH`. Files hold these, never values."""

from typing import Final

from summit_studio.core.errors import SecretMissing

SCHEMES: Final = ("keyring", "env", "file")
"""The stores that a reference can name."""

OTHERS: Final = "use 'env:NAME' (an environment variable) or 'file:PATH' (a private file) instead"
"""What to do where the operating system keeps no secrets."""


def parse_reference(reference: str) -> tuple[str, str]:
    """Return the scheme and the name of a secret reference.

    Raises:
        SecretMissing: The text is no reference; it is not repeated, since it may be a password.
    """
    scheme, colon, name = reference.partition(":")
    if not colon or scheme not in SCHEMES or not name.strip():
        raise SecretMissing(
            "Cannot read the secret reference",
            why="it is not of the form keyring:NAME, env:NAME or file:PATH "
            "(not shown, in case it is the secret itself)",
            do="store the value with 'summit secrets set NAME' and write keyring:NAME",
            code="secret_reference_invalid",
        )
    return scheme, name.strip()


def absent(reference: str, why: str, do: str) -> SecretMissing:
    """Return the error about a reference that leads nowhere."""
    return SecretMissing(f"Cannot find the secret {reference}", why=why, do=do)
