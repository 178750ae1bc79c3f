"""The benchmark data: orders.csv, deterministic in its number of rows, kept between runs."""

import tempfile
from pathlib import Path

import duckdb

NOTE = (
    "case (hash(i*37)%20)::int when 0 then null when 1 then 'Grüße 日本語 '||i "
    "when 2 then 'she said \"ok\", fine' when 3 then E'line1\\nline2 '||i "
    "when 4 then E'tab\\tback\\\\slash' else 'note '||(hash(i*41)%100000) end"
)
COLUMNS = {
    "id": "BIGINT",
    "customer_id": "INTEGER",
    "email": "VARCHAR",
    "amount": "DOUBLE",
    "status": "VARCHAR",
    "country": "VARCHAR",
    "created_at": "TIMESTAMP WITH TIME ZONE",
    "updated_at": "TIMESTAMP WITH TIME ZONE",
    "note": "VARCHAR",
}


def orders(rows: int) -> Path:
    """Return orders.csv of that many rows, made if it is not there.

    Columns: id (1..rows), customer_id, email (2 % null, 1 % malformed), amount (-50 .. 9950),
    status, country (one in eleven is 'XX'), created_at and updated_at (UTC, seconds), note (5 %
    null; quotes, newlines, tabs, other scripts).
    """
    folder = Path(tempfile.gettempdir()) / f"summit-benchmark-{rows}"
    path = folder / "orders.csv"
    if path.exists():
        return path
    folder.mkdir(exist_ok=True)
    with duckdb.connect() as con:
        con.execute("set timezone='UTC'")
        con.execute(f"""
            create table orders as select
              i::bigint as id,
              (hash(i*7) % 200000)::int as customer_id,
              case when hash(i*3)%50=0 then null when hash(i*3)%97=0 then 'bad-email-'||i
                   else 'user'||(hash(i*11)%900000)||'@'||list_extract(
                     ['example.com','mail.test','corp.example.org','x.io'],
                     1+(hash(i*13)%4)::int) end as email,
              ((hash(i*17)%1000000)/100.0 - 50)::double as amount,
              list_extract(['new','paid','shipped','cancelled','refunded'],
                1+(hash(i*19)%5)::int) as status,
              list_extract(['DE','FR','US','JP','BR','IN','GB','ES','IT','PL','XX'],
                1+(hash(i*23)%11)::int) as country,
              make_timestamptz((1700000000000000
                + (hash(i*29)%60000000)::bigint*1000000)::bigint) as created_at,
              make_timestamptz((1700000000000000 + (hash(i*29)%60000000)::bigint*1000000
                + (hash(i*31)%5000000)::bigint*1000000)::bigint) as updated_at,
              {NOTE} as note
            from range(1, {rows} + 1) r(i) order by i""")
        unfinished = path.with_suffix(".part")
        con.execute(
            f"copy orders to '{unfinished}' (format csv, header true, "
            "timestampformat '%Y-%m-%d %H:%M:%S+00')"
        )
    unfinished.rename(path)
    return path
