"""The event store's tables, as migrations 0001, 0004 and 0010 make them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(AsyncAttrs, DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads it as a plain class attribute
        bool: Boolean,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        int: Integer,
        str: Text,
        UUID: postgresql.UUID(as_uuid=True),
    }


class Timestamps:
    """For rows that change: when they were made and last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Catalog(Timestamps, Base):
    __tablename__ = "catalogs"
    __table_args__ = ({"schema": "event_store"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    default_currency: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="simple")
    """PostgreSQL's text search configuration for what is searched in this catalog."""
    head: Mapped[int] = mapped_column(BigInteger, server_default="0")
    last_recorded_at: Mapped[datetime] = mapped_column(server_default="-infinity")


class Stream(Base):
    __tablename__ = "streams"
    __table_args__ = ({"schema": "event_store"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    last_occurred_at: Mapped[datetime]


class Event(Base):
    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("catalog_id", "stream_id", "version", name="events_stream_version"),
        {"schema": "event_store"},
    )

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    stream_id: Mapped[UUID]
    version: Mapped[int]
    type: Mapped[str]
    schema_version: Mapped[int] = mapped_column(SmallInteger)
    data: Mapped[str] = mapped_column(postgresql.JSON)
    actor: Mapped[str]
    correlation_id: Mapped[str]
    causation_id: Mapped[str | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    digest: Mapped[bytes]
    traceparent: Mapped[str | None]
    """Of the span that appended it (W3C Trace Context), where that was sampled."""


class Claim(Base):
    __tablename__ = "claims"
    __table_args__ = ({"schema": "event_store"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID]


class Idempotency(Base):
    __tablename__ = "idempotency"
    __table_args__ = (
        Index("idempotency_recorded_at", "recorded_at"),
        {"schema": "event_store"},
    )

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_digest: Mapped[bytes]
    stream_id: Mapped[UUID]
    version: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime]


class Snapshot(Base):
    __tablename__ = "snapshots"
    __table_args__ = (
        Index("snapshots_recorded_at", "recorded_at"),
        {"schema": "event_store"},
    )

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    code_digest: Mapped[bytes] = mapped_column(primary_key=True)
    version: Mapped[int]
    position: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(postgresql.JSON)
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LogKey(Base):
    __tablename__ = "log_keys"
    __table_args__ = (
        Index("log_keys_only_one", text("(true)"), unique=True),
        {"schema": "event_store"},
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[bytes]
    """The 32 bytes of an Ed25519 public key (RFC 8032)."""
    private_key: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TreeNode(Base):
    """The root of the `index`th complete subtree of 256^`level` leaves."""

    __tablename__ = "tree_nodes"
    __table_args__ = ({"schema": "event_store"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class SignedCheckpoint(Base):
    """The first `size` events have this root: said, and signed, in the note."""

    __tablename__ = "checkpoints"
    __table_args__ = ({"schema": "event_store"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes]
    note: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
