"""The tables of the state database. Imported only once a store is opened: SQLAlchemy is heavy.

A change here needs a migration in `migrations/versions`; a test compares the two.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

if TYPE_CHECKING:
    from sqlalchemy.sql.schema import SchemaItem

HEAD = "0006"
"""The newest migration: a database at this version needs nothing done."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; SQLite keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment with its zone."""
        del dialect
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


metadata = MetaData()

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("pipeline", Text, nullable=False),
    Column("path", Text),
    Column("document_hash", String(64), nullable=False),
    Column("mode", String(8), nullable=False),
    Column("trigger", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("seconds", Float),
    Column("error_json", JSON(none_as_null=True)),
    Column("params_json", JSON, nullable=False),
    Column("version", String(32), nullable=False),
    # Who runs it, so that a run whose process died can be told from one that works.
    Column("host", String(255), nullable=False),
    Column("pid", BigInteger, nullable=False),
    Column("process", String(255), nullable=False),
    # Which of `run_documents` it ran; null for runs of versions that kept none.
    Column("text_hash", String(64)),
    Index("runs_by_start", "started_at"),
    Index("runs_by_pipeline", "pipeline", "started_at"),
    Index("runs_by_status", "status"),
)


def _of_run() -> "SchemaItem":
    reference = ForeignKey("runs.run_id", ondelete="CASCADE")
    return Column("run_id", String(64), reference, primary_key=True)


def _place() -> "SchemaItem":
    """Return the row's place in its run: document order is what people know."""
    return Column("place", Integer, primary_key=True)


node_stats = Table(
    "node_stats",
    metadata,
    _of_run(),
    _place(),
    Column("node_id", String(64), nullable=False),
    Column("title", Text),
    Column("type", Text, nullable=False),
    Column("rows_in", JSON, nullable=False),
    Column("rows_out", JSON, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("filtered", BigInteger, nullable=False),
    Column("reshapes", Boolean, nullable=False),
    Column("busy_secs", Float, nullable=False),
    Column("balanced", Boolean),
)

edge_stats = Table(
    "edge_stats",
    metadata,
    _of_run(),
    _place(),
    Column("edge", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
)

rule_scores = Table(
    "rule_scores",
    metadata,
    _of_run(),
    _place(),
    Column("node_id", String(64), nullable=False),
    Column("rule", Text, nullable=False),
    Column("dimension", String(32), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("critical", Boolean, nullable=False),
    Column("breached", Boolean, nullable=False),
)

outputs = Table(
    "outputs",
    metadata,
    _of_run(),
    _place(),
    Column("node_id", String(64), nullable=False),
    Column("location", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("counts", JSON, nullable=False),
)

run_documents = Table(
    "run_documents",
    metadata,
    # SHA-256 of the text with its layout: runs of one version of a pipeline share a row.
    Column("text_hash", String(64), primary_key=True),
    Column("packed", LargeBinary, nullable=False),
)

run_logs = Table(
    "run_logs",
    metadata,
    _of_run(),
    Column("packed", LargeBinary, nullable=False),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("node_id", String(64), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("pipeline", Text, nullable=False),
    Column("position", JSON, nullable=False),
    # Of graph, parameters and schema: another fingerprint refuses to resume.
    Column("fingerprint", String(64), nullable=False),
    # Fences a run that was thought dead.
    Column("generation", BigInteger, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("committed_at", UtcDateTime, nullable=False),
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("pipeline", String(255), primary_key=True),
    Column("node_id", String(64), primary_key=True),
    Column("stream", String(255), primary_key=True),
    # Of cursor, query and filter.
    Column("fingerprint", String(64), primary_key=True),
    # The committed upper bound, as text at full precision beside its type.
    Column("value", Text),
    Column("value_type", String(64), nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)


def _counted_up(name: str) -> "SchemaItem":
    """Return a key that counts up; SQLite does so with INTEGER keys only."""
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Column(name, kind, primary_key=True, autoincrement=True)


letter_packets = Table(
    "letter_packets",
    metadata,
    _counted_up("packet_id"),
    # Rows of many letters, each by its place: one by one they would take ten times the room.
    Column("payload", LargeBinary, nullable=False),
    Column("payload_format", String(32), nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    _counted_up("letter_id"),
    Column("packet_id", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),
    Column("pipeline", Text, nullable=False),
    Column("pipeline_id", String(32), nullable=False),
    Column("environment", String(64), nullable=False),
    Column("graph_hash", String(64), nullable=False),
    Column("lineage", String(64), nullable=False),
    # No foreign key: letters outlive the history of their run.
    Column("run_id", String(64), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("node_id", String(64), nullable=False),
    Column("source", Text),
    Column("column", Text),
    Column("raw_value", Text),
    Column("code", String(64), nullable=False),
    Column("message", Text, nullable=False),
    Column("group", String(16), nullable=False),
    Column("retriable", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    # The retry that it is, or was last, part of.
    Column("batch", String(32)),
    # The letter that a retry brought here, until the retry is settled.
    Column("origin", BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("queue", String(64), nullable=False, server_default=""),
    Index("dead_letters_by_status", "pipeline_id", "environment", "status", "node_id", "group"),
    Index("dead_letters_by_batch", "batch"),
    Index("dead_letters_by_packet", "packet_id"),
)

letter_progress = Table(
    "letter_progress",
    metadata,
    Column("pipeline_id", String(32), primary_key=True),
    Column("sink", String(80), primary_key=True),
    Column("environment", String(64), primary_key=True),
    Column("lineage", String(64), nullable=False),
    Column("started", UtcDateTime, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("epoch", BigInteger, nullable=False),
    Column("positions", JSON, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("sums", JSON, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("generation", BigInteger, nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("owner", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("heartbeat", UtcDateTime, nullable=False),
)

breakers = Table(
    "breakers",
    metadata,
    # Names of connections are a folder's own.
    Column("workspace", Text, primary_key=True),
    Column("connection", String(64), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("opened_at", UtcDateTime),
    Column("retry_at", UtcDateTime),
    Column("error_json", JSON(none_as_null=True)),
    Column("changed_at", UtcDateTime, nullable=False),
)

processed_loads = Table(
    "processed_loads",
    metadata,
    _counted_up("load_id"),
    Column("scope", String(255), nullable=False),
    Column("environment", String(64), nullable=False),
    Column("lineage", String(64), nullable=False),
    Column("progress_id", String(32), nullable=False),
    Column("node_id", String(64), nullable=False),
    Column("pipeline", Text, nullable=False),
    Index("processed_loads_by_scope", "scope", "environment", "lineage"),
)

processed_epochs = Table(
    "processed_epochs",
    metadata,
    Column("load_id", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, primary_key=True, autoincrement=False),
    # Of the run that committed it: keys of another's attempt at it do not count.
    Column("generation", BigInteger, nullable=False),
    # The epoch that its rows end with: one that is written at once holds those of several.
    Column("up_to", BigInteger, nullable=False),
    Column("keys", BigInteger, nullable=False),
    Column("committed_at", UtcDateTime, nullable=False),
)

processed_keys = Table(
    "processed_keys",
    metadata,
    # SHA-256 of the values with their types: as short for a long text as for a number.
    Column("key", LargeBinary(32), primary_key=True),
    Column("load_id", BigInteger, primary_key=True, autoincrement=False),
    Column("generation", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Index("processed_keys_by_load", "load_id", "epoch"),
    sqlite_with_rowid=False,
)
