"""`summit runs`: the history of runs, from the command, the editor and Python."""

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from summit_studio.cli.exit_codes import DONE
from summit_studio.cli.parsing import Usage
from summit_studio.cli.terminal import Terminal

if TYPE_CHECKING:
    from datetime import datetime

    from summit_studio.state.records import RunDetail, RunRecord


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run_id", nargs="?", metavar="RUN_ID", help="Show this run.")
    parser.add_argument("--json", action="store_true", help="Print as JSON.")
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N", help="Runs to list (default 20)."
    )
    parser.add_argument("--pipeline", metavar="NAME", help="Only runs of this pipeline.")


def run(args: argparse.Namespace, terminal: Terminal) -> int:
    """Print the latest runs, newest first, or one with all that is known of it."""
    from summit_studio.state.store import Store

    with Store.open() as store:
        store.mark_orphans()
        if args.run_id is None:
            _list(store.runs(args.limit, args.pipeline), terminal, as_json=args.json)
            return DONE
        detail = store.run(args.run_id)
    if detail is None:
        raise Usage(
            f"There is no run '{args.run_id}' in the history", do="list them with `summit runs`"
        )
    if args.json:
        terminal.json(_plain(asdict(detail)))
    else:
        _show(detail, terminal)
    return DONE


def _list(runs: "tuple[RunRecord, ...]", terminal: Terminal, *, as_json: bool) -> None:
    if as_json:
        terminal.json([_plain(asdict(run)) for run in runs])
        return
    rows = [
        [r.run_id, r.pipeline, r.status, _local(r.started_at), _secs(r.seconds), r.trigger]
        for r in runs
    ]
    head = ["RUN", "PIPELINE", "STATUS", "STARTED", "SECONDS", "FROM"]
    terminal.table(head, rows, "llllr")


def _show(detail: "RunDetail", terminal: Terminal) -> None:
    record = detail.run
    facts = {
        "Run": record.run_id,
        "Pipeline": record.pipeline,
        "File": record.path or "",
        "Status": record.status,
        "Started": _local(record.started_at),
        "Seconds": _secs(record.seconds),
        "From": record.trigger,
        "Parameters": ", ".join(f"{k}={v}" for k, v in record.params.items()),
        "Error": str(record.error or ""),
    }
    for name, value in facts.items():
        if value:
            terminal.line(f"{name + ':':<12}{value}")
    if detail.nodes:
        terminal.print()
        head = ["NODE", "ROWS IN", "ROWS OUT", "FILTERED", "REJECTED", "BUSY SECS"]
        rows = [
            [
                n.title or n.node_id, f"{sum(n.rows_in.values()):,}",
                f"{sum(n.rows_out.values()):,}", f"{n.filtered:,}", f"{n.rejected:,}",
                f"{n.busy_secs:.2f}",
            ]
            for n in detail.nodes
        ]  # fmt: skip
        terminal.table(head, rows, "lrrrrr")
    _show_results(detail, terminal)


def _show_results(detail: "RunDetail", terminal: Terminal) -> None:
    if detail.rules:
        terminal.print()
        rows = [
            [
                r.rule,
                r.node_id,
                f"{r.failed:,} of {r.rows:,}",
                "breached" if r.breached else "holds",
            ]
            for r in detail.rules
        ]
        terminal.table(["RULE", "NODE", "FAILED", "RESULT"], rows, "llr")
    if detail.outputs:
        terminal.print()
        rows = [[o.node_id, f"{o.rows:,}", o.location] for o in detail.outputs]
        terminal.table(["OUTPUT", "ROWS", "WHERE"], rows, "lr")


def _local(moment: "datetime") -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def _secs(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
