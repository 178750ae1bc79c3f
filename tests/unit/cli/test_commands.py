"""The table of commands, and what each says of itself."""

import argparse
import importlib

import pytest

from summit_studio.cli.exit_codes import code_of
from summit_studio.cli.main import main
from summit_studio.cli.opening import read_parameters
from summit_studio.cli.parsing import Usage
from summit_studio.cli.table import COMMANDS
from summit_studio.core.errors import (
    Cancelled,
    InvalidDocument,
    QualityGateFailed,
    ReadFailed,
    SummitError,
)
from summit_studio.core.search import nearest


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


@pytest.mark.parametrize(
    ("words", "what", "do"),
    [
        ("valdate x", "There is no command 'valdate'", "did you mean 'validate'?"),
        ("check x", "There is no command 'check'", "did you mean 'validate' or 'checkpoints'?"),
        ("histroy", "There is no command 'histroy'", "did you mean 'runs'?"),
        ("zookeeper", "There is no command 'zookeeper'", "see `summit --help`"),
        ("secrets sett x", "There is no action 'sett'", "did you mean 'set'?"),
        ("run x --parm a=b", "`summit run` cannot use '--parm'", "did you mean '--param'?"),
        ("describe sort more", "`summit describe` cannot use 'more'", "see `summit describe"),
        ("run x --events jsno", "--events cannot be 'jsno'", "did you mean 'json'?"),
        ("run", "Cannot read the words after `summit run`", "see `summit run --help`"),
        ("preview x y --rows ten", "Cannot read the words after `summit preview`", "see"),
        ("describe read_csv", "Unknown node type 'read_csv'", "did you mean 'csv_source'?"),
        ("describe csv", "Unknown node type 'csv'", "did you mean 'csv_source' or 'csv_sink'?"),
        ("describe " + "x" * 100_000, "Unknown node type 'xxx", "run `summit nodes`"),
    ],
)
def test_words_that_cannot_be_read_are_answered(words, what, do, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path))
    assert main(words.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(what)
    assert f"Do: {do}" in said.err
    assert len(said.err) < 600


def test_every_command_is_found_by_its_keywords():
    for command in COMMANDS:
        for word in command.keywords:
            assert nearest(word, COMMANDS, lambda c: c.names)[0] is command
