"""A secret's value while it is used."""

from typing import NoReturn


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
