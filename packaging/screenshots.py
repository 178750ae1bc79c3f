"""Make the screenshots of resources/screenshots again, from the running editor.

Usage: python packaging/screenshots.py [FOLDER [WIDTHxHEIGHT]]
Draws in a real window where there is a display, else offscreen; the pixels are the same.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SIZE = (1600, 1000)

DELIVERIES = """Lieferungen 2026;;;;;
Stand: 23.11.2026;;;;;
Nr;Kundennummer;Empfänger;Datum;Betrag;Bemerkung
1;00417;Bäckerei Möller;03.11.2026;124,50;
2;00388;Käsehaus Grün;14.11.2026;89,90;"Hinterhof,
bitte klingeln"
3;01220;Müller & Söhne;15.11.2026;1240,00;
4;00971;Café Blücher;18.11.2026;66,20;Rampe
"""
DELIVERIES += "".join(
    f"{n};{n * 37 % 2000:05};Filiale {n};{1 + n % 28:02}.11.2026;{n * 7 % 900},{n % 100:02};\n"
    for n in range(5, 1200)
)
DELIVERIES += """1200;00417;Bäckerei Möller;demnächst;12,00;
1201;00388;Käsehaus Grün;14.11.2026;vierzehn;
1202;01220;Müller & Söhne;15.11.2026
1203;00971;Café Blücher;31.11.2026;66,20;Rampe
"""
"""An export of a spreadsheet, with a title, commas in numbers, and rows that do not fit."""

PIPELINE = """{"format": 2, "name": "Deliveries", "mode": "etl", "nodes": {
  "deliveries": {"type": "csv_source", "title": "Deliveries", "params": {
    "path": "deliveries.csv", "decimal": ",", "date_format": "%d.%m.%Y", "columns": [
      {"name": "Nr"}, {"name": "Kundennummer"}, {"name": "Empfänger"},
      {"name": "Datum", "type": "DATE"}, {"name": "Betrag", "type": "DECIMAL(12,2)"}]}},
  "lake": {"type": "parquet_sink", "title": "Good rows", "params": {"path": "out/good.parquet"}},
  "bad": {"type": "csv_sink", "title": "Rejected rows", "params": {"path": "out/rejected.csv"}}},
  "edges": ["deliveries.rows -> lake.rows", "deliveries.rejected -> bad.rows"],
  "layout": {"nodes": {"deliveries": [0, 0], "lake": [320, -60], "bad": [320, 90]}}}
"""


ORDERS = "id,customer,amount,day\n" + "".join(
    f"{n},Customer {n % 50},"
    + (f'"{n},{n % 100:02}"' if n % 10 == 3 else f"{n}.{n % 100:02}")
    + f",2026-{13 if n % 97 == 5 else 1 + n % 9:02}-1{n % 9}\n"
    for n in range(10_000)
)
"""Orders of which one in ten has a comma in its amount, and a few a thirteenth month."""

LETTERS = """{"format": 2, "name": "Orders", "mode": "etl", "nodes": {
  "orders": {"type": "csv_source", "title": "Orders", "params": {
    "path": "orders.csv", "columns": [
      {"name": "id", "type": "BIGINT"}, {"name": "customer"}, {"name": "amount"},
      {"name": "day"}]}},
  "priced": {"type": "derive", "title": "Price", "params": {
    "columns": [{"name": "amount", "expression": "CAST(amount AS DECIMAL(12,2))"}]}},
  "dated": {"type": "derive", "title": "Day", "params": {
    "columns": [{"name": "day", "expression": "CAST(day AS DATE)"}]}},
  "out": {"type": "table_sink", "title": "Shop", "params": {
    "connection": "shop", "table": "orders"}}},
  "edges": ["orders.rows -> priced.rows", "priced.rows -> dated.rows", "dated.rows -> out.rows"],
  "layout": {"nodes": {
    "orders": [0, 0], "priced": [280, 0], "dated": [560, 0], "out": [840, 0]}},
  "settings": {"errors": {"strategy": "dead_letter"}}}
"""


def main() -> int:
    """Take every picture in both themes."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "screenshots"
    width, height = map(int, sys.argv[2].split("x")) if len(sys.argv) > 2 else SIZE
    folder.mkdir(parents=True, exist_ok=True)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with tempfile.TemporaryDirectory() as name:
        os.environ["SUMMIT_HOME"] = str(Path(name) / "home")
        for theme in ("light", "dark"):
            example = Path(name) / theme
            shutil.copytree(ROOT / "resources" / "examples" / "orders", example,
                            ignore=shutil.ignore_patterns("out"))  # fmt: skip
            deliveries = Path(name) / f"{theme}-deliveries"
            deliveries.mkdir()
            (deliveries / "deliveries.csv").write_bytes(DELIVERIES.encode("cp1252"))
            (deliveries / "deliveries.summit.json").write_text(PIPELINE)
            studio = Studio(folder, theme, (width, height))
            studio.session(example / "orders.summit.json")
            studio.source(deliveries / "deliveries.summit.json")
            studio.letters(Path(name) / f"{theme}-letters")
            studio.close()
    return 0


