"""One call that guards, binds and compares."""

import pytest

from summit_studio.core.errors import InvalidExpression
from summit_studio.expressions.check import check_expression


def test_type_comes_back(binder, orders):
    assert check_expression("amount > 10", orders, binder, "BOOLEAN") == "BOOLEAN"
    assert check_expression("sum(amount)", orders, binder) == "DECIMAL(38,2)"
    assert check_expression("amount", orders, binder, "DECIMAL") == "DECIMAL(12,2)"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("name", "A condition must be true/false, this is text"),
        ("id", "A condition must be true/false, this is whole number"),
        ("day", "this is date"),
        ("tags", "this is list"),
        ("NULL", "this is text"),
    ],
)
def test_condition_of_another_type(binder, orders, text, part):
    with pytest.raises(InvalidExpression, match=part) as caught:
        check_expression(text, orders, binder, "BOOLEAN")
    assert caught.value.code == "type_mismatch"


def test_value_of_another_type_names_the_cast(binder, orders):
    with pytest.raises(InvalidExpression, match=r"CAST\(\.\.\. AS DATE\)"):
        check_expression("name", orders, binder, "DATE")


@pytest.mark.parametrize("text", ["sum(id) > 1", "max(paid)", "row_number() OVER () = 1"])
def test_condition_sees_one_row_only(binder, orders, text):
    with pytest.raises(InvalidExpression, match="from one row alone"):
        check_expression(text, orders, binder, "BOOLEAN")
    assert check_expression(text, orders, binder, "BOOLEAN", rowwise=False) == "BOOLEAN"


def test_rowwise_can_be_asked_for(binder, orders):
    with pytest.raises(InvalidExpression, match="aggregate"):
        check_expression("list_sum([sum(id)])", orders, binder, rowwise=True)


def test_the_guard_comes_first(binder, orders):
    with pytest.raises(InvalidExpression) as caught:
        check_expression("read_text('x') || nope", orders, binder)
    assert caught.value.code == "function_refused"
