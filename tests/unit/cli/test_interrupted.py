"""Ctrl+C ends a command with 130 and one word, also while the command is being loaded."""

import subprocess
import sys

PROGRAM = """
import importlib, os, signal, sys
# What runs in the background may have been told not to listen.
signal.signal(signal.SIGINT, signal.default_int_handler)
from summit_studio.cli.main import main

load = importlib.import_module

def interrupted(name):
    if name == {at!r}:
        os.kill(os.getpid(), signal.SIGINT)
    return load(name)

importlib.import_module = interrupted
sys.exit(main(["run", "nothing.summit.json"]))
"""


def test_an_interrupt_while_a_command_is_being_loaded_ends_it_in_good_order():
    program = PROGRAM.format(at="summit_studio.cli.commands.run")
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "Cancelled."
