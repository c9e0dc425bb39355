"""What the audit part answers, as the OpenAPI document describes it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field


class AuditRead(BaseModel):
    """`operation` is named as in this document; `path` and `query` are as they were sent."""

    recorded_at: datetime
    actor: str
    operation: str
    path: str
    query: str
    following: int | None = Field(
        description="The position behind which a stream of events began; null for all else"
    )
    correlation_id: str
    client: str | None = Field(description="The address that the request came from")


class AuditReads(BaseModel):
    items: list[AuditRead]
    next_cursor: str | None


class Change(BaseModel):
    field: str
    before: Any
    after: Any


class HistoryItem(BaseModel):
    position: int
    version: int
    type: str
    data: Any
    changes: list[Change]
    changes_unknown: str | None
    """Why there is no telling what the event changed."""
    discarded: bool = Field(description="An operator had it left out: it changed nothing")
    product_id: UUID
    sku: str | None = Field(description="Null while the event that registered it can't be read")
    actor: str
    correlation_id: str
    causation_id: str | None
    occurred_at: datetime
    recorded_at: datetime
    digest: str


class History(BaseModel):
    items: list[HistoryItem]
    next_cursor: str | None


class EventPage(BaseModel):
    """`next_after` is the position up to which the page looked; null where the log ends."""

    items: list[HistoryItem]
    next_after: int | None


class DiffEnd(BaseModel):
    """Version 0 is before the first event, and occurred at no time."""

    version: int
    occurred_at: datetime | None


class Diff(BaseModel):
    from_: DiffEnd = Field(alias="from")
    to: DiffEnd
    changes: list[Change]


class HeldPrice(BaseModel):
    """A price that held in [since, until), and the event that it began with.

    `until` is null while it still holds.
    """

    currency: str
    amount: int
    decimal: str
    since: datetime
    until: datetime | None
    version: int
    position: int
    actor: str


class PriceHistory(BaseModel):
    currency: str
    items: list[HeldPrice]
    next_cursor: str | None


class LowestPrice(BaseModel):
    """In [since, at). `lowest` is null where the product was not offered in the currency."""

    currency: str
    days: int
    at: datetime
    since: datetime
    lowest: HeldPrice | None
