"""Fields of the inspector: their place, when they speak up, what they offer and put right."""

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication

from summit_studio.app.session.selection import Selection
from summit_studio.document.edits import AddNode
from summit_studio.document.model import Node
from summit_studio.nodes.catalogue import Catalogue


def test_no_form_is_stretched_apart(window):
    kinds = [k for k in Catalogue.load() if k.params_class.model_fields]
    for number, kind in enumerate(kinds):
        window.session.do(AddNode(Node(f"n{number}", kind.id), (number * 300, 0)))
    for number, kind in enumerate(kinds):
        window.session.choose(Selection((f"n{number}",)))
        QApplication.processEvents()
        form = window.inspector.form
        head = window.inspector.head
        assert form.height() <= max(form.sizeHint().height(), form.heightForWidth(form.width()))
        gap = form.mapTo(head.parentWidget(), QPoint(0, 0)).y() - head.geometry().bottom()
        assert gap <= 16, kind.id
