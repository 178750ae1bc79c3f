import os
import subprocess
import sys

import pytest

from summit_studio.app.main import main, no_display


def command(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    clean.pop("QT_QPA_PLATFORM", None)
    return subprocess.run(
        [sys.executable, "-m", "summit_studio.app.main", *arguments],
        env=clean | env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_without_a_display_it_says_so_and_ends_with_2(home):
    done = command(SUMMIT_HOME=str(home))
    if sys.platform.startswith("linux"):
        assert done.returncode == 2
        assert "there is no display" in done.stderr
        assert "summit run FILE" in done.stderr


def test_a_dead_display_does_not_abort_the_process(home):
    done = command(SUMMIT_HOME=str(home), DISPLAY=":991")
    if sys.platform.startswith("linux"):
        assert done.returncode == 2
        assert "':991' does not answer" in done.stderr


def test_help_needs_no_display(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    assert "a pipeline to open" in capsys.readouterr().out


def test_offscreen_counts_as_a_display(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert no_display() == ""
