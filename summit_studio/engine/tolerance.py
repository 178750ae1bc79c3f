"""How many rows may be rejected before a run fails."""

from collections.abc import Mapping
from typing import Any

from summit_studio.backends.contract import READ
from summit_studio.core.epochs import Sums
from summit_studio.core.errors import SummitError
from summit_studio.core.schema import REJECTED
from summit_studio.core.suggest import listing
from summit_studio.nodes.contract import SourceNode
from summit_studio.planning.plan import Plan
from summit_studio.planning.settings import Tolerance


class TooManyRejected(SummitError):
    """More rows were rejected than `settings.errors.tolerance` lets go."""

    code = "too_many_rejected"


def require_tolerated(
    tolerance: Tolerance, plan: Plan, sums: Sums, stands: str, epoch: int | None = None
) -> None:
    """Refuse to publish with more rejected rows than are tolerated.

    Args:
        tolerance: What is.
        plan: Of the run.
        sums: What was counted so far, over all runs of the load, by node.
        stands: What targets hold if there are more, as part of a sentence.
        epoch: The one up to whose end it was counted; None if it is all.

    Raises:
        TooManyRejected: It names who rejected them.
    """
    rejected = {i: rows for i in sums if (rows := _rows(sums[i], "rows_out", REJECTED))}
    total = sum(rejected.values())
    read = sum(_rows(s, "rows_in", READ) for i, s in sums.items() if _reads(plan, i))
    most = _most(tolerance, read)
    if most is None or total <= most:
        return
    titles = [f"'{plan.nodes[i].node_title}' rejected {rows:,}" for i, rows in rejected.items()]
    worst = plan.nodes[max(rejected, key=lambda i: rejected[i])]
    share = f" of {read:,}" if read else ""
    upto = f" up to the end of epoch {epoch}" if epoch is not None else ""
    raise TooManyRejected(
        f"{total:,} rows{share} were rejected{upto}, more than is tolerated",
        why=f"errors.tolerance lets {_said(tolerance)} go; {listing(titles, 4)}",
        do=f"correct those rows, or raise errors.tolerance; {stands}",
        where=worst.place(),
    )


def _most(tolerance: Tolerance, read: int) -> float | None:
    """Return how many rows may be rejected; None where that is not judged yet."""
    if tolerance.percent is None:
        return tolerance.rows
    return read * tolerance.percent / 100 if read >= tolerance.after_rows else None


def _said(tolerance: Tolerance) -> str:
    if tolerance.percent is not None:
        return f"{tolerance.percent:g} percent of the rows"
    return f"{tolerance.rows:,} rows" if tolerance.rows else "no row"


def _rows(counted: Mapping[str, Any], side: str, port: str) -> int:
    return int(counted.get(side, {}).get(port, 0))


def _reads(plan: Plan, node_id: str) -> bool:
    return isinstance(plan.nodes[node_id], SourceNode)
