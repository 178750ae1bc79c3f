"""One call for forms and nodes: guard an expression, bind it, compare its type."""

from summit_studio.core.errors import InvalidExpression
from summit_studio.core.schema import BOOLEAN, Schema, base_type, type_label
from summit_studio.expressions.binder import Binder
from summit_studio.expressions.guard import guard_expression
from summit_studio.expressions.lineage import shape_of


def check_expression(
    text: str,
    schema: Schema,
    binder: Binder,
    expect: str | None = None,
    *,
    rowwise: bool | None = None,
) -> str:
    """Return the type of an expression that is safe and fits `schema`.

    Args:
        text: What a person wrote.
        schema: The columns it may read.
        binder: Any binder.
        expect: The type it must have, without its arguments counting: `DECIMAL` takes any.
        rowwise: True refuses aggregates and window functions, which need other rows. None means
            True for a condition (`expect="BOOLEAN"`), else False.

    Raises:
        InvalidExpression: With code `column_missing`, `function_unknown`, `function_refused`,
            `type_unknown`, `type_mismatch` or `expression_invalid`.
    """
    guard_expression(text)
    if rowwise or (rowwise is None and expect == BOOLEAN):
        _check_rowwise(text)
    found = binder.type_of(text, schema)
    if expect is not None and base_type(found) != base_type(expect):
        subject = "a condition" if expect == BOOLEAN else "it"
        raise InvalidExpression(
            f"{subject.capitalize()} must be {type_label(expect)}, this is {type_label(found)}",
            why=f"the expression gives {found}",
            do="compare it with something, such as x > 0"
            if expect == BOOLEAN
            else f"cast it: CAST(... AS {expect})",
            code="type_mismatch",
        )
    return found


def _check_rowwise(text: str) -> None:
    shape = shape_of(text)
    if shape != "row":
        raise InvalidExpression(
            f"Cannot use {'an aggregate' if shape == 'aggregate' else 'a window function'} here",
            why="the value must come from one row alone",
            do="compute it in an Aggregate or SQL node before, and name the column here",
        )
