"""Reads the few words that say what a new node does: `filter: amount > 0`."""

import re
from collections.abc import Mapping
from typing import Any

from summit_studio.core.errors import InvalidParams
from summit_studio.nodes.params import Editor, Params

_OPENS, _CLOSES, _QUOTES = "([{", ")]}", "'\""
_PLAIN = frozenset(
    {
        Editor.EXPRESSION,
        Editor.SQL,
        Editor.DATABASE_SQL,
        Editor.COLUMN,
        Editor.FILE_IN,
        Editor.FILE_OUT,
        Editor.FOLDER_OUT,
        Editor.TABLE,
    }
)


def first_field(params_class: type[Params], words: str) -> dict[str, Any]:
    """Return the params in which the words stand in the first field that can take them.

    Raises:
        InvalidParams: None can.
    """
    for name, info in params_class.model_fields.items():
        extra = info.json_schema_extra
        editor = Editor(str(extra["editor"])) if isinstance(extra, Mapping) else Editor.TEXT
        if editor is Editor.COLUMNS:
            return {name: parted(words)}
        if editor is Editor.NUMBER and words.replace(",", "").isdigit():
            return {name: int(words.replace(",", ""))}
        if editor in _PLAIN:
            return {name: words}
    raise not_understood(words, "this node takes no words")


def parted(words: str, at: str = ",") -> list[str]:
    """Return the parts between commas, or another sign, outside brackets and quotes; none empty."""
    parts, depth, quote = [""], 0, ""
    for sign in words:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in _QUOTES:
            quote = sign
        elif sign in _OPENS:
            depth += 1
        elif sign in _CLOSES:
            depth -= 1
        elif sign == at and depth <= 0:
            parts.append("")
            continue
        parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def named(words: str) -> tuple[str, str]:
    """Return the name and the formula of `name = formula` or `formula as name`; else no name."""
    found = re.fullmatch(r'(\w+|"[^"]+")\s*=(?!=)\s*(.+)', words, re.DOTALL)
    return (found[1].strip('"'), found[2].strip()) if found else renamed(words)


def renamed(words: str) -> tuple[str, str]:
    """Return the name and the formula of `formula as name`; else an empty name."""
    found = re.fullmatch(r'(.+?)\s+as\s+(\w+|"[^"]+")', words, re.DOTALL | re.IGNORECASE)
    return (found[2].strip('"'), found[1].strip()) if found else ("", words)


def name_for(words: str) -> str:
    """Return a name made of words: letters, digits and _."""
    return re.sub(r"\W+", "_", words).strip("_").lower()[:40] or "value"


def not_understood(words: str, why: str, such_as: str = "") -> InvalidParams:
    """Return the error of words that say nothing to a node."""
    return InvalidParams(
        f"'{words}' could not be read",
        why=why,
        do=f"write it as in {such_as}" if such_as else "fill in the fields of the node",
        code="words_not_understood",
    )
