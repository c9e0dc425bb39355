"""The Ed25519 keys that sign access tokens: made at run time, kept in the database."""

import asyncio
from contextvars import Context
from dataclasses import dataclass
from time import monotonic
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.auth.databases import Databases
from api.auth.tables import SigningKey
from events.database import session

KEPT_SECONDS = 60.0
"""How long a process goes on with the keys that it has read."""
AGAIN_SECONDS = 1.0
"""How soon an unknown `kid` may make it read them again."""


async def ensure_signing_key(connection: AsyncConnection) -> None:
    """Make the key that signs unless there is one; retire that one to have it replaced."""
    private = Ed25519PrivateKey.generate()
    await connection.execute(
        insert(SigningKey)
        .values(
            kid=uuid4().hex,
            public_key=private.public_key().public_bytes_raw(),
            private_key=private.private_bytes_raw(),
        )
        .on_conflict_do_nothing()
    )


@dataclass(frozen=True, slots=True)
class Signer:
    kid: str
    key: Ed25519PrivateKey


class KeyRing:
    """The keys as this process last read them."""

    def __init__(self, databases: Databases, *, retired_seconds: float) -> None:
        """A retired key verifies for `retired_seconds` more: its last tokens live that long."""
        self._databases = databases
        self._retired_seconds = retired_seconds + KEPT_SECONDS
        self._public: dict[str, Ed25519PublicKey] = {}
        self._public_at = -KEPT_SECONDS
        self._reading: asyncio.Task[None] | None = None
        self._signer: Signer | None = None
        self._signer_at = -KEPT_SECONDS

    async def public(self, kid: str) -> Ed25519PublicKey | None:
        """None where there is none. Raises DatabaseUnavailable when that can't be told."""
        if kid in self._public:
            return (await self.every_public()).get(kid)
        if self._is_older_than(AGAIN_SECONDS):
            await asyncio.shield(self._begun())
        return self._public.get(kid)

    async def every_public(self) -> dict[str, Ed25519PublicKey]:
        """As they were read last, as long as a retired one verifies; older ones are read anew.

        Raises DatabaseUnavailable where they are too old, and PostgreSQL is away.
        """
        if self._is_older_than(KEPT_SECONDS):
            reading = self._begun()
            if self._is_older_than(self._retired_seconds):
                await asyncio.shield(reading)
        return self._public

    async def signer(self) -> Signer:
        if self._signer is None or monotonic() - self._signer_at > KEPT_SECONDS:
            self._signer = await self._databases.answer(_read_signer)
            self._signer_at = monotonic()
        return self._signer

    def _is_older_than(self, seconds: float) -> bool:
        return not self._public or monotonic() - self._public_at > seconds

    def _begun(self) -> asyncio.Task[None]:
        """The reading of them that all share; it goes on when nobody waits for it."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(), context=Context())
            self._reading.add_done_callback(_failed)
        return self._reading

    async def _read(self) -> None:
        self._public = await self._databases.answer(self._read_public)
        self._public_at = monotonic()

    async def _read_public(self, engine: AsyncEngine) -> dict[str, Ed25519PublicKey]:
        recently = func.now() - func.make_interval(0, 0, 0, 0, 0, 0, self._retired_seconds)
        query = select(SigningKey.kid, SigningKey.public_key).where(
            or_(SigningKey.retired_at.is_(None), SigningKey.retired_at > recently)
        )
        async with session(engine) as database:
            rows = (await database.execute(query)).all()
        return {kid: Ed25519PublicKey.from_public_bytes(public_key) for kid, public_key in rows}


def _failed(reading: asyncio.Task[None]) -> None:
    """It is for those who wait for it, if any do."""
    if not reading.cancelled():
        reading.exception()


async def _read_signer(engine: AsyncEngine) -> Signer:
    query = select(SigningKey.kid, SigningKey.private_key).where(SigningKey.retired_at.is_(None))
    async with session(engine) as database:
        kid, private_key = (await database.execute(query)).one()
    return Signer(kid, Ed25519PrivateKey.from_private_bytes(private_key))
