import pytest

from summit_studio.core.resources import resource


def test_a_resource_is_found_in_a_checkout():
    assert resource("icons/csv.svg").read_text().startswith("<svg")
    assert resource("icons").is_dir()


def test_a_missing_resource_names_the_nearest():
    with pytest.raises(FileNotFoundError, match=r"Did you mean 'csv\.svg'"):
        resource("icons/cvs.svg")
