"""The table of commands, and what each says of itself."""

import argparse
import importlib

import pytest

from summit_studio.cli.exit_codes import code_of
from summit_studio.cli.opening import Usage, read_parameters
from summit_studio.cli.table import COMMANDS
from summit_studio.core.errors import (
    Cancelled,
    InvalidDocument,
    QualityGateFailed,
    ReadFailed,
    SummitError,
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: c.name)
def test_every_command_declares_itself(command):
    module = importlib.import_module(f"summit_studio.cli.commands.{command.module}")
    parser = argparse.ArgumentParser(prog=command.name)
    module.configure(parser)
    assert callable(module.run)
    for action in parser._actions:
        nested = isinstance(action, argparse._SubParsersAction)
        assert nested or action.help, f"{command.name}: {action.dest} has no help"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Cancelled(), 130),
        (QualityGateFailed("x"), 3),
        (InvalidDocument("x", code="json_truncated"), 2),
        (Usage("x"), 2),
        (SummitError("x", code="node_unknown"), 2),
        (ReadFailed("x"), 1),
    ],
)
def test_exit_codes(error, code):
    assert code_of(error) == code


def test_parameters_are_read_as_given():
    assert read_parameters(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    for words in (["a"], ["=1"], ["a=1", "a=2"]):
        with pytest.raises(Usage):
            read_parameters(words)
