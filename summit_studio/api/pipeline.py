"""A pipeline built and run from Python."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from summit_studio.api.building import Builder
from summit_studio.api.checkpoints import NoCheckpoint, require_newest
from summit_studio.api.handles import Handle, PortHandle
from summit_studio.api.listening import Handlers, Listening
from summit_studio.api.misuse import (
    Misuse,
    described,
    folder_at,
    path_of,
    text,
    values_of,
    wanted,
    whole_number,
)
from summit_studio.api.problems import Problems
from summit_studio.api.results import ResultCollector, RunResult
from summit_studio.api.rows import Rows
from summit_studio.core.cancel import CancelToken
from summit_studio.core.epochs import Demand
from summit_studio.core.errors import SummitError
from summit_studio.core.events import Event
from summit_studio.core.schema import Schema
from summit_studio.core.suggest import listing
from summit_studio.document import files
from summit_studio.document.arrange import arrange_missing
from summit_studio.document.edits import MoveNodes
from summit_studio.document.model import Document
from summit_studio.document.modules import as_module, module_of
from summit_studio.formats.contract import Finding, Raw
from summit_studio.nodes.catalogue import Catalogue
from summit_studio.nodes.contract import DesignContext
from summit_studio.nodes.pinned import Pin, pin, pins_of, unpin
from summit_studio.planning.check import Checked, check
from summit_studio.planning.plan import InvalidPipeline

if TYPE_CHECKING:
    from datetime import datetime

    from summit_studio.document.text import Loaded
    from summit_studio.engine.hooks import OnError
    from summit_studio.engine.rehearsal.report import Death, Progress, Report
    from summit_studio.engine.request import RunRequest
    from summit_studio.engine.watermarks import Watermark
    from summit_studio.planning.lineage import Lineage
    from summit_studio.planning.renaming import Renaming
    from summit_studio.workspace.workspace import Workspace


class Pipeline(Builder):
    """A pipeline: nodes joined by edges, kept in a document that the editor opens as well.

    Not for several threads at once.

    Args:
        name: What people call it.
        folder: The workspace, where relative paths begin and `connections.toml` lies; by default
            the current folder.
        catalogue: The node types; by default all that are installed.
    """

    def __init__(
        self,
        name: str = "Untitled",
        folder: str | os.PathLike[str] | None = None,
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        text(name, "The name of a pipeline", "give one, such as 'orders'")
        if catalogue is not None:
            wanted(catalogue, Catalogue, "A catalogue", "a Catalogue", "leave it out")
        super().__init__(Document(name), catalogue or Catalogue.load())
        self._folder = folder_at("." if folder is None else folder)
        self._path: Path | None = None
        self._loaded: Loaded | None = None
        self._known_context: DesignContext | None = None
        self._handlers = Handlers()
        self._demand: Demand | None = None

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, catalogue: Catalogue | None = None) -> Self:
        """Return the pipeline in a file; its folder is the workspace.

        Raises:
            InvalidDocument: It cannot be read, or is no pipeline.
        """
        loaded = files.load(path_of(path, "The file of a pipeline"))
        pipeline = cls(loaded.document.name, Path(path).resolve().parent, catalogue=catalogue)
        pipeline._document = loaded.document
        pipeline._loaded = loaded
        pipeline._path = Path(path).resolve()
        return pipeline

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the pipeline to a file and return its absolute path; new nodes get tidy places.

        Relative paths in params begin at the file's folder when the file is run. Its loads and
        dead letters are from then on those of the file; under another name it is another pipeline.

        Raises:
            InvalidDocument: A param has no JSON form.
            WriteFailed: The file cannot be written; what was there is untouched.
        """
        target = Path(path_of(path, "The file of a pipeline")).resolve()
        missing = arrange_missing(self._document)
        if missing:
            self.apply(MoveNodes(missing))
        same = target == self._path
        # Under another name it is another pipeline: its loads do not go on where this one's stand.
        document = self._document if same or not self._path else replace(self._document, id="")
        self._loaded = files.save(document, target, self._loaded if same else None)
        self._document = replace(self._document, id=self._loaded.document.id)
        self._path = target
        return target

    def save_module(
        self,
        path: str | os.PathLike[str],
        *,
        inputs: Mapping[str, Handle | Sequence[Handle]] | None = None,
        outputs: Mapping[str, Handle] | None = None,
        version: str = "1",
        description: str = "",
    ) -> Path:
        """Write what is drawn as a module, which pipelines take in as one node; see `save`.

        Its parameters are those of the module: `add("module", path=..., NAME=VALUE)`.

        Args:
            path: The file, `NAME.module.json`.
            inputs: The inner inputs that each of its inputs feeds, by name; a node stands for its
                first input.
            outputs: The inner output that each of its outputs gives, by name.
            version: What its users see of which it is.
            description: What it does.

        Raises:
            InvalidDocument: It has settings of its own, or a port or parameter cannot be so called.
            WriteFailed: The file cannot be written; what was there is untouched.
        """
        ends = {
            name: tuple(self._input(h) for h in (given if isinstance(given, Sequence) else [given]))
            for name, given in (inputs or {}).items()
        }
        begins = {name: self._source(handle) for name, handle in (outputs or {}).items()}
        made = as_module(self._document, ends, begins, version, description)
        module_of(made)
        self._document = made
        return self.save(path)

    @property
    def folder(self) -> Path:
        """The workspace folder, absolute."""
        return self._folder

    def __repr__(self) -> str:
        return f"<Pipeline '{self.name}': {listing(self._document.nodes, 8) or 'no nodes'}>"

    def check(self, parameters: Mapping[str, Any] | None = None) -> Problems:
        """Return all there is to say before a run, errors first; only errors prevent one."""
        return Problems(self._checked(parameters).problems)

    def schema(self, source: Handle) -> Schema | None:
        """Return the columns of an output, or None where they cannot be known yet."""
        return self._checked(None).schemas.get(self._source(source))

    def lineage(
        self, source: Handle, column: str, parameters: Mapping[str, Any] | None = None
    ) -> "Lineage":
        """Return where a column of an output comes from, and where it goes.

        Args:
            source: A node, for its first output, or a port of one.
            column: A column that it gives.
            parameters: Values for a run.

        Raises:
            SummitError: There is no such column, or the columns are not known.
        """
        from summit_studio.planning.lineage import Columns

        text(column, "A column", "give its name")
        at = self._source(source)
        columns = Columns(self._checked(parameters))
        return columns.trace(columns.ref(at.node, at.port, column))

    def rename_column(self, source: Handle, column: str, name: str) -> "Renaming":
        """Give a column another name where it is made, and in all that reads it after.

        Args:
            source: A node, for its first output, or a port of one.
            column: A column that it gives.
            name: Its new name.

        Returns:
            What was changed, and which nodes go on getting the old name since what they do with it
            cannot be told.

        Raises:
            SummitError: There is no such column, the name is taken, or the pipeline would have
                errors by it that it has not now; nothing is changed then.
        """
        from summit_studio.planning.parameters import values_for
        from summit_studio.planning.renaming import renaming

        text(column, "A column", "give its name")
        text(name, "The new name of a column", "give one")
        found = renaming(
            self._checked(None),
            self._source(source),
            column,
            name,
            self._catalogue,
            self._context(),
            values_for(self._document, {}),
        )
        if found.problems:
            raise InvalidPipeline(self.name, found.problems)
        self.apply(found.edit)
        return found

    def preview(
        self, source: Handle, rows: int = 200, parameters: Mapping[str, Any] | None = None
    ) -> Rows:
        """Return the first rows of an output; what lies upstream runs on its first rows only.

        Raises:
            InvalidPipeline: What lies upstream has problems.
            SummitError: A source cannot be read, or a node failed.
        """
        from summit_studio.engine.preview import preview

        whole_number(rows, "The number of rows", least=0)
        values = values_of(parameters, "The parameters")
        node_id = self._own(source).node_id
        port = source.port if isinstance(source, PortHandle) else None
        return Rows(
            preview(
                self._document, self._catalogue, self._context(), node_id, port, rows,
                parameters=values,
            )
        )  # fmt: skip

    def pin(
        self, source: Handle, rows: int = 200, parameters: Mapping[str, Any] | None = None
    ) -> Pin:
        """Keep the first rows of an output beside the pipeline's file, for runs on pinned rows.

        Args:
            source: A node, which stands for its first output, or an output.
            rows: How many, at most 10,000.
            parameters: As for `preview`.

        Raises:
            SummitError: The pipeline is in no file, or as `preview`.
            WriteFailed: They cannot be written.
        """
        document = self._saved_at()
        ref = self._source(source)
        seen = self.preview(source, rows, parameters).preview
        return pin(document, ref, seen.schema, seen.table)

    def pins(self) -> dict[str, Pin]:
        """Return what is pinned, by `node.port`; of a pipeline in no file nothing is."""
        found = pins_of(self._path)
        return {str(ref): pin for ref, pin in found.items() if ref.node in self._document.nodes}

    def unpin(self, source: Handle) -> None:
        """Let go of the rows that are pinned of an output; of others nothing is done."""
        found = pins_of(self._path).get(self._source(source))
        if found is not None:
            unpin(found)

    def _saved_at(self) -> Path:
        if self._path is None:
            raise SummitError(
                "Cannot pin rows of this pipeline",
                why="they lie beside its file, and it is in none yet",
                do="save it first",
                code="not_saved",
            )
        return self._path

    def found(
        self, source: Handle, parameters: Mapping[str, Any] | None = None
    ) -> tuple[Finding, ...]:
        """Return what a source found out of its file where no param says it, and why.

        Raises:
            InvalidPipeline: The source has problems.
        """
        from summit_studio.engine.preview import found

        values = values_of(parameters, "The parameters")
        node_id = self._own(source).node_id
        return found(self._document, self._catalogue, self._context(), node_id, values)

    def raw(
        self, source: Handle, lines: int = 50, parameters: Mapping[str, Any] | None = None
    ) -> Raw:
        """Return the first lines, or rows of cells, of a source's file as they stand there.

        Raises:
            SummitError: The source reads no such file, or it cannot be read.
        """
        from summit_studio.engine.preview import raw

        whole_number(lines, "The number of lines", least=0)
        values = values_of(parameters, "The parameters")
        node_id = self._own(source).node_id
        return raw(self._document, self._catalogue, self._context(), node_id, lines, values)

    def run(
        self,
        *,
        on: Callable[[Event], None] | None = None,
        parameters: Mapping[str, Any] | None = None,
        cancel: CancelToken | None = None,
        on_error: "OnError | None" = None,
        to: Handle | None = None,
        rows: int = 200,
        pinned: bool = False,
    ) -> RunResult:
        """Run the pipeline to its end and return how it ended; a failed run does not raise.

        Args:
            on: Told every event, from the engine's threads, one at a time.
            parameters: Values for this run.
            cancel: Cancels the run from another thread.
            on_error: Called with the error and the end of the run (ErrorReport, RunFinished) where
                it failed. It has ten seconds, and whatever becomes of it changes nothing of how the
                run ended.
            to: Run only what this node or port needs, and the node, over all rows. Nothing is
                written; `result.rows` holds the first rows and `result.ledger` the counts.
            rows: How many first rows a run to a node keeps.
            pinned: Take the rows that are pinned, and do not read what they came from.

        Raises:
            InvalidPipeline: The pipeline has problems; nothing ran.
            RunFailed: `on` failed, which stops the run.
        """
        from summit_studio.engine.launch import run
        from summit_studio.engine.request import RunRequest

        if on is not None and not callable(on):
            raise Misuse(f"`on` cannot be {described(on)}", do="give a function of one event")
        if on_error is not None and not callable(on_error):
            raise Misuse(
                f"`on_error` cannot be {described(on_error)}",
                do="give a function of the error and the end of the run",
            )
        if cancel is not None:
            do = "make one: `CancelToken()` of `summit_studio.core.cancel`"
            wanted(cancel, CancelToken, "`cancel`", "a CancelToken", do)
        if to is not None and on_error is not None:
            raise Misuse(
                "`on_error` is not called for a run to a node",
                why="it is a look, and writes nothing that could be left half done",
                do="look at the result",
            )
        if self._loaded is not None:
            self._loaded.to_run()
        values = values_of(parameters, "The parameters")
        request = RunRequest(
            self._document, self._folder, self._path, values, trigger="python",
            to=None if to is None else self._named(to),
            rows=whole_number(rows, "The number of rows", least=0), pinned=bool(pinned),
        )  # fmt: skip
        collector, token = ResultCollector(), cancel or CancelToken()
        told = Listening(self._everyone(on), token)
        self._demand = Demand()
        try:
            finished = run(
                request, [collector, told], token, self._catalogue,
                demand=self._demand, on_error=on_error, seen=collector.look,
            )  # fmt: skip
        finally:
            self._demand = None
        result = collector.result(finished)
        told.check(result)
        return result

    def _named(self, handle: Handle) -> str:
        """Return a node, or one of its ports, as `node` or `node.port`."""
        own = self._own(handle)
        return f"{own.node_id}.{own.port}" if isinstance(own, PortHandle) else own.node_id

    def _everyone(self, on: Callable[[Event], None] | None) -> Callable[[Event], None]:
        known = ((i, n.type) for i, n in self._document.nodes.items() if n.type in self._catalogue)
        told = self._handlers.told({i for i, kind in known if not self._catalogue.get(kind).inputs})

        def tell(event: Event) -> None:
            if on is not None:
                on(event)
            told(event)

        return tell

    def on(self, name: str, function: Callable[[Any], None]) -> Self:
        """Have a function told of what happens in every run from now on.

        It is called with one value, from the engine's threads, one call at a time. Where it fails
        the run is stopped, and `run` raises.

        Args:
            name: `execution:started` (RunStarted), `progress` (Progress: rows read so far, after
                each batch of a source), `checkpoint` (Checkpoint), `error` (ErrorReport), or
                `completed` (RunFinished of a run that succeeded).
            function: What is called.

        Raises:
            Misuse: There is no such name, or it is no function.
        """
        self._handlers.add(name, function)
        return self

    def create_checkpoint(self) -> None:
        """Have the run under way end its epoch at the next chunk, and commit it.

        From a function that is told of the run, or from another thread.

        Raises:
            NoCheckpoint: No run is under way, or its targets show all rows at once.
        """
        why = self._demand.ask() if self._demand is not None else "no run of it is under way"
        if why:
            raise NoCheckpoint(
                f"'{self.name}' makes no checkpoint now",
                why=why,
                do="ask while a run goes whose sinks publish each epoch",
                code="no_checkpoint",
            )

    def resume_from_checkpoint(
        self,
        checkpoint_id: str,
        *,
        on: Callable[[Event], None] | None = None,
        parameters: Mapping[str, Any] | None = None,
        cancel: CancelToken | None = None,
        on_error: "OnError | None" = None,
    ) -> RunResult:
        """Go on with the load of a checkpoint, from behind it; the rest as `run`.

        Args:
            checkpoint_id: Of the newest: `result.checkpoints[-1].id`.
            on: As for `run`.
            parameters: As for `run`.
            cancel: As for `run`.
            on_error: As for `run`.

        Raises:
            NoCheckpoint: It is not the newest, of another pipeline, or of a load that is whole.
            SummitError: As `run`, or a target cannot be reached.
        """
        from summit_studio.engine.checkpoints import standing
        from summit_studio.engine.request import RunRequest

        text(checkpoint_id, "The id of a checkpoint", "take `result.checkpoints[-1].id`")
        values = values_of(parameters, "The parameters")
        request = RunRequest(self._document, self._folder, self._path, values, trigger="python")
        require_newest(checkpoint_id, standing(request, self._catalogue))
        return self.run(on=on, parameters=parameters, cancel=cancel, on_error=on_error)

    def watermarks(self) -> "tuple[Watermark, ...]":
        """Return how far the incremental loads have come, a source and sink each.

        Raises:
            InvalidPipeline: The pipeline has problems.
            SummitError: A target cannot be reached.
        """
        from summit_studio.engine.watermarks import watermarks

        return watermarks(self.request(), self._catalogue)

    def set_watermark(
        self, node_id: str, value: "str | int | datetime | None"
    ) -> "tuple[Watermark, ...]":
        """Set where the next load of a source begins; return its watermarks. Rows stay.

        Args:
            node_id: The source.
            value: The cursor behind which it begins; None begins anew.

        Raises:
            InvalidPipeline: The pipeline has problems.
            SummitError: There is no such source, the value is no cursor of its, or a load is
                unfinished or under way.
        """
        from summit_studio.engine.watermarks import move

        given = None if value is None else str(value)
        return move(self.request(), node_id, given, self._catalogue)

    def rehearse(
        self,
        *,
        rows: int = 20_000,
        kills: int | None = None,
        same_database: bool = False,
        on: "Callable[[Progress | Death], None] | None" = None,
        parameters: Mapping[str, Any] | None = None,
        cancel: CancelToken | None = None,
    ) -> "Report":
        """Kill the pipeline at its steps in a sandbox and let it go on; return what became of rows.

        Its sources are read, for a sample; its targets are not touched. It runs in processes of
        its own, with the node types that are installed.

        Args:
            rows: Of each source that are read, about.
            kills: How many; by default each kind of step once, and three moments at random.
            same_database: Write tables of a server in a schema of their own there, dropped at the
                end; by default in a temporary file.
            on: Told how it goes.
            parameters: Values for the runs.
            cancel: Stops it from another thread; nothing is left behind.

        Raises:
            InvalidPipeline: The pipeline has problems.
            SummitError: It has nothing that a crash could harm, fails by itself, or writes other
                rows each time.
        """
        from summit_studio.engine.rehearsal.rehearsing import rehearse

        whole_number(rows, "The number of rows", least=1)
        if kills is not None:
            whole_number(kills, "The number of kills", least=1)
        values = values_of(parameters, "The parameters")
        return rehearse(
            replace(self.request(), parameters=values),
            rows=rows,
            kills=kills,
            same_database=same_database,
            told=on or _untold,
            cancel=cancel,
        )

    @property
    def catalogue(self) -> Catalogue:
        """The node types."""
        return self._catalogue

    def request(self, *, environment: str = "default") -> "RunRequest":
        """Return what a run of the pipeline as it stands would ask for."""
        from summit_studio.engine.request import RunRequest

        if self._loaded is not None:
            self._loaded.to_run()
        return RunRequest(
            self._document, self._folder, self._path, trigger="python", environment=environment
        )

    def _workspace(self) -> "Workspace":
        from summit_studio.workspace.workspace import Workspace

        return Workspace.open(self._folder)

    def _context(self) -> DesignContext:
        """Return the same context again, since it remembers what sources look like."""
        from summit_studio.engine.design import design_context

        workspace = self._workspace()
        if self._known_context is None or self._known_context.workspace != workspace:
            self._known_context = design_context(workspace, probe=True)
        return self._known_context

    def _checked(self, parameters: Mapping[str, Any] | None) -> Checked:
        newer = self._loaded is not None and self._loaded.read_only
        values = values_of(parameters, "The parameters")
        return check(self._document, self._catalogue, self._context(), values, newer=newer)


def _untold(news: "Progress | Death") -> None:
    """Take no notice of how a rehearsal goes."""
    del news
