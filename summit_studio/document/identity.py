"""What tells a pipeline from all others, wherever its file stands and whatever it is called."""

import hashlib
import re
import secrets
from pathlib import Path

from summit_studio.document.model import Document

_ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """Return an id that no other pipeline has."""
    return secrets.token_hex(16)


def is_document_id(text: str) -> bool:
    """Return True if `text` is written as ids are: 32 hexadecimal digits."""
    return _ID.fullmatch(text) is not None


def id_of(document: Document, path: Path | None) -> str:
    """Return a document's own id; of one that has none, what its file or name makes.

    Args:
        document: The pipeline.
        path: Its file, if it has one.
    """
    if document.id:
        return document.id
    known = str(path.resolve()) if path else document.name
    return hashlib.sha256(known.encode()).hexdigest()[:32]
