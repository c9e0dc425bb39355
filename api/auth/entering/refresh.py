"""Refresh tokens: the session's id, its family's secret and one of their own, kept as digests."""

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from secrets import token_urlsafe
from typing import Self
from uuid import UUID

SHAPE = re.compile(r"([0-9a-f]{32})\.([\w-]{43})\.([\w-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    session_id: UUID
    family: str
    """That of each token of the session: who sends it has, or had, one of them."""
    secret: str

    @classmethod
    def of(cls, session_id: UUID) -> Self:
        """The first of a session."""
        return cls(session_id, token_urlsafe(32), token_urlsafe(32))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        found = SHAPE.fullmatch(text)
        return cls(UUID(found[1]), found[2], found[3]) if found else None

    def following(self) -> Self:
        return replace(self, secret=token_urlsafe(32))

    @property
    def family_digest(self) -> bytes:
        return sha256(self.family.encode()).digest()

    @property
    def digest(self) -> bytes:
        return sha256(self.secret.encode()).digest()

    def __str__(self) -> str:
        return f"{self.session_id.hex}.{self.family}.{self.secret}"
