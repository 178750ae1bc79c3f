import pytest

from summit_studio.app.session.sentences import sentences


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (
            ("the input has id", "did you mean 'status'?"),
            "The input has id. Did you mean 'status'?",
        ),
        (("it is required.", "", "fill it in"), "It is required. Fill it in."),
        (("orders.csv is UTF-8 text",), "orders.csv is UTF-8 text."),
        (("unit_price is text",), "unit_price is text."),
        (("'a' is empty",), "'a' is empty."),
        (("", ""), ""),
    ],
)
def test_parts_become_sentences(parts, text):
    assert sentences(*parts) == text
