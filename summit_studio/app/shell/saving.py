"""Saves several documents one after the other, modules before what holds them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from summit_studio.app.shell.page import Page

if TYPE_CHECKING:
    from summit_studio.document.model import Document


class Saving:
    """One way through documents that are not saved; who has no file is asked for one.

    What holds a module may take it as it was saved, and is then saved with that. One that cannot
    be saved, or need not be in the end, does not keep the others from it.

    Args:
        pages: What to save, each after what it holds.
        then: Called at the end with those that are still not saved.
    """

    def __init__(self, pages: Sequence[Page], then: Callable[[Sequence[Page]], None]) -> None:
        self._pages = list(pages)
        self._then = then
        self._tried: dict[Page, Document] = {}
        self.saved: list[Page] = []

    def begin(self) -> None:
        """Save the first, and then the others."""
        page = next((p for p in self._pages if self._waits(p)), None)
        if page is None:
            self._then([p for p in self._pages if p.modified])
            return
        page.session.bridge.flush()
        self._tried[page] = page.session.document
        if page.path is None:
            page.leaving.wanted.emit()  # People see what they give a name to.
        page.desk.save()
        page.desk.once_saved(lambda: self._ended(page))

    def _waits(self, page: Page) -> bool:
        return page.modified and self._tried.get(page) is not page.session.document

    def _ended(self, page: Page) -> None:
        if page.desk.saving:
            page.desk.once_saved(lambda: self._ended(page))
            return
        # What it is now may be more than was written: somebody types on meanwhile.
        self._tried[page] = page.session.document
        if not page.modified and page not in self.saved:
            self.saved.append(page)
        self.begin()


def inmost_first(pages: Sequence[Page]) -> list[Page]:
    """Return pages of a tab with modules before what holds them, as far as one went into them."""
    return list(reversed(pages))
