"""Sessions, as they are shown."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class SessionView(BaseModel):
    id: UUID
    created_at: datetime
    refreshed_at: datetime
    """When it was opened, or last went on by a refresh token."""
    expires_at: datetime
    """Unless it goes on."""
    address: str | None = Field(description="From which it was opened")
    user_agent: str | None = Field(description="By which it was opened: its first 256 characters")
    current: bool = Field(description="Whether this request belongs to it")


class SessionList(BaseModel):
    items: list[SessionView]
    next_cursor: str | None
