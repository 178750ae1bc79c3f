"""The list of faults fits the program as it stands; `python -m tests.mutants` runs it."""

from collections import Counter
from pathlib import Path

import pytest

from tests.mutants.faults import ROOT, Fault, Stale, faults

FAULTS = faults()
AREAS = {
    "exact",
    "incremental",
    "replication",
    "cdc",
    "writes",
    "changes",
    "last2",
    "last1",
    "looking",
    "impact",
    "browser",
    "merging",
    "loading",
    "audit2",
    "audit1",
    "words",
    "small",
    "short",
    "mapping",
    "expressions",
    "access",
    "files",
    "runview",
    "fields",
    "proof",
    "modules",
    "gallery",
    "history",
    "themes",
    "rest",
    "breaker",
    "pools",
    "ledger",
    "parts",
    "targets",
    "edits",
    "fusion",
    "guard",
    "text_index",
    "checks",
    "writers",
    "excel",
    "refusals",
    "retries",
    "positions",
    "epochs",
    "letters",
    "dock",
    "sources",
    "streaming",
    "surface",
    "rehearsal",
    "stages",
    "layout",
    "hands",
    "tabs",
    "grid",
    "find",
    "working",
    "columns",
    "frames",
    "bends",
    "bends2",
    "in_tab",
    "inside",
    "look",
    "settings",
    "params",
}


def test_there_are_at_least_sixty_in_all_areas():
    assert len(FAULTS) >= 60
    assert {fault.area for fault in FAULTS} == AREAS
    assert [name for name, times in Counter(map(str, FAULTS)).items() if times > 1] == []


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_it_fits_in_one_place_and_names_tests_that_are_there(fault: Fault):
    text = (ROOT / fault.file).read_text(encoding="utf-8")
    compile(fault.put_into(text), fault.file, "exec")
    assert fault.killed_by
    for test in fault.killed_by:
        path, _, name = test.partition("::")
        function = name.rpartition("::")[2].partition("[")[0]
        assert f"def {function}" in (ROOT / path).read_text(encoding="utf-8"), test


@pytest.mark.parametrize("text", ["", "a b a", "b"])
def test_an_entry_that_does_not_fit_is_stale(text: str):
    fault = Fault("area", "name", str(Path("x.py")), "a", "c", ("t",))
    with pytest.raises(Stale, match="area: name"):
        fault.put_into(text)


def test_words_select():
    assert {f.area for f in faults("Guard:")} == {"guard"}
    assert faults("guard:", "no such fault") == []
