"""TPC-H from files equals TPC-H from tables: every value, and the type of every amount."""

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

import summit_studio as summit
from summit_studio.api.handles import NodeHandle

CUSTOMERS, SUPPLIERS, ORDERS = 3_000, 200, 30_000

# After the specification of TPC-H, 4.2: its columns, types, keys, ranges and shares.
TABLES = {
    "region": """
        SELECT i::BIGINT AS r_regionkey, ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'][i+1]
          AS r_name, pick(i, 1, 97) AS r_comment FROM range(5) AS t(i)""",
    "nation": """
        SELECT i::BIGINT AS n_nationkey, 'NATION ' || chr(65 + i::INT) AS n_name,
          (i % 5)::BIGINT AS n_regionkey, pick(i, 2, 97) AS n_comment FROM range(25) AS t(i)""",
    "supplier": f"""
        SELECT i::BIGINT AS s_suppkey, format('Supplier#{{:09d}}', i) AS s_name,
          dice(i, 3, 25)::BIGINT AS s_nationkey,
          ((dice(i, 4, 1099999) - 99999) / 100)::DECIMAL(15,2) AS s_acctbal
        FROM range(1, {SUPPLIERS} + 1) AS t(i)""",
    "customer": f"""
        SELECT i::BIGINT AS c_custkey, format('Customer#{{:09d}}', i) AS c_name,
          'No ' || i || ', "The' || chr(10) || 'Mill"' AS c_address,
          dice(i, 5, 25)::BIGINT AS c_nationkey,
          format('{{:02d}}-{{:03d}}-{{:04d}}', 10 + dice(i, 5, 25), dice(i, 6, 1000),
            dice(i, 7, 10000)) AS c_phone,
          ((dice(i, 8, 1099999) - 99999) / 100)::DECIMAL(15,2) AS c_acctbal,
          ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'MACHINERY', 'HOUSEHOLD'][dice(i, 9, 5) + 1]
            AS c_mktsegment
        FROM range(1, {CUSTOMERS} + 1) AS t(i)""",
    # One customer in three has no order, and one comment in fifty speaks of special requests.
    "orders": f"""
        SELECT (i // 8 * 32 + i % 8)::BIGINT AS o_orderkey,
          (dice(i, 10, {CUSTOMERS} // 3) * 3 + 1 + dice(i, 11, 2))::BIGINT AS o_custkey,
          ['F', 'O', 'P'][dice(i, 12, 3) + 1] AS o_orderstatus,
          (dice(i, 13, 55000000) / 100)::DECIMAL(15,2) AS o_totalprice,
          (DATE '1992-01-01' + dice(i, 14, 2406)::INT) AS o_orderdate,
          0::BIGINT AS o_shippriority,
          CASE WHEN dice(i, 15, 50) = 0 THEN 'the special, "' || pick(i, 16, 9) || '" requests|'
            ELSE pick(i, 16, 97) END AS o_comment
        FROM range(1, {ORDERS} + 1) AS t(i)""",
    "lineitem": f"""
        SELECT o_orderkey AS l_orderkey, line AS l_linenumber,
          1 + dice(k, 17, {SUPPLIERS})::BIGINT AS l_suppkey,
          (1 + dice(k, 18, 50))::DECIMAL(15,2) AS l_quantity,
          ((1 + dice(k, 18, 50)) * (90000 + dice(k, 19, 110000)) / 100)::DECIMAL(15,2)
            AS l_extendedprice,
          (dice(k, 20, 11) / 100)::DECIMAL(15,2) AS l_discount,
          (dice(k, 21, 9) / 100)::DECIMAL(15,2) AS l_tax,
          CASE WHEN shipped + 1 + dice(k, 22, 30)::INT > DATE '1995-06-17' THEN 'N'
            ELSE ['R', 'A'][dice(k, 23, 2) + 1] END AS l_returnflag,
          CASE WHEN shipped > DATE '1995-06-17' THEN 'O' ELSE 'F' END AS l_linestatus,
          shipped AS l_shipdate
        FROM (SELECT *, o_orderkey * 8 + line AS k,
            o_orderdate + 1 + dice(o_orderkey * 8 + line, 24, 121)::INT AS shipped
          FROM orders, range(1, 8) AS t(line) WHERE line <= 1 + dice(o_orderkey, 25, 7))""",
}
WORDS = "furiously,carefully bold,silent|deposits,quickly 'final',packages nag,é l'aube,7.50,-,1996"

