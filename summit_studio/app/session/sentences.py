"""Parts of messages as sentences: errors and problems come in lower case, without a full stop."""

_ENDS = (".", "?", "!", "…", ":")


def sentences(*parts: str) -> str:
    """Return the parts that hold text as sentences, one after another."""
    return " ".join(_sentence(part.strip()) for part in parts if part.strip())


def _sentence(text: str) -> str:
    first = text.split(maxsplit=1)[0].rstrip(",;:.?!")
    # A file or a column, such as orders.csv or unit_price, is written as it is.
    if first.replace("-", "").isalpha():
        text = text[:1].upper() + text[1:]
    return text if text.endswith(_ENDS) else f"{text}."