class Studio:
    """One editor window and the pictures taken of it.

    Args:
        folder: Where pictures go.
        theme: A name of a theme.
        size: Of the window, in logical pixels.
    """

    def __init__(self, folder: Path, theme: str, size: tuple[int, int]) -> None:
        from summit_studio.app.look.theme import Theme
        from summit_studio.app.shell.starting import make_application, make_window

        self.app = make_application(sys.argv[:1])
        self.window = make_window()
        dark, contrast = theme.endswith("dark"), theme.startswith("contrast")
        self.window.owner.theming.take(Theme.of(dark=dark, contrast=contrast))
        self.window.resize(*size)
        self.window.show()
        self._folder, self._theme = folder, theme

    def open(self, file: Path) -> tuple[Any, Any]:
        """Open a pipeline; return its page and session."""
        self.window.owner.open(file, self.window)
        self.until(lambda: any(page.path == file for page in self.window.pages))
        page = self.window.page
        return page, page.session if page else None

    def session(self, example: Path) -> None:
        """Go through a visit of the editor, taking pictures."""
        from summit_studio.app.session.selection import Selection

        self.rest()
        self.shot("welcome")
        self.window.new()
        self.rest()
        self.shot("empty")
        page, session = self.open(example)
        self.until(lambda: len(session.document.nodes) > 1)
        self.until(lambda: session.checked is not None and len(session.checked.nodes) > 1)
        self.rest(1.0)
        page.canvas.zoom_to_fit()
        session.choose(Selection(nodes=("quality",)))
        self.rest(1.5)
        self.shot("example")
        page.gate.on_run()
        self.until(lambda: page.supervisor.state is not None and page.supervisor.state.finished, 60)
        page.canvas.zoom_to_fit()
        self.rest(1.0)
        self.shot("example-finished")
        self._break(session)
        self.rest(1.5)
        page.docks.show("problems")
        self.rest()
        self.shot("problems")
        session.bridge.mark_saved()

    def source(self, pipeline: Path) -> None:
        """Show what was found out of a file of another country, and the rows it rejects."""
        from summit_studio.app.session.selection import Selection
        from summit_studio.core.errors import Where

        page, session = self.open(pipeline)
        self.until(lambda: session.document.name == "Deliveries")
        self.until(lambda: bool(session.findings_of("deliveries")))
        page.canvas.zoom_to_fit()
        session.choose(Selection(nodes=("deliveries",)))
        page.docks.show("preview")
        page.preview.raw_button.setChecked(True)
        self.rest(1.5)
        page.inspector.focus_field(Where(node_id="deliveries", param="encoding"))
        self.rest()
        self.shot("source")
        page.preview.raw_button.setChecked(False)
        ports = page.preview.ports
        ports.setCurrentText("rejected")
        ports.activated.emit(ports.currentIndex())
        self.rest(1.5)
        self.shot("rejected")
        self._rehearse(session)

    def letters(self, folder: Path) -> None:
        """Mend rows that a run rejected, and let them in again."""
        folder.mkdir()
        (folder / "connections.toml").write_text('[shop]\nkind = "sqlite"\npath = "shop.db"\n')
        (folder / "orders.csv").write_text(ORDERS)
        (folder / "orders.summit.json").write_text(LETTERS)
        page, session = self.open(folder / "orders.summit.json")
        self.until(lambda: "dated" in session.document.nodes)
        self.until(lambda: session.checked is not None and "dated" in session.checked.nodes)
        page.gate.on_run()
        self.until(lambda: not page.supervisor.running, 60)
        page.canvas.zoom_to_fit()
        self.window.actions_table.trigger("dead_letters")
        self.rest(1.5)
        panel = page.dead_letters
        panel.edit.code.setPlainText("amount = replace(amount, ',', '.')")
        self.until(panel.edit.button.isEnabled)
        self.rest()
        self.shot("dead-letters-edit")
        for button in (panel.edit.button, panel.bar.try_):
            button.click()
            self.until(lambda: not page.letters.doing, 60)
            self.rest(1.0)
        self.shot("dead-letters-tried")

    def close(self) -> None:
        """End the visit."""
        self.window.owner.shut_down()
        self.window.leave()

    def _rehearse(self, session: Any) -> None:
        """Have parts written, and show the table of a rehearsal that has ended."""
        from summit_studio.app.dialogs.rehearsal import RehearsalDialog
        from summit_studio.document.edits import SetParams

        for sink in ("lake", "bad"):
            parts = {"path": f"out/{sink}", "layout": "parts", "if_exists": "append"}
            session.do(SetParams(sink, parts))
        dialog = RehearsalDialog(session, self.window)
        dialog.kills.setValue(10)
        dialog.open()
        dialog.rehearse()
        self.until(lambda: not dialog.rehearser.running, 600)
        self.rest()
        self.shot("rehearsal", dialog)
        dialog.close()

    def _break(self, session: Any) -> None:
        from summit_studio.document.edits import SetParams

        session.do(SetParams("placed", {"condition": "statuss <> 'cancelled'"}))

    def rest(self, seconds: float = 0.5) -> None:
        """Let the editor work for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def until(self, happened: Callable[[], bool], seconds: float = 20) -> None:
        """Let the editor work until something happened."""
        end = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > end:
                raise SystemExit("The editor did not get there in time.")
            self.app.processEvents()
            time.sleep(0.005)

    def shot(self, name: str, widget: Any = None) -> None:
        """Save a picture of the window, or of a dialog."""
        path = self._folder / f"{name}-{self._theme}.png"
        (widget or self.window).grab().save(
            str(path), "PNG", 0
        )  # Nothing is lost: 0 packs tightest.
        print(path.name, flush=True)


if __name__ == "__main__":
    sys.exit(main())
