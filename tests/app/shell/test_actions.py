import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from summit_studio.app.shell.actions import TABLE, Actions
from summit_studio.app.shell.starting import make_application


class Part(QObject):
    """Answers the actions it is told of, and remembers what was asked."""

    def __init__(self, *ids: str) -> None:
        super().__init__()
        self.asked: list[str] = []
        for action_id in ids:
            setattr(self, f"on_{action_id}", lambda _on=False, a=action_id: self.asked.append(a))


@pytest.fixture
def actions(home):
    make_application([])
    owner = QObject()
    conditions = {entry.when: lambda: "" for entry in TABLE}
    yield Actions(conditions, owner)
    owner.deleteLater()


ALL = [entry.id for entry in TABLE]


def test_each_action_is_answered_by_the_part_that_has_its_method(actions):
    one, rest = Part("new", "run"), Part(*(i for i in ALL if i not in {"new", "run"}))
    actions.bind(one, rest)
    for action_id in ("new", "save", "run"):
        actions.trigger(action_id)
    assert one.asked == ["new", "run"]
    assert rest.asked == ["save"]


def test_an_empty_id_is_no_action(actions):
    part = Part(*ALL)
    actions.bind(part)
    actions.trigger("")
    assert part.asked == []


@pytest.mark.parametrize("parts", [(ALL[1:],), (ALL, ALL[:1])], ids=["none", "two"])
def test_an_action_answered_by_none_or_by_two_parts_is_a_fault(actions, parts):
    with pytest.raises(LookupError, match="new"):
        actions.bind(*(Part(*ids) for ids in parts))


def test_undo_says_under_the_mouse_what_it_takes_back_and_its_key(actions):
    actions.name_history("move of 'Orders'", "")
    key = actions["undo"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    assert actions["undo"].toolTip() == f"Undo move of 'Orders' ({key})"
    assert actions["redo"].toolTip().startswith("Redo (")
