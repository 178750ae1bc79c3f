"""Incremental loads: which window of a cursor a load reads, and where the next one begins.

A load reads `from < cursor <= to`. Where it ends is fixed when it begins, by the clock of the
source less a time to settle, and never by what was seen: a row that is committed late, with a
cursor that others have passed, is read by the next load.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from summit_studio.connectors.selection import Survey, Window
from summit_studio.core.bound import BoundSql
from summit_studio.core.errors import InvalidParams, ReadFailed, Where
from summit_studio.core.schema import TIMESTAMP, TIMESTAMPTZ, Column, Schema, base_type
from summit_studio.nodes.params import Editor, Params, param
from summit_studio.nodes.parts.fields import require

_INTEGERS: Final = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
     "UBIGINT"}
)  # fmt: skip
_MOMENTS: Final = frozenset({TIMESTAMP, TIMESTAMPTZ})
_TURNED_BACK: Final = timedelta(hours=3)
"""No clock on a wall is turned back by more at once, nor so soon again."""

Bound = datetime | int


class IncrementalParams(Params):
    """Params of a source that loads incrementally."""

    incremental: Literal["off", "timestamp", "sequence"] = param(
        "off",
        doc="What a load reads. off: all rows. timestamp, sequence: those that are new by the "
        "moments, or the growing numbers, of a cursor.",
        editor=Editor.CHOICE,
        keywords=("cdc", "delta", "watermark", "updated_at", "new rows", "changed rows"),
    )
    cursor: str = param(
        "",
        doc="The column that says when, or as which number, a row was written.",
        editor=Editor.COLUMN,
        placeholder="updated_at",
        keywords=("incremental_column", "watermark column", "cursor_field"),
        only_with={"incremental": ("timestamp", "sequence")},
    )
    initial: str = param(
        "",
        doc="The cursor at which the first load begins, itself included. Empty: the first row.",
        placeholder="2026-01-01 00:00:00",
        keywords=("start", "initial_value", "since"),
        only_with={"incremental": ("timestamp", "sequence")},
    )
    zone: str = param(
        "",
        doc="The zone of the clock by which moments without one are written.",
        placeholder="UTC",
        keywords=("timezone", "time zone", "tz"),
        only_with={"incremental": ("timestamp",)},
    )
    settle_secs: float = param(
        60.0,
        doc="How long a load leaves rows alone, so that those committed late are not passed: "
        "longer than a transaction takes. A sequence is waited for so long.",
        editor=Editor.NUMBER,
        unit="s",
        minimum=0.0,
        advanced=True,
        keywords=("lag", "delay", "safety window"),
        only_with={"incremental": ("timestamp", "sequence")},
    )
    overlap: int = param(
        0,
        doc="How far a load begins before the watermark: seconds, or steps of a sequence. For "
        "sinks that find rows by a key.",
        editor=Editor.NUMBER,
        minimum=0,
        advanced=True,
        keywords=("lookback",),
        only_with={"incremental": ("timestamp", "sequence")},
    )
    null_cursor: Literal["fail", "reject", "include"] = param(
        "fail",
        doc="What becomes of rows without a cursor: the load fails, or rejects or reads them, "
        "each time.",
        editor=Editor.CHOICE,
        advanced=True,
        only_with={"incremental": ("timestamp", "sequence")},
    )
    future_tolerance_secs: float = param(
        300.0,
        doc="Rows whose cursor lies further in the future are counted, and said.",
        editor=Editor.NUMBER,
        unit="s",
        minimum=0.0,
        advanced=True,
        only_with={"incremental": ("timestamp",)},
    )


@dataclass(frozen=True, slots=True)
class Loading:
    """How a source loads incrementally, its params having been looked at.

    Args:
        column: The cursor, as the table spells it.
        moments: True if it holds moments; false if it holds whole numbers.
        zone: Of the wall by whose clock they are; None where they have a zone of their own.
        initial: Where the first load begins, itself included; None with the first row.
    """

    params: IncrementalParams
    column: str
    moments: bool
    zone: ZoneInfo | None
    initial: Bound | None

    @classmethod
    def of(cls, params: IncrementalParams, schema: Schema) -> "Loading | None":
        """Return how params load rows of a schema; None where they load all each time.

        Raises:
            InvalidParams: They do not fit one another, or the column; names the field.
        """
        if params.incremental == "off":
            _require_unused(params)
            return None
        column = require(schema, params.cursor, "cursor")
        moments = params.incremental == "timestamp"
        _require_fit(column, moments=moments)
        zone = _zone(params.zone, column) if moments else None
        if not moments and params.zone:
            raise _unfit("zone", "A sequence has no zone", "numbers have none", "take it out")
        if not params.settle_secs and not params.overlap:
            raise _unfit(
                "settle_secs",
                "Rows that are committed late would be lost",
                "a load that ends at this very moment leaves out what transactions under way write "
                "with an earlier cursor, and the next begins behind it",
                "set settle_secs to longer than a transaction takes; or set overlap, with sinks "
                "that find rows by a key",
                "late_rows_lost",
            )
        made = cls(params, column.name, moments, zone, None)
        initial = made.value(params.initial, "initial") if params.initial.strip() else None
        return cls(params, column.name, moments, zone, initial)

    def value(self, text: str, field: str = "") -> Bound:
        """Return the cursor that a text stands for.

        Raises:
            InvalidParams: It is none.
        """
        try:
            if not self.moments:
                return int(text)
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            what = "a moment, such as 2026-01-31 10:00:00" if self.moments else "a whole number"
            raise _unfit(
                field or "cursor", f"'{text[:80]}' is no cursor", f"it is not {what}",
                "correct it",
            ) from None  # fmt: skip
        if self.zone is None:
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if moment.tzinfo is not None:
            return moment.astimezone(self.zone).replace(tzinfo=None)
        return moment

    def text(self, value: Bound | None) -> str | None:
        """Return a cursor as text, to the last digit; None for none."""
        if isinstance(value, datetime):
            return value.isoformat(" ")
        return None if value is None else str(value)

    def print(self, connection: str, table: str, where: BoundSql) -> str:
        """Return what changes whenever a watermark means something else."""
        told = [connection, table, self.column, self.params.incremental, self.params.zone]
        told += [" ".join(where.split()), _values(where)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]

    def begin(
        self,
        last: str | None,
        now: datetime,
        ask: Callable[[Window], Survey],
        where: Where,
    ) -> dict[str, Any]:
        """Return the window of a load that begins, as JSON values; it stays the same until its end.

        Args:
            last: The watermark of the load before; None where there was none.
            now: The clock of the source.
            ask: Looks at the cursors there.
            where: The node.

        Raises:
            ReadFailed: A row has no cursor, and that is to fail.
        """
        known = self.value(last) if last is not None else None
        limit = self._wall(now + timedelta(seconds=self.params.future_tolerance_secs))
        survey = ask(Window(self.column, self.moments, high=limit if self.moments else None))
        if survey.absent and self.params.null_cursor == "fail":
            raise ReadFailed(
                f"Cannot load incrementally by '{self.column}'",
                why=f"{survey.absent:,} rows have no value there, or one without a place in its "
                "order, so that no load would read them",
                do="fill them in, or set null_cursor to reject or include",
                code="cursor_null",
                where=where,
            )
        high: Bound | None = survey.greatest
        if self.moments:
            high = self._settled(now - timedelta(seconds=self.params.settle_secs))
        back = known is not None and (high is None or _less(high, known))
        if back:
            high = known
        low, low_in = known, False
        if known is None:
            low, low_in = self.initial, True
        elif self.params.overlap:
            low, low_in = self._before(known), True
        return {
            "column": self.column,
            "from": last,
            "to": self.text(high),
            "low": self.text(low),
            "low_in": low_in,
            "absent": survey.absent,
            "beyond": survey.beyond,
            "back": back,
            "at": datetime.now(UTC).isoformat(),
        }

    def window(self, told: Mapping[str, Any]) -> Window:
        """Return the window that JSON values tell of."""
        absent = self.params.null_cursor != "fail"
        if told["to"] is None:  # No row was there that has a number.
            return Window(self.column, self.moments, 1, False, 0, absent=absent)
        low = self.value(told["low"]) if told["low"] is not None else None
        return Window(
            self.column, self.moments, low, told["low_in"], self.value(told["to"]), absent=absent
        )

    def settle_left(self, told: Mapping[str, Any]) -> float:
        """Return for how many seconds a sequence is still to settle before it is read."""
        if self.moments:
            return 0.0
        spent = (datetime.now(UTC) - datetime.fromisoformat(told["at"])).total_seconds()
        return min(max(self.params.settle_secs - spent, 0.0), self.params.settle_secs)

    def _wall(self, moment: datetime) -> datetime:
        return moment if self.zone is None else moment.astimezone(self.zone).replace(tzinfo=None)

    def _settled(self, moment: datetime) -> datetime:
        """Return the last cursor that no row to come has: a clock on a wall may be turned back."""
        found = self._wall(moment)
        if self.zone is None:
            return found
        minute = moment.replace(second=0, microsecond=0)
        steps = range(1, int(_TURNED_BACK.total_seconds() // 60) + 1)
        return min(found, *(self._wall(minute + timedelta(minutes=step)) for step in steps))

    def _before(self, known: Bound) -> Bound:
        if isinstance(known, datetime):
            return known - timedelta(seconds=self.params.overlap)
        return known - self.params.overlap


def _less(one: Bound, other: Bound) -> bool:
    if isinstance(one, datetime):
        return isinstance(other, datetime) and one < other
    return isinstance(other, int) and one < other


def _values(where: BoundSql) -> str:
    return json.dumps({name: str(value) for name, value in sorted(where.values.items())})


def _require_unused(params: IncrementalParams) -> None:
    given = {
        "cursor": params.cursor, "initial": params.initial, "overlap": params.overlap,
        "zone": params.zone,
    }  # fmt: skip
    field = next((name for name, value in given.items() if value), None)
    if field is not None:
        raise _unfit(
            field,
            f"'{field}' has no effect",
            "the node reads all rows each time",
            "set incremental to timestamp or sequence, or take it out",
            "setting_unused",
        )


def _require_fit(column: Column, *, moments: bool) -> None:
    kind = column.type
    whole = base_type(kind) in _INTEGERS or (kind.startswith("DECIMAL(") and kind.endswith(",0)"))
    if kind in _MOMENTS if moments else whole:
        return
    wanted = "a date and time" if moments else "whole numbers"
    raise _unfit(
        "cursor",
        f"'{column.name}' cannot be the cursor",
        f"its type is {kind}, and this way of loading goes by {wanted}",
        f"choose a column of {wanted}, or the other way of loading",
        "type_unfit",
    )


def _zone(name: str, column: Column) -> ZoneInfo | None:
    if column.type == TIMESTAMPTZ:
        if name:
            raise _unfit(
                "zone", "'zone' has no effect", f"the moments of '{column.name}' have their own",
                "take it out", "setting_unused",
            )  # fmt: skip
        return None
    if not name.strip():
        raise _unfit(
            "zone",
            f"It is not known by which clock '{column.name}' is written",
            "its moments have no zone, and are compared with the time now",
            "set zone to that of the clock, such as UTC or Europe/Berlin",
            "zone_missing",
        )
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _unfit(
            "zone", f"There is no zone '{name[:80]}'", "it is not in the time zone database",
            "name one such as UTC or Europe/Berlin",
        ) from None  # fmt: skip


def _unfit(field: str, what: str, why: str, do: str, code: str = "params_invalid") -> InvalidParams:
    return InvalidParams(what, why=why, do=do, code=code, where=Where(param=field))
