"""What is kept about the read tables: generations, checkpoints, parked streams (migration 0003).

The read tables themselves belong to a generation and are made by `projections/generations.py`.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Double, Index, MetaData, func, text
from sqlalchemy.orm import Mapped, mapped_column

from events.tables import Base, Timestamps

READ_SCHEMA = "read"
"""The views that queries see; each stands for the table of the live generation."""

read_tables = MetaData(schema=READ_SCHEMA)


class Generation(Timestamps, Base):
    __tablename__ = "generations"
    __table_args__ = (
        CheckConstraint(
            "state in ('building', 'live', 'retired', 'dropped')", name="generations_state"
        ),
        Index(
            "generations_one_live", "state", unique=True, postgresql_where=text("state = 'live'")
        ),
        Index(
            "generations_one_building",
            "state",
            unique=True,
            postgresql_where=text("state = 'building'"),
        ),
        {"schema": "projections"},
    )

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    code_digest: Mapped[bytes]
    """Of the code that makes the tables and their rows."""
    switched: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    """Counts how often another generation came to be read; None until this one did."""
    progress: Mapped[float] = mapped_column(Double, server_default="0")
    """How far a rebuild has come, from 0 to 1."""
    holder: Mapped[str | None]
    """Who builds it, until `held_until`."""
    held_until: Mapped[datetime] = mapped_column(server_default="-infinity")


class Checkpoint(Base):
    __tablename__ = "checkpoints"
    __table_args__ = ({"schema": "projections"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, server_default="0")
    epoch: Mapped[int] = mapped_column(BigInteger, server_default="0")
    holder: Mapped[str | None]
    held_until: Mapped[datetime] = mapped_column(server_default="-infinity")


class Worker(Base):
    """A process that applies catalogs, and when it last said so."""

    __tablename__ = "workers"
    __table_args__ = ({"schema": "projections"},)

    holder: Mapped[str] = mapped_column(primary_key=True)
    code_digest: Mapped[bytes]
    """Of its code: what was made by other code it does not write."""
    seen_at: Mapped[datetime]


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
    drifted: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether it is parked for its rows, which were not what the log says."""
    parked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Discarded(Base):
    """An event that nothing is made of, in any generation, because an operator said so."""

    __tablename__ = "discarded"
    __table_args__ = ({"schema": "projections"},)

    catalog_id: Mapped[str] = mapped_column(primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    actor: Mapped[str]
    discarded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Intervention(Base):
    """What an operator wants done with a product's stream, and what came of it."""

    __tablename__ = "interventions"
    __table_args__ = (
        CheckConstraint("action in ('retry', 'discard', 'refold')", name="interventions_action"),
        Index(
            "interventions_waiting",
            "catalog_id",
            "requested_at",
            postgresql_where=text("finished_at is null"),
        ),
        Index(
            "interventions_one_waiting",
            "catalog_id",
            "product_id",
            "action",
            "position",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("finished_at is null"),
        ),
        Index("interventions_listed", "catalog_id", "requested_at"),
        {"schema": "projections"},
    )

    intervention_id: Mapped[UUID] = mapped_column(primary_key=True)
    catalog_id: Mapped[str]
    product_id: Mapped[UUID]
    action: Mapped[str]
    position: Mapped[int | None] = mapped_column(BigInteger)
    """Of the event that is to be discarded."""
    actor: Mapped[str]
    correlation_id: Mapped[str]
    outcome: Mapped[str | None]
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]
