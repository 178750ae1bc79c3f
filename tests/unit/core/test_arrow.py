"""Values of Arrow as Python has them."""

import datetime as dt

import pyarrow as pa

from summit_studio.core.arrow import values_of


def test_days_that_python_has_none_of_are_their_text():
    days = pa.chunked_array([pa.array([0, 5_000_000, None, -1_000_000], pa.int32())])
    assert values_of(days.cast(pa.date32())) == [
        dt.date(1970, 1, 1), "15659-07-15", None, "0769-02-04 (BC)",
    ]  # fmt: skip
    lists = pa.array([[1], [5_000_000]], pa.list_(pa.int32())).cast(pa.list_(pa.date32()))
    assert values_of(lists) == [[dt.date(1970, 1, 2)], "[15659-07-15]"]
