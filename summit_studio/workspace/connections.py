"""Connections: how to reach a system outside, with a secret reference for the password."""

from typing import Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from summit_studio.core.errors import SummitError
from summit_studio.core.suggest import did_you_mean, listing
from summit_studio.secrets.reference import parse_reference

Kind = Literal["postgres", "sqlite", "duckdb"]

FILE_KINDS = frozenset({"sqlite", "duckdb"})
"""Kinds whose database is one file."""

BREAKER_KEYS = ("breaker_failures", "breaker_timeout_secs", "breaker_successes")
"""What a connection says of its circuit breaker."""

TLS_KEYS = ("ssl_mode", "ssl_root_cert", "ssl_cert", "ssl_key")
"""What a connection says of TLS."""

POOL_KEYS = ("pool_size", "idle_timeout_secs", "max_uses")
"""What a connection says of the sessions that runs keep open."""

_SERVER_KEYS = (
    "host", "port", "database", "user", "password", *TLS_KEYS, *POOL_KEYS, "connect_timeout_secs",
    "statement_timeout_secs", "keepalive_secs",
)  # fmt: skip
_SETTLED = {
    "breaker": ("a circuit breaker", BREAKER_KEYS),
    "ssl": ("TLS", TLS_KEYS),
    "pool": ("a pool of sessions", POOL_KEYS),
}
"""How names begin that mean something by which a run would go: one unknown is a slip."""

_LATER = {
    "ssh_tunnel": "open the tunnel with ssh, and give its end as host and port",
    "proxy": "give the host and port that it forwards to",
}
"""Keys that no connection is made without, and what to do instead."""

_ALSO_CALLED = dict.fromkeys(("pg", "psql", "pgsql"), "postgres")
"""Names that are far from a kind and mean it."""

_SECRET_KEYS = frozenset(
    {"passwd", "passphrase", "pass", "pwd", "secret", "token", "dsn", "url", "uri", "conninfo"}
)
"""Keys under which people write passwords in plain text; refused rather than kept unseen."""


