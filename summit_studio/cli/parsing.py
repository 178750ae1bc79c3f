"""Reads the words of a command line; one that cannot be read is an error like every other."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from summit_studio.core.errors import SummitError


class Usage(SummitError):
    """The command was called in a way that makes no sense."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """An argument parser that answers what it does not know with what may be meant.

    `names` says what else people call a choice, such as a command.
    """

    names: Mapping[str, Sequence[str]] = {}

    def error(self, message: str) -> NoReturn:
        """Refuse the words of the command line.

        Raises:
            Usage: Always.
        """
        self._refuse(f"Cannot read the words after `{self.prog}`", message, "")

    def unknown(self, words: Sequence[str]) -> NoReturn:
        """Refuse words that nothing takes, such as a misspelt option.

        Raises:
            Usage: Always.
        """
        word = next((w for w in words if w.startswith("-")), words[0]).partition("=")[0]
        options = [name for action in self._actions for name in action.option_strings]
        known = options if word.startswith("-") else ()
        why = f"its options are {_listed(options)}" if known else "it takes no more words"
        self._refuse(f"`{self.prog}` cannot use '{_short(word)}'", why, self._meant(word, known))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = [str(choice) for choice in action.choices or ()]
        if not choices or value in choices:
            return
        word = "/".join(action.option_strings)
        kind = str(action.metavar or action.dest).lower()
        what = f"{word} cannot be" if word else f"There is no {kind}"
        why = f"`{self.prog}` knows {_listed(choices)}"
        self._refuse(f"{what} '{_short(value)}'", why, self._meant(value, choices))

    def _meant(self, word: str, known: Iterable[str]) -> str:
        from summit_studio.core.search import nearest

        near = nearest(word, known, lambda name: self.names.get(name, (name,)))
        return f"did you mean {' or '.join(map(repr, near))}?" if near else ""

    def _refuse(self, what: str, why: str, do: str) -> NoReturn:
        raise Usage(what, why=why, do=do or f"see `{self.prog} --help`")


def _listed(names: Iterable[str]) -> str:
    from summit_studio.core.suggest import listing

    return listing(names, 40)


def _short(word: Any) -> str:
    from summit_studio.core.suggest import elided

    return elided(str(word))


def row_count(text: str) -> int:
    """Return a number of rows, as an argument of the command line."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text[:20]}' is no number of rows")
    return int(text)
