"""Looks for secrets in plain text, so that no bundle ever carries one."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from summit_studio.core.errors import SecretMissing, SummitError, Where
from summit_studio.secrets.reference import parse_reference

_NAMES = frozenset(
    {
        "password", "passwd", "passphrase", "pwd", "secret", "token", "access_token", "api_key",
        "apikey", "auth_token", "client_secret", "private_key", "secret_key", "secret_access_key",
    }
)  # fmt: skip

_SHAPES = (
    re.compile(r"://[^\s/:@]*:[^\s/@$]+@"),  # A URL with a password.
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    re.compile(r"(?i)\b(?:password|pwd)\s*=\s*(?!\$\{)[^\s;,'\"&]+[;&]"),  # A DSN.
)


class PlainSecret(SummitError):
    """Something that is to leave this machine holds a secret in plain text."""

    code = "plain_secret"


def refuse_plain_secrets(values: Mapping[str, Any], where: Where) -> None:
    """Refuse values that hold a secret; the secret is not repeated.

    Args:
        values: JSON values, nested to any depth.
        where: The node or file they belong to.

    Raises:
        PlainSecret: One of them is one, or looks like one.
    """
    for name in _found(values, ""):
        raise PlainSecret(
            f"Cannot export: '{name}' holds a secret in plain text",
            why="a bundle may be copied and shared (the value is not shown)",
            do="store it with 'summit secrets set NAME' and write keyring:NAME, or env:NAME",
            where=where,
        )


def _found(value: Any, name: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _found(inner, str(key))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _found(inner, name)
    elif isinstance(value, str) and value:
        named = name.casefold().replace("-", "_") in _NAMES and not _harmless(value)
        if named or any(shape.search(value) for shape in _SHAPES):
            yield name


def _harmless(value: str) -> bool:
    if re.fullmatch(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}", value):
        return True
    try:
        parse_reference(value)
    except SecretMissing:
        return False
    return True
