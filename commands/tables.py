"""The table of jobs, as migrations 0005 and 0012 make it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, Index, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from events.tables import Base, Timestamps

_UNFINISHED = "state in ('queued', 'running')"


class JobRow(Timestamps, Base):
    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(
            "state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')", name="jobs_state"
        ),
        CheckConstraint("progress between 0 and 1", name="jobs_progress"),
        CheckConstraint("(state = 'running') = (held_until is not null)", name="jobs_held"),
        CheckConstraint(f"({_UNFINISHED}) = (finished_at is null)", name="jobs_finished"),
        Index(
            "jobs_one_rebuild",
            "kind",
            "code_digest",
            unique=True,
            postgresql_where=text(f"kind = 'rebuild' and {_UNFINISHED}"),
        ),
        Index(
            "jobs_one_import",
            "catalog_id",
            text("(arguments->>'source')"),
            unique=True,
            postgresql_where=text(f"kind = 'import' and {_UNFINISHED}"),
        ),
        Index("jobs_unfinished", "job_id", postgresql_where=text(_UNFINISHED)),
        Index("jobs_finished_at", "finished_at"),
        {"schema": "jobs"},
    )

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    catalog_id: Mapped[str]
    actor: Mapped[str]
    correlation_id: Mapped[str]
    arguments: Mapped[str] = mapped_column(postgresql.JSON)
    code_digest: Mapped[bytes]
    """Of the asker's code: a worker of any other leaves the job alone."""
    state: Mapped[str] = mapped_column(server_default="queued")
    cancelling: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether somebody asked that it ends."""
    progress: Mapped[float] = mapped_column(Double, server_default="0")
    details: Mapped[str] = mapped_column(postgresql.JSON)
    problem: Mapped[str | None]
    epoch: Mapped[int] = mapped_column(server_default="0")
    """Grows with every worker that takes the job, and fences what an earlier one still writes."""
    attempts: Mapped[int] = mapped_column(server_default="0")
    """How often the job was begun; what a worker let go when it was told to end does not count."""
    holder: Mapped[str | None]
    held_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
