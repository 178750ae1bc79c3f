"""Make the data of the worked example again: dirty orders, and customers in SQLite.

Usage: python packaging/make_example.py
Deterministic: the same files at every run.
"""

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "resources" / "examples" / "orders" / "data"
ROWS = 5_000
FIRST = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Søren", "Łukasz", "Zoë", "Mateo", "晴香"]
LAST = ["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "O'Brien", "Müller", "García",
        "高橋"]  # fmt: skip
CITIES = {"DE": ["Berlin", "Köln"], "FR": ["Paris", "Lyon"],
          "GB": ["London", "Leeds"], "US": ["Boston", "Austin"], "JP": ["東京", "大阪"],
          "BR": ["São Paulo", "Recife"]}  # fmt: skip
SEGMENTS = ["consumer", "business", "public"]
STATUSES = ["paid", "shipped", "new", "cancelled", "refunded"]


def customers(rng: random.Random) -> list[tuple[object, ...]]:
    """Return customers; a few lack a mail address or have a broken one."""
    rows: list[tuple[object, ...]] = []
    for number in range(1, 401):
        first, last = rng.choice(FIRST), rng.choice(LAST)
        country = rng.choice(list(CITIES))
        mail: str | None = f"customer{number}@example.{rng.choice(['com', 'org'])}"
        if number % 37 == 0:
            mail = None
        elif number % 41 == 0:
            mail = f"customer{number}.example.com"
        since = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(2000))
        rows.append(
            (number, f"{first} {last}", mail, country, rng.choice(CITIES[country]),
             rng.choice(SEGMENTS), since.date().isoformat())
        )  # fmt: skip
    return rows


def orders(rng: random.Random) -> list[str]:
    """Return lines of CSV, with the faults real files have."""
    lines = ["order_id,customer_id,ordered_at,status,quantity,unit_price,coupon,note"]
    for number in range(1, ROWS + 1):
        when = datetime(2026, 1, 1, 8, tzinfo=UTC) + timedelta(minutes=rng.randrange(400_000))
        status = rng.choices(STATUSES, [5, 4, 2, 1, 1])[0]
        if rng.random() < 0.08:
            status = rng.choice([status.upper(), f" {status}"])
        quantity, price = str(rng.randrange(1, 9)), f"{rng.randrange(199, 49_900) / 100:.2f}"
        customer = str(rng.randrange(1, 412))  # A few customers are unknown.
        if rng.random() < 0.004:
            quantity = "-2"
        if rng.random() < 0.003:
            price = rng.choice(["n/a", "12,5O", "free"])
        coupon = rng.choice(["", "", "", "SPRING", "WELCOME10", '""'])
        note = rng.choice(
            ["", "", "gift", '"leave at the door, please"', '"said ""call first"""',
             '"two\nlines"', "Grüße", "日本語"]
        )  # fmt: skip
        line = ",".join(
            [str(number), customer, when.strftime("%Y-%m-%dT%H:%M:%SZ"), status, quantity, price,
             coupon, note]
        )  # fmt: skip
        if number in {777, 2345, 4100}:
            line = line.rsplit(",", 3)[0]  # Cut off, as by a full disk.
        lines.append(line)
        if number % 250 == 0:
            lines.append(line)  # Sent twice.
    return lines


def main() -> None:
    """Write both files."""
    rng = random.Random(2026)  # noqa: S311 - sample data
    FOLDER.mkdir(parents=True, exist_ok=True)
    database = FOLDER / "customers.db"
    database.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as con, con:
        con.execute(
            "CREATE TABLE customers (id BIGINT PRIMARY KEY, name VARCHAR, email VARCHAR, "
            "country VARCHAR, city VARCHAR, segment VARCHAR, customer_since DATE)"
        )
        con.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?)", customers(rng))
    text = "\n".join(orders(rng)) + "\n"
    (FOLDER / "orders.csv").write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    main()
