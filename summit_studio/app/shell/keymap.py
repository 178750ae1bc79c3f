"""The keys of the actions: those of the table, or others that a person chose."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from summit_studio.app.look.words import tr
from summit_studio.app.session.sentences import sentences
from summit_studio.app.session.session import Notice
from summit_studio.app.shell.actions import BY_HAND, TABLE, Entry, Hand
from summit_studio.core.durable import write_text_atomically
from summit_studio.core.errors import SummitError, Where
from summit_studio.core.problems import Severity

Keys = tuple[str, ...]
"""Keys in portable text, such as `Ctrl+Shift+Z`, the one that menus show first."""


class Keymap(QObject):
    """What a person chose, kept in a file of the settings folder.

    The file maps ids of actions to lists of keys; an empty list is an action without a key. What
    the file says of actions that are not known here is kept as it is.

    Args:
        file: Where the choice is kept; it need not be there.
        parent: As for any QObject.
    """

    changed = Signal()

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = file
        self._own: dict[str, Keys] = {}
        self._others: dict[str, object] = {}
        self._faults: list[str] = []
        self._broken = False
        self._read()

    @property
    def notice(self) -> Notice | None:
        """What to tell of a file that could not be followed in all it says; None where it was."""
        if not self._faults:
            return None
        do = tr("Choose them again in Help, Keyboard shortcuts.")
        detail = sentences(
            tr("In {file}: {faults}", file=self._file, faults="; ".join(self._faults)), do
        )
        what = tr("Keys of your own are not used") if self._broken else tr("Some keys are not used")
        return Notice(what, detail, Severity.WARNING, tr("Keyboard shortcuts"), "shortcuts")

    def keys(self, action_id: str) -> Keys:
        """Return the keys of an action, the first one first."""
        own = self._own.get(action_id)
        if own is not None:
            return own
        taken = {key for keys in self._own.values() for key in keys}
        return tuple(key for key in _DEFAULTS[action_id] if key not in taken)

    def is_own(self, action_id: str) -> bool:
        """Return True if the keys of an action are not those of the table."""
        return self.keys(action_id) != _DEFAULTS[action_id]

    def holders(self, keys: Iterable[str], but: str) -> dict[str, Entry]:
        """Return the other actions that have some of these keys, by key."""
        wanted = set(keys)
        others = [e for e in TABLE if e.id != but]
        return {key: e for e in others for key in self.keys(e.id) if key in wanted}

    def give(self, action_id: str, keys: Keys) -> None:
        """Give an action its keys, taken from any other that had them.

        Raises:
            SummitError: The choice cannot be kept; it holds until the editor ends.
        """
        for other in {e.id for e in self.holders(keys, action_id).values()}:
            self._choose(other, tuple(k for k in self.keys(other) if k not in keys))
        self._choose(action_id, keys)
        self._changed()

    def reset(self) -> None:
        """Give every action the keys of the table.

        Raises:
            SummitError: The choice cannot be kept; it holds until the editor ends.
        """
        self._own.clear()
        self._changed()

    def _choose(self, action_id: str, keys: Keys) -> None:
        self._own[action_id] = keys

    def _changed(self) -> None:
        # What is as in the table is not kept: it follows the table of a later version.
        self._own = {i: keys for i, keys in self._own.items() if keys != _DEFAULTS[i]}
        self.changed.emit()
        self._write()

    def _read(self) -> None:
        try:
            text = self._file.read_text(encoding="utf-8")
            stored = json.loads(text)
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            self._break(
                getattr(error, "strerror", None) or tr("it is no JSON ({error})", error=error)
            )
            return
        if not isinstance(stored, dict):
            self._break(tr("it is no list of actions with their keys"))
            return
        for action_id, keys in stored.items():
            if action_id in _DEFAULTS:
                self._take(action_id, keys)
            else:
                self._others[action_id] = keys
                self._faults.append(tr("there is no action '{action_id}'", action_id=action_id))

    def _break(self, why: str) -> None:
        self._broken = True
        self._faults.append(why)

    def _take(self, action_id: str, keys: object) -> None:
        if not isinstance(keys, list):
            self._faults.append(tr("'{action_id}' has no list of keys", action_id=action_id))
            return
        good: list[str] = []
        for key in keys:
            why = self._why_not(action_id, key)
            if why:
                self._faults.append(why)
            else:
                good.append(portable(key))
        if good or not keys:
            self._own[action_id] = tuple(dict.fromkeys(good))

    def _why_not(self, action_id: str, key: object) -> str:
        text = portable(key) if isinstance(key, str) else ""
        if not text:
            return tr("'{key}' of '{action_id}' is no key", key=key, action_id=action_id)
        hand = hand_of(text)
        if hand is not None:
            return tr(
                "'{said}' of '{action_id}' is a key of the canvas itself",
                said=text,
                action_id=action_id,
            )
        other = next((i for i, own in self._own.items() if text in own), None)
        return (
            tr(
                "'{said}' of '{action_id}' is that of '{other}' already",
                said=text,
                action_id=action_id,
                other=other,
            )
            if other
            else ""
        )

    def _write(self) -> None:
        chosen: Mapping[str, object] = {i: list(keys) for i, keys in self._own.items()}
        text = json.dumps({**self._others, **chosen}, indent=2, ensure_ascii=False)
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            if self._broken and self._file.exists():
                self._file.replace(self._file.with_suffix(".broken.json"))
                self._broken = False
            write_text_atomically(self._file, text + "\n")
        except OSError as error:
            raise SummitError(
                tr("Cannot keep the keys that you chose"),
                why=error.strerror or type(error).__name__,
                do=tr("check that your settings folder can be written"),
                code="settings_unwritable",
                where=Where(file=str(self._file)),
            ) from None


def portable(key: str) -> str:
    """Return a key as it is kept; an empty text for what is none, or is several one by one."""
    sequence = QKeySequence(key, QKeySequence.SequenceFormat.PortableText)
    return sequence.toString() if sequence.count() == 1 else ""


def native(key: str) -> str:
    """Return a key as the platform writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def hand_of(key: str) -> Hand | None:
    """Return what is done by a key that no action can have."""
    return next((hand for hand in BY_HAND if key in hand.keys), None)


_DEFAULTS: Mapping[str, Keys] = {e.id: tuple(map(portable, e.keys)) for e in TABLE}
