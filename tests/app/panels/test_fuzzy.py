from summit_studio.app.panels.fuzzy import best, score

NAMES = ["Filter rows", "Read CSV", "Write CSV", "Deduplicate", "Derive columns", "Aggregate"]


def found(query: str) -> list[str]:
    return best(query, NAMES, lambda name: (name,))


def test_an_empty_query_keeps_the_order():
    assert found("") == NAMES


def test_words_beat_scattered_letters():
    assert found("csv") == ["Read CSV", "Write CSV"]
    assert found("de")[:2] == ["Derive columns", "Deduplicate"] or found("de")[0].startswith("De")


def test_starts_of_words_fit():
    assert found("fr")[0] == "Filter rows"
    assert found("wcsv")[0] == "Write CSV"


def test_letters_must_stand_in_order():
    assert score("vsc", "CSV") is None
    assert found("zzz") == []
