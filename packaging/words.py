"""Bring the catalogues of `resources/words` up to date with the texts of the editor.

Usage: python packaging/words.py [--check] [LANGUAGE…]
Reads every text that goes through `tr`, and those of the tables of actions, from the source.
Texts that are translated stay so, new ones are added as unfinished, those that are gone are
dropped; then `.qm` files are made by `pyside6-lrelease`. A LANGUAGE that there is not yet is begun.
With `--check` nothing is written; returns 1 where something would be.
"""

import argparse
import ast
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "summit_studio" / "app"
FOLDER = ROOT / "resources" / "words"
CONTEXT = "editor"


def main(argv: Sequence[str] | None = None) -> int:
    """Write what is not up to date, or say so; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="a language to begin")
    arguments = parser.parse_args(argv)
    known = [path.stem for path in FOLDER.glob("*.ts")]
    wanted = texts()
    stale = False
    for language in sorted({*known, *arguments.languages}):
        path = FOLDER / f"{language}.ts"
        said = translations(path)
        new = catalogue(language, wanted, said)
        missing = sum(1 for text in wanted if not said.get(text))
        print(f"{language}: {len(wanted)} texts, {missing} not translated yet")
        if not path.is_file() or path.read_text("utf-8") != new or not _is_compiled(path):
            stale = True
            if not arguments.check:
                path.write_text(new, "utf-8")
                compile_catalogue(path, path.with_suffix(".qm"))
    if arguments.check and stale:
        print("The catalogues are behind the texts. Do: run `python packaging/words.py`.")
        return 1
    return 0


def texts() -> list[str]:
    """Return every text of the editor that is translated, each once, in order."""
    found = set[str]()
    for path in sorted(CODE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
                found.update(_of_call(call.func.id, call))
    return sorted(found)


def _of_call(name: str, call: ast.Call) -> Iterator[str]:
    first = [a.value if isinstance(a, ast.Constant) else None for a in call.args]
    if name in ("tr", "mark") and first and isinstance(first[0], str):
        yield first[0]
    elif name == "Entry":
        yield str(first[1])
        if len(first) > 2:
            yield from (f"&{part}" for part in str(first[2]).split("/") if part)
    elif name == "Hand":
        where = str(first[3]) if len(first) > 3 else "On the canvas"
        yield from (str(first[0]), str(first[1]), where)


def translations(path: Path) -> dict[str, str]:
    """Return what a catalogue says, by the English text; empty where there is none yet."""
    if not path.is_file():
        return {}
    messages = ET.parse(path).getroot().iter("message")  # noqa: S314 - a file of ours
    return {m.findtext("source", ""): m.findtext("translation", "") for m in messages}


def catalogue(language: str, wanted: Sequence[str], said: dict[str, str]) -> str:
    """Return the text of a `.ts` file."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text in wanted:
        message = ET.SubElement(context, "message")
        ET.SubElement(message, "source").text = text
        translation = ET.SubElement(message, "translation")
        if said.get(text):
            translation.text = said[text]
        else:
            translation.set("type", "unfinished")
    ET.indent(root, "    ")
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    return f"{head}{ET.tostring(root, encoding='unicode')}\n"


def compile_catalogue(path: Path, target: Path) -> None:
    """Make the file that the editor loads."""
    tool = Path(sys.executable).parent / "pyside6-lrelease"
    done = subprocess.run(
        [str(tool), "-silent", str(path), "-qm", str(target)], check=False, capture_output=True
    )
    if done.returncode:
        raise SystemExit(f"Cannot make {target.name}. Why: {done.stderr.decode().strip()}")


def _is_compiled(path: Path) -> bool:
    made = path.with_suffix(".qm")
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / made.name
        compile_catalogue(path, fresh)
        return made.is_file() and made.read_bytes() == fresh.read_bytes()


if __name__ == "__main__":
    raise SystemExit(main())
