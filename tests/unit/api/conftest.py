"""A workspace with two small files, and a settings folder of its own."""

from pathlib import Path

import pytest

ORDERS = "id,customer_id,status\n1,7,paid\n2,8,cancelled\n3,9,paid\n4,7,open\n"
CUSTOMERS = "id,name\n7,Ada\n8,Ben\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path / "home"))
    workspace = tmp_path / "work"
    workspace.mkdir()
    (workspace / "orders.csv").write_text(ORDERS)
    (workspace / "customers.csv").write_text(CUSTOMERS)
    return workspace
