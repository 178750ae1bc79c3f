"""Runs of the history as they are opened again. Knows nothing of Qt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from summit_studio.app.look.words import tr
from summit_studio.app.session.run_state import RunState
from summit_studio.core.errors import InvalidDocument
from summit_studio.core.events import ErrorReport, RunFinished, RunStarted, RunStatus
from summit_studio.document.model import Document
from summit_studio.document.text import parse
from summit_studio.state.records import INTERRUPTED, PastRun, RunRecord, Told


@dataclass(frozen=True, slots=True)
class Past:
    """Which past run a page shows.

    Args:
        title: What people call it: the pipeline, and when it ran.
        folder: The workspace that it ran in.
    """

    run_id: str
    title: str
    folder: Path | None = None

    @classmethod
    def of(cls, run: RunRecord) -> "Past":
        """Return that of a run."""
        folder = Path(run.path).absolute().parent if run.path else None
        return cls(
            run.run_id,
            tr("{pipeline}, run of {moment}", pipeline=run.pipeline, moment=moment(run)),
            folder,
        )


def moment(run: RunRecord) -> str:
    """Return when a run began, by the clock on the wall."""
    return f"{run.started_at.astimezone():%Y-%m-%d %H:%M:%S}"


def document_of(past: PastRun) -> Document:
    """Return the pipeline as it ran.

    Raises:
        InvalidDocument: It was not kept, or the run is not over.
    """
    run = past.detail.run
    if run.status == RunStatus.RUNNING.value:
        raise InvalidDocument(
            tr("The run of {moment} cannot be opened yet", moment=moment(run)),
            why=tr("it is under way"),
            do=tr("open it once it has ended"),
            code="run_under_way",
        )
    if past.text is None:
        raise InvalidDocument(
            tr("The run of {moment} cannot be opened", moment=moment(run)),
            why=tr(
                "version {version} ran it, which did not keep the pipeline",
                version=run.version or "unknown",
            ),
            do=tr("see its figures by `summit runs {run_id}`", run_id=run.run_id),
            code="run_without_document",
        )
    return parse(past.text).document


def told_by(past: PastRun) -> tuple[Told, ...]:
    """Return what a run told; of one whose process died that it did."""
    run = past.detail.run
    if past.told or run.status != INTERRUPTED:
        return past.told
    began = RunStarted(run.run_id, run.pipeline, (), run.started_at)
    ended = RunFinished(run.run_id, RunStatus.FAILED, run.seconds or 0.0, error=_died())
    return (Told(0.0, began), Told(run.seconds or 0.0, ended))


def state_of(told: Iterable[Told], document: Document, mains: Mapping[str, str]) -> RunState:
    """Return a run as it stood when it ended.

    Args:
        told: What it told.
        document: The pipeline as it ran.
        mains: The main output port of each node.
    """
    state = RunState(document, mains)
    state.feed(t.event for t in told)
    return state


def _died() -> ErrorReport:
    return ErrorReport(
        "run_interrupted",
        tr("The run's process died"),
        tr("it could not say how it ended, so what its nodes counted is not known"),
        tr("run again: where a target has committed epochs the run goes on behind them"),
    )
