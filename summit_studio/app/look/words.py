"""The texts of the editor in the language of the user: the English text is the key of each.

A text is written where it is shown, `tr("Stop {name}…", name=name)`; those of tables made at
import are marked, `mark("Stop")`, and translated when they are shown. English needs no catalogue.
The others lie in `resources/words`, as Qt's `.ts` to translate and as the `.qm` made from it by
`packaging/words.py`.
"""

from collections.abc import Sequence
from string import Formatter

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

from summit_studio.core.resources import resource

CONTEXT = "editor"
"""The one context of the catalogue: a word means the same everywhere in the editor."""

ENGLISH = "en"
PSEUDO = "pseudo"
"""No language: each text in brackets, accented and a third longer, to see what is not translated
and what has no room."""

_ACCENTED = str.maketrans("aceinouyACEINOUY", "áçéíñóúýÁÇÉÍÑÓÚÝ")
_LONGER = 0.3


def tr(text: str, **values: object) -> str:
    """Return a text in the language of the user.

    Args:
        text: English, a literal, with named holes as `str.format` takes them where `values` are
            given; without them braces are plain.
        values: What goes into the holes.

    Returns:
        The translation; the English text where there is none, or where its holes are not those
        of the English one.
    """
    said = QCoreApplication.translate(CONTEXT, text)
    if not values:
        return said
    if said != text and _holes(said) == _holes(text):
        try:
            return said.format(**values)
        except (ValueError, TypeError):  # A format that the value does not know.
            return text.format(**values)
    return text.format(**values)


def mark(text: str) -> str:
    """Return a text of a table made at import as it is: the catalogue has it, `tr` shows it."""
    return text


def shown(button: tuple[str, str]) -> tuple[str, str]:
    """Return a button of a table, its marked text and its action, with the text translated."""
    text, act = button
    return tr(text), act


def _holes(text: str) -> set[str] | None:
    """Return the names of the holes; None where they cannot be read."""
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


class Pseudo(QTranslator):
    """Translates every text of the editor into accents and brackets."""

    def translate(self, context: str, source: str, comment: str | None = None, n: int = -1) -> str:
        """Return a text as `PSEUDO` has it; those of Qt as they are."""
        del comment, n
        return pseudo(source) if context == CONTEXT else source

    def isEmpty(self) -> bool:
        """Say that there are texts, or Qt would not ask."""
        return False


def pseudo(text: str) -> str:
    """Return a text accented, longer and in brackets; what stands in holes is left alone."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:  # Braces that are no holes.
        parts = [(text, None, None, None)]
    said = ""
    for literal, name, spec, conversion in parts:
        said += literal.translate(_ACCENTED)
        if name is not None:
            kind = f"!{conversion}" if conversion else ""
            said += f"{{{name}{kind}:{spec}}}" if spec else f"{{{name}{kind}}}"
    return f"⟦{said}{'~' * round(len(text) * _LONGER)}⟧"


def languages() -> tuple[str, ...]:
    """Return the languages that there are, by their codes; `PSEUDO` besides, for those who test."""
    folder = resource("words")
    found = sorted(p.stem for p in folder.glob("*.qm")) if folder.is_dir() else []
    return (ENGLISH, *found, PSEUDO)


def fitting(wanted: Sequence[str]) -> str:
    """Return the first of the wanted languages that there is, English if none; `de-AT` is `de`."""
    known = languages()
    codes = (each.replace("_", "-").partition("-")[0].lower() for each in wanted)
    return next((code for code in codes if code in known), ENGLISH)


def speak(app: QCoreApplication, language: str = "") -> str:
    """Let an application speak a language from now on; call it before the first window.

    Args:
        app: Keeps the translators.
        language: Its code; empty for English. That of the system is not taken unasked while no
            catalogue is whole: half a window in each of two languages serves nobody.

    Returns:
        The code of the language that is spoken.
    """
    code = fitting([language])
    if code == PSEUDO:
        app.installTranslator(Pseudo(app))
    elif code != ENGLISH:
        for name, folder in (
            (f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
            (code, str(resource("words"))),
        ):
            translator = QTranslator(app)
            if translator.load(name, folder):
                app.installTranslator(translator)
    return code
