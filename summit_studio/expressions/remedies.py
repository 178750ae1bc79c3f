"""What would do in the place of an expression that does not bind."""

import re
from collections.abc import Callable, Iterator

from summit_studio.core.errors import Remedy, SummitError
from summit_studio.core.schema import VARCHAR, Schema
from summit_studio.expressions.lineage import columns_of, rename_column
from summit_studio.expressions.scan import tokens

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "INTEGER_LITERAL")
_TYPE = re.compile(
    r"\bDECIMAL\(\d+, ?\d+\)|\b(?:INTEGER_LITERAL|(?:TINY|SMALL|BIG|HUGE)INT|INTEGER|DOUBLE"
    r"|FLOAT|DATE|TIMESTAMP|TIME|BOOLEAN)\b"
)
_CALL = re.compile(r"'([^']*)'")
_MOST = 4


def rename_remedy(text: str, old: str, new: str) -> tuple[Remedy, ...]:
    """Return the expression with a column named as it is; nothing where that cannot be said."""
    try:
        return (Remedy(f"Use '{new}'", rename_column(text, old, new)),)
    except SummitError:
        return ()


def cast_remedies(
    message: str, text: str, schema: Schema, fits: Callable[[str], bool]
) -> tuple[Remedy, ...]:
    """Return the expression with text columns cast so that it binds, the likeliest first.

    Args:
        message: DuckDB's, which names the types that do not fit each other.
        text: The expression as written.
        schema: The columns it reads.
        fits: Tells whether an expression binds.
    """
    kinds = _kinds(message.split("\n", 1)[0])
    named = {name.casefold() for name in columns_of(text)}
    texts = [c.name for c in schema if c.type == VARCHAR and c.name.casefold() in named][:_MOST]
    sets = [(name,) for name in texts] + ([tuple(texts)] if len(texts) > 1 else [])
    found: list[Remedy] = []
    for names in sets:
        for kind in kinds:
            changed = _cast(text, names, kind)
            if changed != text and fits(changed):
                found.append(Remedy(_label(names, kind), changed))
        if found:
            break
    return tuple(found)


def _kinds(line: str) -> tuple[str, ...]:
    """Return the types to cast to: as the other side is, whole first where a count is usual."""
    call = _CALL.search(line)
    others = _TYPE.findall(line)
    operator = call.group(1)[:1] if call else ""
    if not others:
        return ("INTEGER", "DOUBLE") if call else ()
    if others[0] in _WHOLE:
        return ("INTEGER",)
    return ("INTEGER", others[0]) if operator in {"*", "/"} else (others[0],)


def _label(names: tuple[str, ...], kind: str) -> str:
    return f"CAST({names[0]} AS {kind})" if len(names) == 1 else f"Cast all to {kind}"


def _cast(text: str, names: tuple[str, ...], kind: str) -> str:
    folded = {name.casefold() for name in names}
    return "".join(
        f"CAST({word} AS {kind})" if word_of(word) in folded and bare else word
        for word, bare in _words(text)
    )


def word_of(word: str) -> str:
    """Return the name that a token stands for, letter case aside."""
    quoted = word.startswith('"')
    return (word[1:-1].replace('""', '"') if quoted else word).casefold()


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each token, and whether it can be a column that stands by itself."""
    found = list(tokens(text))
    for at, token in enumerate(found):
        before = found[at - 1].text if at else ""
        after = found[at + 1].text if at + 1 < len(found) else ""
        kind = token.kind in {"name", "quoted"}
        yield token.text, kind and before != "." and after not in {".", "("}
