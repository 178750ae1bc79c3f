"""The usual searches of people who come from elsewhere, each with the node that must come first."""

import pytest

from summit_studio.core.errors import InvalidParams
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import Catalogue, UnknownNodeType
from summit_studio.nodes.params import fields_at, names_of_field

USUAL = {
    # As people say it.
    "group by": "aggregate", "remove duplicates": "deduplicate", "top n": "limit",
    "read database": "table_source", "read from database": "table_source", "upsert": "table_sink",
    "write to postgres": "table_sink", "export csv": "csv_sink", "anonymise": "mask",
    "remove nulls": "filter", "remove columns": "select_columns", "personal data": "mask",
    "regex": "derive", "sum": "aggregate", "enrich": "lookup", "script": "python",
    # By what they want, columns and all.
    "average by month": "aggregate", "average price by region": "aggregate",
    "count rows per day": "aggregate", "join two tables": "join",
    "merge two tables by id": "join", "put tables together": "join",
    "put files together": "union", "rename a column": "select_columns", "change types":
    "select_columns", "convert text to number": "select_columns", "keep only paid orders":
    "filter", "fill empty values": "fill_missing", "calculate a new column": "derive",
    "extract year from date": "derive", "uppercase names": "derive", "top 10 customers": "limit",
    "hide emails": "mask", "look up a value in another table": "lookup", "save as csv": "csv_sink",
    "find duplicates": "deduplicate", "check data quality": "rules",
    # KNIME.
    "row filter": "filter", "column filter": "select_columns", "joiner": "join",
    "groupby": "aggregate", "concatenate": "union", "missing value": "fill_missing",
    "csv reader": "csv_source", "excel reader": "excel_source", "sorter": "sort",
    "math formula": "derive", "duplicate row filter": "deduplicate", "db reader": "table_source",
    # Alteryx.
    "input data": "csv_source", "output data": "csv_sink", "browse": "preview_sink",
    "formula": "derive", "summarize": "aggregate", "select": "select_columns",
    "unique": "deduplicate", "find replace": "lookup", "data cleansing": "fill_missing",
    # Hop.
    "select values": "select_columns", "merge join": "join", "stream lookup": "lookup",
    "unique rows": "deduplicate", "table input": "table_source", "table output": "table_sink",
    "text file input": "csv_source", "if null": "fill_missing", "generate rows": "sample_source",
    "data validator": "rules", "calculator": "derive", "dummy": "preview_sink",
    # SQL.
    "where": "filter", "order by": "sort", "union all": "union", "left join": "join",
    "distinct": "deduplicate", "coalesce": "fill_missing", "case when": "derive",
    "having": "aggregate", "insert": "table_sink", "row_number": "sql",
    # pandas.
    "read_csv": "csv_source", "to_csv": "csv_sink", "read_excel": "excel_source",
    "read_parquet": "parquet_source", "to_parquet": "parquet_sink", "read_json": "json_source",
    "to_json": "jsonl_sink", "read_sql": "table_source", "to_sql": "table_sink",
    "drop_duplicates": "deduplicate", "sort_values": "sort", "fillna": "fill_missing",
    "dropna": "filter", "merge": "join", "concat": "union", "assign": "derive",
    "astype": "select_columns", "rename": "select_columns", "head": "limit", "apply": "python",
    # Slips.
    "fliter": "filter", "jion": "join", "agregate": "aggregate", "deduplcate": "deduplicate",
    "srot": "sort", "uinon": "union", "parqet": "parquet_source", "pyhton": "python",
    "cvs": "csv_source", "exel": "excel_source", "filtering": "filter", "joins": "join",
    # Beginnings and initials.
    "wcsv": "csv_sink", "fr": "filter", "dedup": "deduplicate", "agg": "aggregate",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.mark.parametrize(("query", "first"), USUAL.items())
def test_the_usual_searches_find_the_node_first(catalogue, query, first):
    assert [kind.id for kind in catalogue.search(query)][:1] == [first]


def test_a_search_of_many_meanings_finds_them_all(catalogue):
    assert {k.id for k in catalogue.search("regex")} == {"filter", "derive", "rules"}
    assert {"csv_source", "csv_sink"} <= {k.id for k in catalogue.search("csv")}


def test_every_type_is_first_for_its_title_and_its_id(catalogue):
    for kind in catalogue:
        assert catalogue.search(kind.title)[0] is kind
        assert catalogue.search(kind.id)[0] is kind


def test_every_keyword_finds_its_type(catalogue):
    for kind in catalogue:
        for word in kind.keywords:
            assert kind in catalogue.search(word), word
        assert len(set(kind.keywords)) == len(kind.keywords), kind.id


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("read_csv", "'csv_source'?"),
        ("groupby", "'aggregate'?"),
        ("filtre", "'filter'?"),
        ("csv", "'csv_source' or 'csv_sink'?"),
        ("Filter", "'filter'?"),
    ],
)
def test_an_unknown_type_is_answered_by_the_same_search(catalogue, typed, meant):
    with pytest.raises(UnknownNodeType) as caught:
        catalogue.get(typed)
    assert caught.value.do == f"did you mean {meant}"


def test_an_unknown_type_that_means_nothing_is_not_guessed(catalogue):
    with pytest.raises(UnknownNodeType, match="run `summit nodes`"):
        catalogue.get("kafka_zookeeper")


@pytest.mark.parametrize(
    ("type_id", "params", "meant"),
    [
        ("sort", {"by": ["id"]}, "'columns'?"),
        ("sort", {"order_by": "id"}, "'columns'?"),
        ("sort", {"columns": [{"by": "id"}]}, "'column'?"),
        ("sort", {"columns": [{"column": "id", "directoin": "x"}]}, "'direction'?"),
        ("sort", {"columns": [{"column": "id", "direction": "ascendin"}]}, "'ascending'?"),
        ("join", {"keys": [{"left": "a", "right": "a"}], "how": "iner"}, "'inner'?"),
        ("join", {"on": "id"}, "'keys'?"),
        ("limit", {"n": 5}, "'rows'?"),
        ("aggregate", {"by": ["id"]}, "'group_by'?"),
        ("filter", {"where": "true"}, "'condition'?"),
        ("csv_source", {"path": "x", "sep": ";"}, "'delimiter'?"),
        ("csv_source", {"file": "x"}, "'path' or 'file_column'?"),
        ("table_sink", {"connection": "c", "table": "t", "if_exists": "append"}, "'mode'?"),
    ],
)
def test_an_unknown_field_is_answered_by_names_synonyms_and_slips(
    catalogue, type_id, params, meant
):
    with pytest.raises(InvalidParams) as caught:
        catalogue.bind(Node("node", type_id, params))
    assert caught.value.do == f"did you mean {meant}"
    assert caught.value.where.param == next(reversed(params))


def test_an_unknown_field_that_means_nothing_lists_what_there_is(catalogue):
    with pytest.raises(InvalidParams) as caught:
        catalogue.bind(Node("node", "limit", {"zookeeper" * 100: 1}))
    assert "it has rows, skip" in caught.value.why
    assert caught.value.do == "take it out"
    assert len(str(caught.value)) < 300


def test_no_keyword_of_a_field_is_another_field(catalogue):
    for kind in catalogue:
        fields = fields_at(kind.params_class, ())
        for name, field in fields.items():
            clash = {*names_of_field(name, field)[1:]} & {*fields}
            assert not clash, f"{kind.id}.{name}: {clash}"
