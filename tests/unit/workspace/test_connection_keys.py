"""What a connection may say: each key is honoured, or an error says why it is not."""

import pytest
from pydantic import ValidationError

from summit_studio.workspace.connections import Connection, fault_of


def fault(kind: str = "postgres", **keys: object) -> str:
    place = {} if kind == "postgres" else {"path": "shop.db"}
    with pytest.raises(ValidationError) as caught:
        Connection(name="shop", kind=kind, **(place | keys))
    (error,) = caught.value.errors(include_url=False, include_input=False)
    return fault_of(dict(error))


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("sqlite", "pool_size", 5),
        ("sqlite", "keepalive_secs", 30),
        ("sqlite", "statement_timeout_secs", 9),
        ("duckdb", "max_uses", 7500),
        ("duckdb", "lock_timeout_secs", 5),
        ("duckdb", "ssl_mode", "require"),
        ("duckdb", "host", "db"),
    ],
)
def test_what_a_file_cannot_keep_is_refused_even_at_its_default(kind, key, value):
    assert fault(kind, **{key: value}) == (
        f"a {kind} connection has no '{key}'; its database is a file"
    )


def test_a_server_has_no_file_and_sqlite_has_locks():
    assert "no 'path'; its database is on a server" in fault(path="shop.db")
    made = Connection(name="shop", kind="sqlite", path="shop.db", lock_timeout_secs=5)
    assert made.lock_timeout_secs == 5


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("pool_max", "a pool of sessions has pool_size"),
        ("ssl_rootcert", "did you mean 'ssl_root_cert'?"),
        ("ssh_tunnel", "open the tunnel with ssh"),
        ("proxy", "host and port that it forwards to"),
    ],
)
def test_what_would_be_left_out_in_silence_is_refused(key, says):
    assert says in fault(**{key: "x"})


def test_a_certificate_goes_with_its_key():
    assert "ssl_cert and ssl_key go together" in fault(ssl_cert="own.pem")


def test_what_is_not_said_is_not_written():
    made = Connection(name="shop", kind="postgres", pool_size=20, idle_timeout_secs=300)
    assert made.to_toml() == {"kind": "postgres", "pool_size": 20}
