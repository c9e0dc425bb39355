"""The event store's tables, as migration 0001 makes them."""

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
    head: Mapped[int] = mapped_column(BigInteger, server_default="0")


class Stream(Base):
    __tablename__ = "streams"
    __table_args__ = ({"schema": "event_store"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[int]
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
