"""The log of the headless tool: in its file, whoever begins it anew."""

import gc
import io
import logging
import warnings

from summit_studio.cli.log import log_file, start_log
from summit_studio.cli.terminal import Terminal


def test_a_log_that_is_begun_anew_leaves_no_file_open(tmp_path, monkeypatch):
    monkeypatch.setenv("SUMMIT_HOME", str(tmp_path))
    logger = logging.getLogger("summit")
    handlers, propagate = logger.handlers, logger.propagate
    monkeypatch.setattr(logger, "handlers", [])
    err = io.StringIO()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        for words in ("one", "two"):
            start_log(Terminal(io.StringIO(), err, {}))
            logger.warning(words)
        gc.collect()
    assert not caught
    assert [line.split()[-1] for line in log_file().read_text().splitlines()] == ["one", "two"]
    assert err.getvalue() == "one\ntwo\n"
    for handler in logger.handlers:
        handler.close()
    logger.handlers, logger.propagate = handlers, propagate
