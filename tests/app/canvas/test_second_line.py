"""The second line of a card where it is too long."""

import pytest
from PySide6.QtGui import QFont, QFontMetricsF

from summit_studio.app.canvas.node_painter import summary_in


@pytest.mark.parametrize(
    ("summary", "shown"),
    [
        ("/home/ann/data/sales of the year/orders.csv", "orders.csv"),
        ("sales of the year/by region/north/orders.csv", "orders.csv"),
        (r"C:\data\sales of the year\north\orders.csv", "orders.csv"),
        ("price_of_one / quantity_that_was_sold.tons", None),
        ("file_name = 'a/very/long/one/orders.csv'", None),
    ],
)
def test_a_path_keeps_its_end_and_all_else_its_beginning(qapp, summary, shown):
    metrics = QFontMetricsF(QFont(qapp.font()))
    cut = summary_in(summary, metrics, metrics.horizontalAdvance("m" * 12))
    assert len(cut) < len(summary)
    assert cut.endswith(shown) if shown else cut.startswith(summary[:5])
