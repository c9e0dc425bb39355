"""What is kept of feeds, as migration 0011 makes it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from commands.feeds.asked import SOURCE
from events.tables import Base

_UNFINISHED = text("ended_at is null")


class RunRow(Base):
    """An import. One that has not ended belongs to whoever holds its lease."""

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint(f"source ~ '^{SOURCE}$'", name="runs_source"),
        CheckConstraint("mode in ('upsert', 'sync')", name="runs_mode"),
        CheckConstraint("form in ('ndjson', 'json', 'csv')", name="runs_form"),
        CheckConstraint("(holder is null) = (held_until is null)", name="runs_held"),
        CheckConstraint("ended_at is null or holder is null", name="runs_ended"),
        CheckConstraint(
            "outcome in ('succeeded', 'failed', 'cancelled', 'superseded')", name="runs_outcome"
        ),
        CheckConstraint("(outcome is null) = (ended_at is null)", name="runs_told"),
        Index("runs_unfinished", "catalog_id", "source", unique=True, postgresql_where=_UNFINISHED),
        Index("runs_ended_at", "ended_at"),
        {"schema": "feeds"},
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    catalog_id: Mapped[str]
    source: Mapped[str]
    mode: Mapped[str]
    dry_run: Mapped[bool]
    identity: Mapped[bytes]
    """Of the feed and of how it is read: the same one goes on with what was interrupted."""
    form: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(postgresql.ARRAY(Text))
    actor: Mapped[str]
    correlation_id: Mapped[str]
    head: Mapped[int] = mapped_column(BigInteger)
    """Of the log, before anything was imported."""
    line: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """Up to which all rows are settled."""
    position: Mapped[int] = mapped_column(BigInteger, server_default="0")
    counts: Mapped[str] = mapped_column(postgresql.JSON)
    epoch: Mapped[int] = mapped_column(server_default="1")
    """Grows with every holder, and fences what an earlier one still writes."""
    holder: Mapped[str | None]
    held_until: Mapped[datetime | None]
    begun_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    problem: Mapped[str | None]


class ProductRow(Base):
    """What the feeds of a source said last of a product, and to which version it led."""

    __tablename__ = "products"
    __table_args__ = ({"schema": "feeds"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID]
    row_digest: Mapped[bytes | None]
    version: Mapped[int]
    offered: Mapped[bool]
    archived_version: Mapped[int | None]
    """Where its sync archived what the source offers no more."""
    run_id: Mapped[UUID | None]
    line: Mapped[int | None] = mapped_column(BigInteger)
    """Where its row stood in that run."""


class SeenRow(Base):
    """A SKU that has come in a run that has not ended, and whose product does not tell it."""

    __tablename__ = "seen"
    __table_args__ = ({"schema": "feeds"},)

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    sku: Mapped[str] = mapped_column(primary_key=True)
    line: Mapped[int] = mapped_column(BigInteger)


class FailureRow(Base):
    """A row that a run could not take."""

    __tablename__ = "failures"
    __table_args__ = ({"schema": "feeds"},)

    run_id: Mapped[UUID] = mapped_column(
        ForeignKey(RunRow.run_id, ondelete="CASCADE"), primary_key=True
    )
    line: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sku: Mapped[str | None]
    faults: Mapped[str] = mapped_column(postgresql.JSON)
    text: Mapped[str]
