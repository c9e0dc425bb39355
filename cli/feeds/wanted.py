"""What is asked of each file that is imported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import FileIO
from uuid import uuid4

from uuid_utils.compat import uuid7

from cli.environment import actor
from commands.feeds.asked import DEFAULT_SOURCE, Asked
from commands.feeds.formats.opening import Reading, identity
from commands.feeds.report import Mode
from commands.feeds.rows import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    mode: Mode = "upsert"
    source: str = DEFAULT_SOURCE
    dry_run: bool = False
    occurred_at: datetime | None = None
    max_errors: int | None = None
    form: Form | None = None
    """As it is found when None."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Columns or members to the fields that they are."""

    def reading(self, currency: str) -> Reading:
        return Reading(form=self.form, mapping=self.mapping, currency=currency)

    def asked(self, file: FileIO, reading: Reading) -> Asked:
        """A run of its own, unless just the same was interrupted. Raises `UnreadableFeed`."""
        how = (reading, self.mode, self.source, self.dry_run, self.occurred_at)
        return Asked(
            run_id=uuid7(),
            identity=identity(file, *how),
            actor=actor(),
            correlation_id=uuid4().hex,
            mode=self.mode,
            source=self.source,
            dry_run=self.dry_run,
            occurred_at=self.occurred_at,
            max_errors=self.max_errors,
        )
