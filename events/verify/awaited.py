"""A log's signed checkpoints, each to be met when the log has come to its size."""

from dataclasses import dataclass

from events.database import Connection, statement
from events.verify.audit import Audit
from events.verify.finding import Finding
from events.verify.signed import Signed, read_row
from events.walk import pages

_CHECKPOINTS = statement(__package__, "sql/read_checkpoints.sql")
_LEAST, END = -(2**63), 2**63 - 1


@dataclass(slots=True)
class Awaited:
    """Those that the database keeps, and those that were given."""

    connection: Connection
    catalog: str
    audit: Audit
    first: int = _LEAST

    async def upto(self, size: int) -> list[Signed]:
        """The ones not met yet; what the key did not sign is a finding."""
        first, self.first = self.first, max(self.first, size + 1)
        due = [each for each in self.audit.given if first <= each.head.size <= size]
        if self.audit.key is None:
            return due
        async for rows in pages(self.connection, _CHECKPOINTS, self.catalog, first, size):
            for row in rows:
                read = read_row(row, self.catalog, self.audit.key)
                if isinstance(read, Finding):
                    self.audit.found(read)
                else:
                    due.append(read)
        return due
