"""Every setting says what it costs, by the same words everywhere."""

import json

from summit_studio.cli.main import main
from summit_studio.core.resources import resource
from summit_studio.planning.setting_words import setting_groups, setting_lines
from summit_studio.planning.settings import Settings


def settings():
    return [setting for group in setting_groups() for setting in group.settings]


def leaves(values, path=()):
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from leaves(value, (*path, name))
        else:
            yield (*path, name)


def test_every_setting_of_the_model_is_told_once_with_all_that_is_to_say():
    dumped = Settings().model_dump(mode="json")
    assert sorted(s.path for s in settings()) == sorted(leaves(dumped))
    for setting in settings():
        assert setting.doc.endswith("."), setting.name
        assert setting.cost.endswith("."), setting.name
        assert setting.by_default, setting.name
    titles = [s.title for s in settings()]
    assert len({*titles}) == len(titles)


def test_a_default_is_told_with_its_unit_and_never_as_this_machine_has_it():
    told = {s.name: s.by_default for s in settings()}
    assert told["performance.batch_rows"] == "100,000 rows"
    assert told["errors.retry.delay_secs"] == "1 second"
    assert told["errors.retry.jitter"] == "on"
    assert told["checkpoints.publish"] == "auto"
    assert told["limits.run_secs"] == "no limit"
    assert "at most 8" in told["performance.parallelism"]


def test_the_page_of_the_documentation_says_what_the_command_says(capsys):
    page = resource("docs/settings.md").read_text(encoding="utf-8")
    assert "\n".join(setting_lines()) in page
    assert main(["describe", "settings"]) == 0
    assert "checkpoints.every_rows [rows]: Rows of an epoch" in capsys.readouterr().out


def test_programs_read_the_same_as_json(capsys):
    assert main(["describe", "settings", "--json"]) == 0
    told = {s["name"]: s for s in json.loads(capsys.readouterr().out)}
    assert told["verify"]["choices"] == ["counts", "content"]
    assert set(told["errors.tolerance"]["parts"]) == {"rows", "percent", "after_rows"}
    assert told["performance.parallelism"]["default"] is None