class Connection(BaseModel):
    """One entry of `connections.toml`. Keys of newer versions are kept and ignored.

    Attributes:
        name: What nodes call it.
        kind: The kind of database.
        host: Server name, or the folder of a Unix socket; the local server if None.
        port: TCP port; the usual one of the kind if None.
        database: Database on the server; the user's name if None, as the client library has it.
        user: Who connects; the operating system's user if None.
        password: A secret reference, never the password.
        path: The database file, from the workspace's folder; for file kinds.
        ssl_mode: PostgreSQL's sslmode; `prefer` if None.
        ssl_root_cert: File of the authorities that may vouch for the server, from the workspace's
            folder, or `system` for those the machine trusts; the client library's own if None.
        ssl_cert: File of the certificate to show to the server.
        ssl_key: File of its key, which only its owner may read.
        pool_size: The most sessions that a run has open at once; None as many as it needs.
        idle_timeout_secs: Seconds after which a session that a run does not use is closed.
        max_uses: How often a session is used before another is opened in its place; None for ever.
        connect_timeout_secs: Seconds to wait for the server to answer, and for one of `pool_size`
            sessions.
        statement_timeout_secs: Seconds one statement may run; a whole COPY counts as one; 0 never
            ends.
        lock_timeout_secs: Seconds to wait for a lock that another session holds; 0 waits for ever.
        keepalive_secs: Seconds of silence after which a server is asked whether it is still there;
            a link that stays silent as long again is lost.
        breaker_failures: Calls in a row that fail in a way that may pass, after which the system is
            left alone for a while; 0 never leaves it alone.
        breaker_timeout_secs: Seconds for which it is.
        breaker_successes: Calls in a row that must succeed after that.
    """

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}$")
    kind: Kind
    host: str | None = None
    port: int | None = Field(default=None, ge=1, le=65535)
    database: str | None = None
    user: str | None = None
    password: str | None = None
    path: str | None = None
    ssl_mode: (
        Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] | None
    ) = None
    ssl_root_cert: str | None = Field(default=None, min_length=1)
    ssl_cert: str | None = Field(default=None, min_length=1)
    ssl_key: str | None = Field(default=None, min_length=1)
    pool_size: int | None = Field(default=None, ge=1, le=1000)
    idle_timeout_secs: int = Field(default=300, ge=1, le=86_400)
    max_uses: int | None = Field(default=None, ge=1)
    connect_timeout_secs: int = Field(default=10, ge=1, le=600)
    statement_timeout_secs: int = Field(default=21_600, ge=0)
    lock_timeout_secs: int = Field(default=30, ge=0)
    keepalive_secs: int = Field(default=30, ge=1, le=3_600)
    breaker_failures: int = Field(default=5, ge=0, le=1000)
    breaker_timeout_secs: float = Field(default=60, gt=0, le=86_400)
    breaker_successes: int = Field(default=1, ge=1, le=1000)

    @field_validator("password")
    @classmethod
    def _only_references(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parse_reference(value)
        except SummitError:
            raise ValueError(
                "a plain-text password is not allowed in a file; store it with 'summit secrets "
                'set NAME\' and write password = "keyring:NAME" (or env:NAME, file:PATH)'
            ) from None
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for key in self.model_extra or {}:
            if key.casefold() in _SECRET_KEYS:
                raise ValueError(
                    f"'{key}' may hold a password; write host, database, user, and password as a "
                    "secret reference"
                )
            if key in _LATER:
                raise ValueError(f"this version has no '{key}'; {_LATER[key]}")
            what, known = _SETTLED.get(key.partition("_")[0], ("", ()))
            if known:
                near = did_you_mean(key, known)
                guess = f"; did you mean '{near}'?" if near else ""
                raise ValueError(f"there is no '{key}'; {what} has {listing(known)}{guess}")
        if self.kind in FILE_KINDS and not self.path:
            raise ValueError(f"a {self.kind} connection needs 'path', the database file")
        for key in unfit_keys(self.kind):
            if key in self.model_fields_set and getattr(self, key) is not None:
                raise ValueError(f"a {self.kind} connection has no '{key}'; {_unfit(self.kind)}")
        if (self.ssl_cert is None) != (self.ssl_key is None):
            raise ValueError("ssl_cert and ssl_key go together: a certificate, and its key")
        return self

    def describe(self) -> str:
        """Return where this leads, for a list or a message: `sales: postgres ana@db:5432/shop`."""
        if self.kind in FILE_KINDS:
            return f"{self.name}: {self.kind} {self.path}"
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.name}: {self.kind} {user}{self.host or 'local'}{port}/{self.database or ''}"

    def to_toml(self) -> dict[str, Any]:
        """Return what its table holds: everything that is set, without the name."""
        return self.model_dump(exclude={"name"}, exclude_defaults=True, exclude_none=True) | {
            "kind": self.kind
        }


def unfit_keys(kind: str) -> tuple[str, ...]:
    """Return the keys that mean nothing to a kind of connection, so that it must not have them."""
    if kind not in FILE_KINDS:
        return ("path",)
    return _SERVER_KEYS if kind == "sqlite" else (*_SERVER_KEYS, "lock_timeout_secs")


def _unfit(kind: str) -> str:
    return "its database is a file" if kind in FILE_KINDS else "its database is on a server"


def known_keys() -> tuple[str, ...]:
    """Return the keys a connection's table may hold."""
    return tuple(key for key in Connection.model_fields if key != "name")


def fault_of(error: dict[str, Any], kind: object = None) -> str:
    """Return one pydantic finding about a connection as a sentence, without its value.

    Args:
        error: The finding.
        kind: What was written as the connection's kind, to guess what is meant.
    """
    key = ".".join(str(part) for part in error["loc"])
    text = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "literal_error" and key == "kind":
        near = _meant(kind)
        guess = f"; did you mean '{near}'?" if near else ""
        text = f"known kinds are postgres, sqlite and duckdb{guess}"
    return f"{key}: {text}" if key else text


def _meant(kind: object) -> str | None:
    if not isinstance(kind, str):
        return None
    return _ALSO_CALLED.get(kind.casefold()) or did_you_mean(kind, get_args(Kind))


def unknown_key_hint(connection: Connection) -> str:
    """Return a hint about keys that look misspelt, or an empty text."""
    known = known_keys()
    near = [(key, did_you_mean(key, known)) for key in connection.model_extra or {}]
    return listing(f"'{key}' (did you mean '{right}'?)" for key, right in near if right)
