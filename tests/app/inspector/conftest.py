"""Fixtures of the inspector's tests."""

import pytest
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import AddEdge, AddNode
from summit_studio.document.model import Edge, Node


@pytest.fixture
def nodes(window, settle):
    """Add nodes by type, connected in a row by their first ports, and select the last."""

    def add(*nodes: Node, edges: tuple[str, ...] = ()):
        for number, node in enumerate(nodes):
            window.session.do(AddNode(node, (number * 300, 0)))
        for edge in edges:
            window.session.do(AddEdge(Edge.parse(edge)))
        settle()
        window.session.choose(Selection((nodes[-1].id,)))
        QApplication.processEvents()
        return window.inspector.form

    return add
