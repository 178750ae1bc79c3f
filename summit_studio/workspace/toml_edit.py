"""Changes one table of a TOML text; all the rest stays as it is, byte for byte.

A table's block runs from its head to its last key. Comments and blank lines behind it are its
neighbour's, or nobody's, and stay, as does what stands above its head.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

_HEAD = re.compile(r"\s*\[")


def set_table(text: str, name: str, values: Mapping[str, Any], kept: Callable[[str], bool]) -> str:
    """Return `text` with the plain values of a table set; a new table comes last.

    Values that do not change keep how they are written, and their comments.

    Args:
        text: TOML.
        name: The table, at the top of the text.
        values: What it holds afterwards.
        kept: Says which of its present keys stay though `values` has none of them.
    """
    import tomlkit

    if name not in tomllib.loads(text):
        return _appended(text, tomlkit.dumps({name: values}))

    def change(document: Any) -> None:
        table = document[name]
        for key in [k for k in table if k not in values and not kept(k)]:
            del table[key]
        for key, value in values.items():
            if key not in table or table[key] != value:
                table[key] = value

    block = next(_blocks(text, name), None)
    start, end = block or (0, len(text))  # Written as `name = {...}`, it has no head.
    return text[:start] + _changed(text[start:end], change) + text[end:]


def rename_table(text: str, old: str, new: str) -> str:
    """Return `text` with a table called otherwise, in its place."""
    renamed = text
    for start, _ in reversed([*_blocks(text, old)]):
        head, end_of_line, rest = renamed[start:].partition("\n")
        head = re.sub(r"(\[+\s*)(\"[^\"]*\"|'[^']*'|[\w-]+)", lambda m: m[1] + new, head, count=1)
        renamed = renamed[:start] + head + end_of_line + rest
    if old not in tomllib.loads(renamed):
        return renamed

    def change(document: Any) -> None:
        document[new] = document.pop(old)

    return _changed(text, change)


def delete_table(text: str, name: str) -> str:
    """Return `text` without a table, its subtables included."""
    for start, end in reversed([*_blocks(text, name)]):
        before, after = text[:start], text[end:]
        # One of the blank lines around the table goes with it.
        if before.endswith("\n\n") or not before:
            after = re.sub(r"\A\r?\n", "", after)
        text = before + after
    if name not in tomllib.loads(text):
        return text
    return _changed(text, lambda document: document.remove(name))


def _blocks(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Yield where the blocks of a table and its subtables begin and end."""
    heads = [*_heads(text), (len(text), "")]
    for (start, found), (following, _) in pairwise(heads):
        if found == name:
            yield start, start + len(_without_tail(text[start:following]))


def _heads(text: str) -> Iterator[tuple[int, str]]:
    """Yield the place of each head, and the name at the top that it belongs to."""
    at = 0
    for line in _lines(text):
        # Inside a value over several lines, what stands before the line is not whole.
        if _HEAD.match(line) and _is_whole(text[:at]):
            yield at, next(iter(tomllib.loads(line)))
        at += len(line)


def _is_whole(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _lines(text: str) -> list[str]:
    """Return the lines as TOML counts them: other separators may stand in a comment."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _without_tail(block: str) -> str:
    lines = _lines(block)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return "".join(lines)


def _changed(part: str, change: Callable[[Any], None]) -> str:
    """Return a part of a text, changed by `change`; line ends stay what they are."""
    import tomlkit

    ends = "\r\n" if "\r\n" in part else "\n"
    document = tomlkit.parse(part.replace("\r\n", "\n"))
    change(document)
    return tomlkit.dumps(document).replace("\n", ends)


def _appended(text: str, block: str) -> str:
    ends = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text or text.endswith("\n") else ends
    blank = ends if text.strip() else ""
    return text + gap + blank + block.replace("\n", ends)
