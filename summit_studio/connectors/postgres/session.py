"""Sessions of PostgreSQL: opened with time limits, made ready for use, and cleaned after it."""

from typing import TYPE_CHECKING, Any, Final

from summit_studio.connectors.postgres.errors import connect_failure
from summit_studio.core.sql import quote_text

if TYPE_CHECKING:
    import psycopg

    from summit_studio.secrets.store import SecretStore
    from summit_studio.workspace.connections import Connection

_LINK: Final = {
    "keepalives": 1, "client_encoding": "UTF8", "application_name": "summit-studio",
    # psycopg forgets that DISCARD ALL drops what it has prepared, from the second on.
    "prepare_threshold": None,
}  # fmt: skip
_ASKED: Final = 3
"""How often a server that has gone silent is asked whether it is still there."""

_SESSION: Final = {
    "TimeZone": "UTC", "DateStyle": "ISO, YMD", "IntervalStyle": "postgres",
    "extra_float_digits": "1", "bytea_output": "hex",
}  # fmt: skip
"""How values look in COPY. Set after connecting: poolers refuse them as start-up options."""

_ENDS_IDLE: Final = 140_000
"""The first version of the server that ends idle sessions by itself."""

_TRUSTED: Final = "system"
"""What stands for the authorities that the machine trusts, in place of a file."""


class Sessions:
    """Opens the sessions of a connection. Any thread may call it.

    Args:
        connection: Where to.
        secrets: Resolves the password, each time a session opens.
    """

    def __init__(self, connection: "Connection", secrets: "SecretStore") -> None:
        self._connection = connection
        self._secrets = secrets

    def open(self, within_secs: int | None = None) -> "psycopg.Connection[Any]":
        """Return a new session in autocommit, with time limits set. The caller closes it.

        Args:
            within_secs: The most to wait for the server, for a lock and for a statement; None as
                long as the connection says.

        Raises:
            ConnectionFailed: With its cause; never with the password.
            SecretMissing: The password's reference leads nowhere.
        """
        import psycopg

        made = self._connection
        secret = self._secrets.resolve(made.password).reveal() if made.password else ""
        given = self._tls() | {
            "host": made.host, "port": made.port, "dbname": made.database, "user": made.user,
            "password": secret or None,
            "connect_timeout": _least(made.connect_timeout_secs, within_secs),
        }  # fmt: skip
        # By default libpq waits for ever on a lost link; so it notices within twice as long.
        given |= {
            "tcp_user_timeout": made.keepalive_secs * 1000,
            "keepalives_idle": made.keepalive_secs,
            "keepalives_interval": max(made.keepalive_secs // _ASKED, 1),
            "keepalives_count": _ASKED,
        }
        link: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
        try:
            session = psycopg.connect(autocommit=True, **_LINK, **link)  # type: ignore[arg-type]
        except (psycopg.Error, UnicodeError) as error:
            raise connect_failure(made, error, secret) from None
        try:
            session.execute(self._settings(within_secs))
        except psycopg.Error as error:
            session.close()
            raise connect_failure(made, error, secret) from None
        return session

    def ready(self, session: Any) -> bool:
        """Set a session that was cleaned as `open` does; False if it is dead."""
        import psycopg

        unlimited = "RESET idle_session_timeout; " if _ends_idle(session) else ""
        try:
            session.execute(unlimited.encode() + self._settings())
        except psycopg.Error:
            return False
        return True

    def clean(self, session: Any) -> bool:
        """Drop temporary tables, settings, locks and cursors of a session; have it end if idle.

        Returns:
            False where it cannot be used again: a transaction or a COPY is open, or it is lost.
        """
        import psycopg

        if session.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE:
            return False
        limit = f"SET idle_session_timeout = '{self._connection.idle_timeout_secs}s'"
        try:
            session.execute("DISCARD ALL")
            if _ends_idle(session):
                session.execute(limit.encode())
        except psycopg.Error:
            return False
        return True

    def _settings(self, within_secs: int | None = None) -> bytes:
        """Return the statement that sets what a session goes by."""
        made = self._connection
        settings = _SESSION | {
            "statement_timeout": f"{_least(made.statement_timeout_secs, within_secs)}s",
            "lock_timeout": f"{_least(made.lock_timeout_secs, within_secs)}s",
        }
        calls = [
            f"set_config({quote_text(name)}, {quote_text(value)}, false)"
            for name, value in settings.items()
        ]
        return f"SELECT {', '.join(calls)}".encode()

    def _tls(self) -> dict[str, Any]:
        """Return what libpq is told of TLS."""
        made = self._connection
        root = made.ssl_root_cert
        return {
            "sslmode": made.ssl_mode,
            "sslrootcert": root if root in {None, _TRUSTED} else self._file(root),
            "sslcert": self._file(made.ssl_cert),
            "sslkey": self._file(made.ssl_key),
        }

    def _file(self, name: str | None) -> str | None:
        return None if name is None else str(self._secrets.place(name))


def _ends_idle(session: Any) -> bool:
    return int(session.info.server_version) >= _ENDS_IDLE


def _least(secs: int, within_secs: int | None) -> int:
    """Return the shorter of two times, of which the first is none at all where it is 0."""
    return secs if within_secs is None else min(secs or within_secs, within_secs)
