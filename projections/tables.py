"""What is kept about the read tables: generations, checkpoints, parked streams (migration 0003).

The read tables themselves belong to a generation and are made by `projections/generations.py`.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, MetaData, func, text
from sqlalchemy.orm import Mapped, mapped_column

from events.tables import Base, Timestamps

READ_SCHEMA = "read"
"""The views that queries see; each stands for the table of the live generation."""

read_tables = MetaData(schema=READ_SCHEMA)


class Generation(Timestamps, Base):
    __tablename__ = "generations"
    __table_args__ = (
        CheckConstraint("state in ('building', 'live', 'retired')", name="generations_state"),
        Index(
            "generations_one_live", "state", unique=True, postgresql_where=text("state = 'live'")
        ),
        {"schema": "projections"},
    )

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]


class Checkpoint(Base):
    __tablename__ = "checkpoints"
    __table_args__ = ({"schema": "projections"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, server_default="0")
    epoch: Mapped[int] = mapped_column(BigInteger, server_default="0")
    holder: Mapped[str | None]
    held_until: Mapped[datetime] = mapped_column(server_default="-infinity")


class Parked(Base):
    """A stream that a generation could not apply beyond what is before `position`, and why."""

    __tablename__ = "parked"
    __table_args__ = (
        Index("parked_position", "catalog_id", "generation", "position"),
        {"schema": "projections"},
    )

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    parked_at: Mapped[datetime] = mapped_column(server_default=func.now())
