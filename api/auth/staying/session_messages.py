"""Sessions, as they are shown."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.auth.tables import Session


class SessionView(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)

    id: UUID
    """What access tokens name as `sid`, and `GET /v1/me` as `session_id`."""
    created_at: datetime
    """When it was opened."""
    refreshed_at: datetime
    """When it last went on by a refresh token; until then, when it was opened."""
    expires_at: datetime
    """When it ends, unless it goes on before."""
    address: str | None = Field(description="From which it was opened")
    user_agent: str | None = Field(description="By which it was opened: its first 256 characters")
    current: bool = Field(description="Whether this request belongs to it")

    @classmethod
    def of(cls, one: Session, *, current: UUID | None = None) -> Self:
        return cls(
            id=one.session_id,
            created_at=one.created_at,
            refreshed_at=one.updated_at,
            expires_at=one.expires_at,
            address=one.address,
            user_agent=one.user_agent,
            current=one.session_id == current,
        )


class SessionList(BaseModel):
    items: list[SessionView]
    next_cursor: str | None
