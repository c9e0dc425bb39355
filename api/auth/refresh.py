"""Refresh tokens: the session's id and a secret, of which the database keeps a digest."""

import re
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import Self
from uuid import UUID

SHAPE = re.compile(r"([0-9a-f]{32})\.([\w-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    session_id: UUID
    secret: str

    @classmethod
    def of(cls, session_id: UUID) -> Self:
        return cls(session_id, token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        found = SHAPE.fullmatch(text)
        return cls(UUID(found[1]), found[2]) if found else None

    @property
    def digest(self) -> bytes:
        return sha256(self.secret.encode()).digest()

    def __str__(self) -> str:
        return f"{self.session_id.hex}.{self.secret}"
