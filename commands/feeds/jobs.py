"""What a job of the kind `import` is asked for, and what it tells of itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import msgspec
from msgspec import Meta

from commands.errors import ImportRunning
from commands.feeds.asked import DEFAULT_SOURCE
from commands.feeds.report import Mode, Phase
from commands.feeds.rows import Form
from commands.jobs import refuse_too_many
from events.database import Connection, statement

IMPORT = "import"
"""The kind of the job."""
FILE = "[0-9a-f]{32}"
"""What uploads are called."""

_FIND_UNDER_WAY = statement(__package__, "sql/find_import_under_way.sql")


class ImportArguments(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The feed, as it was uploaded, and how it is meant."""

    file: Annotated[str, Meta(pattern=rf"^{FILE}\Z")]
    """Its name within the directory of uploads; gone once the job has ended."""
    size: int
    """In bytes, as it lies there: perhaps packed by gzip."""
    sha256: str
    """Of the same bytes, in hexadecimal."""
    currency: str
    """Of prices that name none."""
    source: str = DEFAULT_SOURCE
    mode: Mode = "upsert"
    dry_run: bool = False
    occurred_at: datetime | None = None
    max_errors: int | None = None
    mapping: Mapping[str, str] = {}
    """Fields, by the column that has them."""
    form: Form | None = None
    """None: whatever is found in it."""

    @classmethod
    def of(cls, arguments: Mapping[str, Any]) -> Self:
        return msgspec.convert(arguments, cls)

    def told(self) -> dict[str, Any]:
        """As a job keeps them."""
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told


class ImportDetails(msgspec.Struct, frozen=True, kw_only=True):
    """How far it has come: told by the worker, from its first batch on."""

    phase: Phase = "reading"
    run_id: UUID
    """Whose failures are those of this import; where it goes on, that of the run that began it."""
    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    archived: int = 0
    restored: int = 0
    failed: int = 0
    withheld: bool = False
    """Whether a sync archives nothing, since rows without a SKU leave open what is missing."""
    position: int = 0
    """Of the log, at which its last event was appended; 0 when it had none."""
    rows_per_second: int | None = None
    estimate_seconds: float | None = None
    """How long it may still take."""

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = msgspec.to_builtins(self)
        return told


async def refuse_further(connection: Connection, catalog: str, source: str) -> None:
    """Raises `ImportRunning` while another feed of the source is imported, or waits for that.

    And `TooManyImports` where the catalog has as many as it may.
    """
    row = await connection.fetchrow(_FIND_UNDER_WAY, catalog, source)
    if row is not None:
        raise ImportRunning(job_id=row["job_id"])
    await refuse_too_many(connection, catalog)


async def refuse_beside_job(connection: Connection, catalog: str, source: str) -> None:
    """Raises `ImportRunning` where a job does, or waits for it: its feed came first."""
    row = await connection.fetchrow(_FIND_UNDER_WAY, catalog, source)
    if row is not None and row["job_id"] is not None:
        raise ImportRunning(job_id=row["job_id"])
