"""What a query finds among names, and how quickly it gives up."""

import time

from summit_studio.core.search import best, nearest

NAMES = ["Filter rows", "Read CSV", "Write CSV", "Deduplicate", "Derive columns", "Aggregate"]


def found(query: str) -> list[str]:
    return best(query, NAMES, lambda name: (name,))


def near(query: str) -> list[str]:
    return nearest(query, NAMES, lambda name: (name,))


def test_an_empty_query_keeps_the_order_and_means_nothing():
    assert found(" ") == NAMES
    assert near(" ") == []
    assert found("!?") == []


def test_names_that_fit_alike_keep_their_order():
    assert found("csv") == ["Read CSV", "Write CSV"]
    assert found("de") == ["Deduplicate", "Derive columns"]


def test_starts_of_words_fit():
    assert found("fr") == ["Filter rows"]
    assert found("wcsv") == ["Write CSV"]
    assert found("srf") == []


def test_every_word_is_looked_for_in_any_order_and_any_name():
    assert found("csv write") == ["Write CSV"]
    # No item knows the names of columns: what has most of the words is meant.
    assert found("csv price") == ["Read CSV", "Write CSV"]
    assert near("csv price") == []
    both = best("fast sort", ["a", "b"], {"a": ("Sort", "fast"), "b": ("Sort", "slow")}.get)
    assert both == ["a"]


def test_small_words_need_not_be_found_but_count_where_they_are():
    assert found("write to the csv") == ["Write CSV"]
    ranked = best("to csv", ["a", "b"], {"a": ("CSV",), "b": ("Text", "t", "to csv")}.get)
    assert ranked == ["b", "a"]


def test_spelling_apart_or_together_or_with_signs_is_the_same():
    for query in ("derivecolumns", "derive_columns", "Derive-Columns", "DERIVE COLUMNS"):
        assert found(query) == ["Derive columns"]


def test_a_slip_is_forgiven_only_where_nothing_fits():
    assert found("fliter") == ["Filter rows"]
    assert found("cvs") == ["Read CSV", "Write CSV"]
    assert found("agregate") == ["Aggregate"]
    assert found("red csv") == ["Read CSV"]
    assert best("form", ["from", "form"], lambda name: (name,)) == ["form"]


def test_what_is_far_from_everything_is_not_guessed():
    for query in ("zzz", "kafka", "x", "qqqqqqqqqqqqqqqq"):
        assert near(query) == []


def test_only_what_is_about_as_near_as_the_nearest_is_meant():
    assert near("csv") == ["Read CSV", "Write CSV"]
    assert near("red csv") == ["Read CSV"]


def test_a_pasted_page_keeps_nobody_waiting():
    begun = time.perf_counter()
    for page in ("lorem ipsum " * 100_000, "a" * 1_000_000):
        found(page)
    assert time.perf_counter() - begun < 1