Q1 = """
    SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty,
      sum(l_extendedprice) AS sum_base_price,
      sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
      sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge,
      avg(l_quantity) AS avg_qty, avg(l_extendedprice) AS avg_price, avg(l_discount) AS avg_disc,
      count(*) AS count_order
    FROM lineitem WHERE l_shipdate <= CAST('1998-09-02' AS DATE)
    GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag, l_linestatus"""
Q3 = """
    SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate,
      o_shippriority
    FROM customer, orders, lineitem
    WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey AND l_orderkey = o_orderkey
      AND o_orderdate < CAST('1995-03-15' AS DATE) AND l_shipdate > CAST('1995-03-15' AS DATE)
    GROUP BY l_orderkey, o_orderdate, o_shippriority ORDER BY revenue DESC, o_orderdate LIMIT 10"""
Q5 = """
    SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue
    FROM customer, orders, lineitem, supplier, nation, region
    WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND l_suppkey = s_suppkey
      AND c_nationkey = s_nationkey AND s_nationkey = n_nationkey AND n_regionkey = r_regionkey
      AND r_name = 'ASIA' AND o_orderdate >= CAST('1994-01-01' AS DATE)
      AND o_orderdate < CAST('1995-01-01' AS DATE)
    GROUP BY n_name ORDER BY revenue DESC"""
Q13 = """
    SELECT c_count, count(*) AS custdist
    FROM (SELECT c_custkey, count(o_orderkey) AS c_count
      FROM customer LEFT OUTER JOIN orders
        ON c_custkey = o_custkey AND o_comment NOT LIKE '%special%requests%'
      GROUP BY c_custkey)
    GROUP BY c_count ORDER BY custdist DESC, c_count DESC"""

Node = NodeHandle
Read = Callable[[str], Node]

REVENUE = {
    "name": "revenue", "function": "sum", "expression": "l_extendedprice * (1 - l_discount)"
}  # fmt: skip


def keep(rows: Node, condition: str) -> Node:
    return rows.to("filter", condition=condition)


def down(column: str) -> dict[str, str]:
    return {"column": column, "direction": "descending"}


def join(made: summit.Pipeline, left: Node, right: Node, how: str = "inner", **keys: str) -> Node:
    pairs = [{"left": a, "right": b} for a, b in keys.items()]
    return made.add("join", left=left, right=right, how=how, keys=pairs)


def q1(made: summit.Pipeline, read: Read) -> Node:
    del made
    price = "l_extendedprice * (1 - l_discount)"
    measures = [
        {"name": "sum_qty", "function": "sum", "column": "l_quantity"},
        {"name": "sum_base_price", "function": "sum", "column": "l_extendedprice"},
        {"name": "sum_disc_price", "function": "sum", "expression": price},
        {"name": "sum_charge", "function": "sum", "expression": f"{price} * (1 + l_tax)"},
        {"name": "avg_qty", "function": "avg", "column": "l_quantity"},
        {"name": "avg_price", "function": "avg", "column": "l_extendedprice"},
        {"name": "avg_disc", "function": "avg", "column": "l_discount"},
        {"name": "count_order"},
    ]
    groups = ["l_returnflag", "l_linestatus"]
    shipped = keep(read("lineitem"), "l_shipdate <= DATE '1998-12-01' - INTERVAL 90 DAY")
    totals = shipped.to("aggregate", group_by=groups, measures=measures)
    return totals.to("sort", columns=[{"column": name} for name in groups])


def q3(made: summit.Pipeline, read: Read) -> Node:
    builders = keep(read("customer"), "c_mktsegment = 'BUILDING'")
    ordered = keep(read("orders"), "o_orderdate < DATE '1995-03-15'")
    shipped = keep(read("lineitem"), "l_shipdate > DATE '1995-03-15'")
    theirs = join(made, ordered, builders, o_custkey="c_custkey")
    groups = ["l_orderkey", "o_orderdate", "o_shippriority"]
    revenue = join(made, shipped, theirs, l_orderkey="o_orderkey").to(
        "aggregate", group_by=groups, measures=[REVENUE]
    )
    top = revenue.to("sort", columns=[down("revenue"), {"column": "o_orderdate"}]).to(
        "limit", rows=10
    )
    columns = ["l_orderkey", "revenue", "o_orderdate", "o_shippriority"]
    return top.to("select_columns", columns=[{"column": name} for name in columns])


