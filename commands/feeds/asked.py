"""What is asked of an import."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commands.feeds.report import Mode

DEFAULT_SOURCE = "default"
SOURCE = "[A-Za-z0-9][A-Za-z0-9._:-]{0,99}"
"""What the sources of feeds are called."""


def reason_of(source: str) -> str:
    """Why a sync archives what is missing."""
    return f"missing from the feed of {source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    run_id: UUID
    """Of a new run; one that was interrupted goes on under its own."""
    identity: bytes
    """The same for the same feed, read in the same way: what was interrupted is gone on with."""
    actor: str
    correlation_id: str
    """Of a new run; one that was interrupted goes on under its own."""
    mode: Mode = "upsert"
    source: str = DEFAULT_SOURCE
    dry_run: bool = False
    """Whether only to tell what would happen."""
    occurred_at: datetime | None = None
    max_errors: int | None = None
    """Beyond so many refused rows the import ends."""
