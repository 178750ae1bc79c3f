"""Editing one table of a TOML text: what stands around it stays, whatever it looks like."""

import tomllib

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from summit_studio.workspace.toml_edit import delete_table, rename_table, set_table

TEXT = '''# ours, ask ops

[zeta]  # first by habit
kind = "sqlite"   # lite
path = 'z.db'

# about alpha
  [ "alpha" ]
port = 0x10 # sixteen
  # indented
path = "a.db"

[alpha.later]
x = 1

# about m
[m]
note = """
[zeta]
# no comment
"""
list = [
  [1],
]
# the end
'''


def nothing(_key: str) -> bool:
    return False


def everything(_key: str) -> bool:
    return True


def test_values_change_and_the_rest_stays():
    wanted = TEXT.replace("path = 'z.db'\n", 'path = "n.db"\nhost = "h"\n')
    values = {"kind": "sqlite", "path": "n.db", "host": "h"}
    assert set_table(TEXT, "zeta", values, nothing) == wanted


def test_equal_values_keep_how_they_are_written():
    same = {"port": 16, "path": "a.db"}
    assert set_table(TEXT, "alpha", same, nothing) == TEXT
    assert set_table(TEXT, "m", {}, everything) == TEXT


def test_a_value_that_changes_keeps_its_comment():
    changed = set_table(TEXT, "alpha", {"port": 5, "path": "a.db"}, nothing)
    assert changed == TEXT.replace("port = 0x10 # sixteen", "port = 5 # sixteen")


def test_values_that_go_take_nothing_with_them():
    assert set_table(TEXT, "alpha", {"path": "a.db"}, nothing) == TEXT.replace(
        "port = 0x10 # sixteen\n", ""
    )


@pytest.mark.parametrize(("name", "again"), [("zeta", "[q]  # first"), ("alpha", "[ q ]")])
def test_a_table_is_renamed_in_its_place(name, again):
    renamed = rename_table(TEXT, name, "q")
    assert again in renamed
    tables = tomllib.loads(TEXT)
    assert tomllib.loads(renamed) == {"q" if k == name else k: v for k, v in tables.items()}
    assert list(tomllib.loads(renamed)) == ["q" if k == name else k for k in tables]
    assert len(renamed.splitlines()) == len(TEXT.splitlines())


@pytest.mark.parametrize("name", ["zeta", "alpha", "m"])
def test_a_table_goes_and_every_comment_around_it_stays(name):
    left = delete_table(TEXT, name)
    tables = tomllib.loads(TEXT)
    assert tomllib.loads(left) == {k: v for k, v in tables.items() if k != name}
    for comment in ("# ours, ask ops", "# about alpha", "# about m", "# the end"):
        assert comment in left
    assert "\n\n\n" not in left


@pytest.mark.parametrize(
    "text", ['a = {kind = "x", path = "p"}\nb = 1\n', 'a.kind = "x"\na.path = "p"\nb = 1\n']
)
def test_a_table_without_a_head_is_edited_too(text):
    changed = set_table(text, "a", {"kind": "y", "path": "p"}, nothing)
    assert tomllib.loads(changed) == {"a": {"kind": "y", "path": "p"}, "b": 1}
    assert tomllib.loads(rename_table(text, "a", "c")) == {"c": {"kind": "x", "path": "p"}, "b": 1}
    assert tomllib.loads(delete_table(text, "a")) == {"b": 1}


@pytest.mark.parametrize("text", ["", "# only a comment", "[a]\nx = 1", "[a]\nx = 1\n\n\n"])
def test_a_new_table_comes_last(text):
    added = set_table(text, "new", {"kind": "sqlite"}, nothing)
    assert added.startswith(text)
    assert tomllib.loads(added) == tomllib.loads(text) | {"new": {"kind": "sqlite"}}
    assert tomllib.loads(set_table(added, "new", {"port": 1}, nothing))["new"] == {"port": 1}


names = st.sampled_from(["a", "b", "zeta", "m-1"])
plain = st.text(max_size=12) | st.integers(-9, 99) | st.booleans()
values = st.dictionaries(st.sampled_from(["kind", "path", "port", "x y"]), plain, max_size=4)
words = st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs", "P", "Zl", "Zp"]))
trivia = st.lists(st.just("") | words.map("# {}".format), max_size=3).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    text = draw(trivia)
    for name in draw(st.lists(names, unique=True, max_size=4)):
        text += tomlkit.dumps({name: draw(values)}) + draw(trivia)
    return text if draw(st.booleans()) else text.replace("\n", "\r\n")


def comments(text: str) -> list[str]:
    return [part for line in text.split("\n") if (part := line.strip()).startswith("#")]


@settings(max_examples=300, deadline=None)
@given(texts(), names, values)
def test_any_text_keeps_all_but_what_is_asked(text, name, wanted):
    before = tomllib.loads(text)
    after = set_table(text, name, wanted, nothing)
    assert tomllib.loads(after) == before | {name: wanted}
    assert set_table(after, name, wanted, nothing) == after
    gone = delete_table(after, name)
    assert tomllib.loads(gone) == {k: v for k, v in before.items() if k != name}
    assert comments(after) == comments(gone) == comments(text)
