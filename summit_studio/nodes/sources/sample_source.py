"""Make rows to try things with."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Literal

from summit_studio.core.schema import Schema
from summit_studio.expressions.connect import locked_connection
from summit_studio.formats.contract import Loaded
from summit_studio.nodes.contract import (
    Chunk,
    DesignContext,
    Example,
    Inputs,
    Outputs,
    Reader,
    Replay,
    Rows,
    RunContext,
    SourceNode,
)
from summit_studio.nodes.params import Editor, Params, param

if TYPE_CHECKING:
    import duckdb

_FIRST_ROWS = 1_000
"""Rows of the first chunk of a preview."""


class SampleSourceParams(Params):
    """Params of `sample_source`."""

    kind: Literal["orders", "customers", "events"] = param(
        "orders",
        doc="What the rows tell of; orders and events name customers 1 to 1,000.",
        keywords=("dataset", "type"),
        editor=Editor.CHOICE,
    )
    rows: int = param(
        10_000, doc="How many rows to make.", editor=Editor.NUMBER, unit="rows", minimum=0,
        maximum=10_000_000_000, keywords=("n", "count", "number"),
    )  # fmt: skip
    seed: int = param(
        1,
        doc="The same seed gives the same rows, however many are made.",
        editor=Editor.NUMBER,
        minimum=0,
        maximum=2**53,
    )
    flaws_percent: float = param(
        2.0,
        doc="How many rows are spoilt, for trying quality rules: an address that is missing or "
        "malformed, a quantity below zero, an event told twice.",
        editor=Editor.NUMBER,
        unit="%",
        minimum=0,
        maximum=100,
    )


class SampleSource(SourceNode[SampleSourceParams]):
    """Make rows that look like those of a small shop, the same at every run."""

    id = "sample_source"
    title = "Sample rows"
    icon = "generator"
    keywords = (
        "generate rows", "row generator", "demo", "test data", "random", "fake", "dummy data",
        "example", "try",
    )  # fmt: skip
    params_class = SampleSourceParams
    examples = (
        Example(
            "Two customers",
            {"kind": "customers", "rows": 2, "seed": 7, "flaws_percent": 0},
            expected={
                "rows": Rows(
                    {
                        "customer_id": "BIGINT",
                        "first_name": "VARCHAR",
                        "last_name": "VARCHAR",
                        "email": "VARCHAR",
                        "phone": "VARCHAR",
                        "city": "VARCHAR",
                        "country": "VARCHAR",
                        "signed_up_on": "DATE",
                        "segment": "VARCHAR",
                        "newsletter": "BOOLEAN",
                        "balance": "DECIMAL(12,2)",
                    },
                    [
                        (
                            1,
                            "Ada",
                            "Brown",
                            "ada.brown1@shop.example",
                            "+10 737 188870",
                            "New York",
                            "US",
                            "2024-05-27",
                            "private",
                            True,
                            "224.09",
                        ),
                        (
                            2,
                            "Barbara",
                            "Moreau",
                            "barbara.moreau2@shop.example",
                            "+78 005 401234",
                            "Berlin",
                            "DE",
                            "2025-12-04",
                            "reseller",
                            False,
                            "1734.69",
                        ),
                    ],
                )
            },
        ),
    )

    def summary(self) -> str:
        """Return how many rows of what."""
        return f"{self.params.rows:,} {self.params.kind}"

    def infer(self, inputs: Inputs, context: DesignContext) -> Outputs:
        """Return the columns of this kind of rows."""
        del inputs
        return {"rows": context.binder.describe(_query(self.params, 0, 0), {})}

    def replay(self, context: RunContext) -> Replay:
        """Return that each row depends on nothing but its number."""
        del context
        return Replay.EXACT

    def most_rows(self, context: RunContext) -> int:
        """Return how many rows were asked for."""
        del context
        return self.params.rows

    def open(self, schema: Schema, context: RunContext) -> Reader:
        """Return what makes the rows."""
        del schema
        return _SampleReader(self.params, context)


class _SampleReader(Reader):
    def __init__(self, params: SampleSourceParams, context: RunContext) -> None:
        self._params = params
        self._context = context
        self._first: int = context.start["row"] if context.start else 0

    def total(self) -> int | None:
        """Return how many rows were asked for, without those of the runs before."""
        return self._params.rows - self._first if self._context.row_limit is None else None

    def chunks(self) -> Iterator[Chunk]:
        """Yield ranges of rows, which depend on nothing but their numbers."""
        limit = self._context.row_limit
        total = self._params.rows if limit is None else min(limit, self._params.rows)
        size = self._context.batch_rows if limit is None else _FIRST_ROWS
        # Never closed: chunks may still be at work on other threads when the reader is done, and
        # closing it would close their cursors. The last of them lets go of it.
        con = locked_connection()
        for start in range(self._first, total, size):
            self._context.cancel.check()
            end = min(start + size, total)
            load = partial(_load, con, con.cursor(), _query(self._params, start, end))
            yield Chunk(load, {"row": end}, end / self._params.rows)


def _load(
    parent: "duckdb.DuckDBPyConnection", cursor: "duckdb.DuckDBPyConnection", query: str
) -> Loaded:
    del parent  # Held only for its life.
    try:
        return Loaded(cursor.sql(query).to_arrow_table())
    finally:
        cursor.close()


def _query(params: SampleSourceParams, start: int, end: int) -> str:
    """Return the query of rows number `start` + 1 to `end`."""
    made = _Maker(params.seed, params.flaws_percent)
    columns = {"orders": _orders, "customers": _customers, "events": _events}[params.kind](made)
    listed = ",\n".join(f'({sql}) AS "{name}"' for name, sql in columns.items())
    return f"SELECT {listed}\nFROM range({start} + 1, {end} + 1) AS r(i)"


class _Maker:
    """Writes SQL that draws values from the row's number `i`, the seed and a word.

    Args:
        flaws_percent: The share of rows that `spoilt` is true for.
    """

    def __init__(self, seed: int, flaws_percent: float) -> None:
        self._seed = seed
        self._flaws = round(flaws_percent * 100)

    def number(self, word: str, count: int, of: str = "i") -> str:
        """Return a whole number from 0 to below `count`, every one as likely."""
        return f"(hash(({of})::BIGINT, {self._seed}::BIGINT, '{word}') % {count})::BIGINT"

    def low(self, word: str, count: int, of: str = "i") -> str:
        """Return a whole number from 0 to below `count`, low ones likelier."""
        share = f"({self.number(word, 10_000, of)} / 10000.0::DOUBLE)"
        return f"(floor({share} * {share} * {count}))::BIGINT"

    def pick(self, word: str, choices: tuple[str, ...], of: str = "i", *, low: bool = False) -> str:
        """Return one of some texts; with `low`, the first ones more often."""
        draw = self.low if low else self.number
        listed = ", ".join(f"'{choice}'" for choice in choices)
        return f"list_extract([{listed}], {draw(word, len(choices), of)} + 1)"

    def spoilt(self, kind: int, kinds: int) -> str:
        """Return a condition: this row has the flaw number `kind` of `kinds`."""
        drawn = self.number("flaw", 10_000)
        return f"{drawn} < {self._flaws} AND {self.number('which flaw', kinds)} = {kind}"


_COUNTRIES = ("DE", "US", "GB", "FR", "NL", "ES", "IT", "PL", "SE", "JP", "BR")
_FIRST = (
    "Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Katherine", "Dennis", "Margaret",
    "Linus", "Radia", "Tim", "Hedy", "Niklaus", "Joan", "Ken",
)  # fmt: skip
_LAST = (
    "Novak", "Müller", "Smith", "García", "Rossi", "Dubois", "Jansen", "Kowalski", "Andersson",
    "Tanaka", "Silva", "Brown", "Fischer", "López", "Nguyen", "Okafor", "Weber", "Moreau",
)  # fmt: skip
_CITIES = (
    "Berlin", "New York", "London", "Paris", "Amsterdam", "Madrid", "Milan", "Warsaw",
    "Stockholm", "Osaka", "São Paulo",
)  # fmt: skip
_PRODUCTS = (
    "Coffee beans", "Tea sampler", "Kettle", "Mug", "Grinder", "Filter papers", "Scale",
    "French press", "Espresso machine", "Milk frother", "Travel cup", "Gift card",
)  # fmt: skip
_CENTS = (1290, 1850, 3990, 1150, 8900, 490, 3450, 2990, 44900, 5900, 2450, 5000)
_PLACES = ("example.com", "example.org", "mail.example.net", "shop.example")


def _orders(made: _Maker) -> dict[str, str]:
    product = made.low("product", len(_PRODUCTS))
    quantity = f"1 + {made.low('quantity', 8)}"
    cents = f"list_extract([{', '.join(map(str, _CENTS))}], {product} + 1)"
    discount = f"list_extract([0, 0, 0, 0, 5, 10, 20], {made.number('discount', 7)} + 1)"
    customer = f"1 + {made.low('customer', 1000)}"
    return {
        "order_id": "i::BIGINT",
        "customer_id": customer,
        "email": _email(made, customer),
        "ordered_at": _moment(made.number("second", 86_400), made.number("day", 730)),
        "status": made.pick(
            "status", ("delivered", "shipped", "paid", "new", "cancelled", "refunded"), low=True
        ),
        "country": made.pick("country", _COUNTRIES, customer, low=True),
        "product": f"list_extract([{_texts(_PRODUCTS)}], {product} + 1)",
        "quantity": f"(CASE WHEN {made.spoilt(2, 3)} THEN -1 ELSE {quantity} END)::INTEGER",
        "unit_price": f"({cents} / 100.0)::DECIMAL(12,2)",
        "discount_percent": f"{discount}::INTEGER",
        "amount": f"round({cents} * ({quantity}) * (100 - {discount}) / 10000.0, 2)::DECIMAL(12,2)",
    }


def _customers(made: _Maker) -> dict[str, str]:
    place = made.low("country", len(_COUNTRIES))
    return {
        "customer_id": "i::BIGINT",
        "first_name": made.pick("first", _FIRST),
        "last_name": made.pick("last", _LAST),
        "email": _email(made, "i"),
        "phone": f"CASE WHEN {made.number('no phone', 8)} > 0 THEN printf('+%d %03d %06d', "
        f"1 + {made.number('prefix', 98)}, {made.number('area', 1000)}, "
        f"{made.number('phone', 1_000_000)}) END",
        "city": f"list_extract([{_texts(_CITIES)}], {place} + 1)",
        "country": f"list_extract([{_texts(_COUNTRIES)}], {place} + 1)",
        "signed_up_on": f"DATE '2021-01-01' + {made.number('day', 1800)}::INTEGER",
        "segment": made.pick("segment", ("private", "business", "reseller"), low=True),
        "newsletter": f"{made.number('newsletter', 10)} < 4",
        "balance": f"({made.number('balance', 200_000)} / 100.0 - 200)::DECIMAL(12,2)",
    }


def _events(made: _Maker) -> dict[str, str]:
    session = "(i - 1) // 6"
    kinds = ("page_view", "page_view", "search", "add_to_cart", "checkout", "purchase")
    kind = made.pick("event", kinds, low=True)
    return {
        "event_id": f"i::BIGINT - CASE WHEN i > 1 AND {made.spoilt(0, 2)} THEN 1 ELSE 0 END",
        "occurred_at": "TIMESTAMP '2025-01-01 00:00:00' + to_milliseconds("
        f"i::BIGINT * 7000 + {made.number('late', 7000)})",
        "session": f"'s' || lpad(({session})::VARCHAR, 8, '0')",
        "customer_id": f"CASE WHEN {made.number('known', 3, session)} > 0 THEN "
        f"1 + {made.low('customer', 1000, session)} END",
        "event": kind,
        "page": made.pick("page", ("/", "/products", "/product", "/cart", "/help"), low=True),
        "device": made.pick("device", ("phone", "desktop", "tablet"), session, low=True),
        "duration_ms": f"(CASE WHEN {made.spoilt(1, 2)} THEN -1 "
        f"ELSE 50 + {made.low('duration', 60_000)} END)::INTEGER",
        "value": f"CASE WHEN {kind} = 'purchase' THEN "
        f"({made.number('value', 20_000)} / 100.0 + 5)::DECIMAL(12,2) END",
    }


def _email(made: _Maker, of: str) -> str:
    first, last = made.pick("first", _FIRST, of), made.pick("last", _LAST, of)
    good = (
        f"lower(strip_accents({first} || '.' || {last})) || ({of})::VARCHAR || '@' || "
        f"{made.pick('place', _PLACES, of)}"
    )
    return (
        f"CASE WHEN {made.spoilt(0, 3)} THEN NULL WHEN {made.spoilt(1, 3)} "
        f"THEN replace({good}, '@', ' at ') ELSE {good} END"
    )


def _moment(second: str, day: str) -> str:
    return f"TIMESTAMP '2024-01-01 00:00:00' + to_seconds({day} * 86400 + {second})"


def _texts(texts: tuple[str, ...]) -> str:
    return ", ".join(f"'{text}'" for text in texts)