def q5(made: summit.Pipeline, read: Read) -> Node:
    asia = keep(read("region"), "r_name = 'ASIA'")
    year = keep(
        read("orders"), "o_orderdate >= DATE '1994-01-01' AND o_orderdate < DATE '1995-01-01'"
    )
    nations = join(made, read("nation"), asia, n_regionkey="r_regionkey")
    suppliers = join(made, read("supplier"), nations, s_nationkey="n_nationkey")
    ordered = join(made, year, read("customer"), o_custkey="c_custkey")
    lines = join(made, read("lineitem"), ordered, l_orderkey="o_orderkey")
    local = join(made, lines, suppliers, l_suppkey="s_suppkey", c_nationkey="s_nationkey")
    return local.to("aggregate", group_by=["n_name"], measures=[REVENUE]).to(
        "sort", columns=[down("revenue")]
    )


def q13(made: summit.Pipeline, read: Read) -> Node:
    plain = keep(read("orders"), "o_comment NOT LIKE '%special%requests%'")
    each = join(made, read("customer"), plain, "left", c_custkey="o_custkey").to(
        "aggregate",
        group_by=["c_custkey"],
        measures=[{"name": "c_count", "function": "count", "column": "o_orderkey"}],
    )
    spread = each.to("aggregate", group_by=["c_count"], measures=[{"name": "custdist"}])
    return spread.to("sort", columns=[down("custdist"), down("c_count")])


QUERIES = {"q1": (q1, Q1), "q3": (q3, Q3), "q5": (q5, Q5), "q13": (q13, Q13)}
ROWS = {"q1": 4, "q3": 10, "q5": 5, "q13": 20}
"""How many rows at least, so that nothing equals nothing."""
FORMATS = {
    "csv": "format csv, header",
    "tbl": "format csv, header, delimiter '|'",
    "parquet": "format parquet",
}


@pytest.fixture(scope="module")
def tables() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("CREATE MACRO dice(i, n, sides) AS (hash(i * 1009 + n) % sides)::BIGINT")
        words = ", ".join("'" + word.replace("'", "''") + "'" for word in WORDS.split(","))
        con.execute(
            "CREATE MACRO pick(i, n, sides) AS (SELECT string_agg("
            f"[{words}][1 + dice(i * 7 + w, n, sides) % {len(WORDS.split(','))}], ', ' ORDER BY w)"
            " FROM range(4) AS t(w))"
        )
        for name, query in TABLES.items():
            con.execute(f"CREATE TABLE {name} AS {query}")
        yield con


@pytest.fixture(scope="module")
def files(tables: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tpch")
    for name in TABLES:
        for ending, how in FORMATS.items():
            tables.execute(f"COPY {name} TO '{folder}/{name}.{ending}' ({how})")
    return folder


def typed(found: duckdb.DuckDBPyRelation) -> tuple[dict[str, str], list[tuple[object, ...]]]:
    """Return the columns with their types, and the rows; a decimal has its scale by its digits."""
    columns = dict(zip(found.columns, map(str, found.types), strict=True))
    return columns, [tuple(map(repr, row)) for row in found.fetchall()]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("ending", FORMATS)
def test_a_query_as_a_graph_equals_the_query(tables, files, ending, query):
    build, sql = QUERIES[query]
    reader = "parquet_source" if ending == "parquet" else "csv_source"
    name = f"{query}-{ending}"
    made = summit.Pipeline(name, folder=files)
    build(made, lambda table: made.add(reader, table, path=f"{table}.{ending}")).to(
        "parquet_sink", path=f"{name}-found.parquet"
    )
    document = made.save(files / f"{name}.summit.json")
    summit.Pipeline.load(document).run().raise_for_status()

    found = tables.sql(f"SELECT * FROM '{files}/{name}-found.parquet'")
    expected = tables.sql(sql)
    assert typed(found) == typed(expected)
    assert len(expected) >= ROWS[query]


@pytest.mark.parametrize("ending", ["csv", "tbl"])
def test_the_types_of_a_table_are_found_in_its_file(tables, files, ending):
    made = summit.Pipeline("types", folder=files)
    for name in TABLES:
        found = made.add("csv_source", name, path=f"{name}.{ending}").schema
        types = {c.name: c.type for c in found}
        table = tables.table(name)
        # Text says nothing of how many digits a larger amount could have: there is room for more.
        declared = [str(t).replace("(15,2)", "(18,2)") for t in table.types]
        assert types == dict(zip(table.columns, declared, strict=True))
