"""How a source finds what changed, as Python code names it."""

from enum import StrEnum


class CDCMode(StrEnum):
    """What `incremental` of a source may be: each is the word that stands in the document.

    A deleted row is seen by neither: it has no cursor any more.
    """

    TIMESTAMP_BASED = "timestamp"
    SEQUENCE_BASED = "sequence"
