"""Spill folders: private, and swept where their process is no more."""

import os
import subprocess
import sys

from summit_studio.backends.local.spill import make_spill_folder


def test_folders_of_dead_processes_go_and_those_of_living_ones_stay(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    (tmp_path / f"summit-run-{dead.pid}-old").mkdir()
    (tmp_path / f"summit-run-{dead.pid}-old" / "spilled").write_bytes(b"x")
    other = tmp_path / "summit-run-of-somebody"
    other.mkdir()
    mine = make_spill_folder(tmp_path)
    again = make_spill_folder(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([other, mine, again])
    if os.name == "posix":
        assert mine.stat().st_mode & 0o077 == 0
