"""Schemas and a binder shared by these tests."""

from collections.abc import Iterator

import pytest

from summit_studio.core.schema import Schema
from summit_studio.expressions.binder import Binder

ORDERS = {
    "id": "BIGINT", "name": "VARCHAR", "amount": "DECIMAL(12,2)", "day": "DATE",
    "moment": "TIMESTAMP WITH TIME ZONE", "tags": "VARCHAR[]", "numbers": "INTEGER[]",
    "who": "STRUCT(nick VARCHAR, age INTEGER)", "paid": "BOOLEAN", "Größe": "DOUBLE",
}  # fmt: skip


@pytest.fixture(scope="session")
def binder() -> Iterator[Binder]:
    with Binder() as made:
        yield made


@pytest.fixture
def orders() -> Schema:
    return Schema.of(ORDERS)
