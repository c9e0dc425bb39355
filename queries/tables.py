"""What the query side keeps beside the read tables, as migration 0002 makes it."""

from datetime import datetime

from sqlalchemy import Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from events.tables import Base


class CursorKey(Base):
    __tablename__ = "cursor_keys"
    __table_args__ = (
        Index("cursor_keys_only_one", text("(true)"), unique=True),
        {"schema": "access"},
    )

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """32 random bytes."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
