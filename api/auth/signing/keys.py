"""The Ed25519 keys of access tokens, as a process knows them: made by `rotation.py` (ADR 18)."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.databases import Databases
from api.settings import LONGEST_TOKEN_SECONDS
from events.database import driver, statement
from events.errors import DatabaseUnavailable

KEPT_SECONDS = 5.0
"""How long a process goes on with the keys that it has read: no longer is a leaked one believed."""
AGAIN_SECONDS = 1.0
"""How soon an unknown `kid` may make it read them again."""
VERIFIES = timedelta(seconds=LONGEST_TOKEN_SECONDS + 30)
"""How long a key verifies that signs no more, for its last tokens: with the leeway of clocks, and
with `KEPT_SECONDS`, for which processes may go on to sign with it."""

_SIGNING = statement(__package__, "sql/signing_key.sql")
_VERIFYING = statement(__package__, "sql/verifying_keys.sql")


@dataclass(frozen=True, slots=True)
class Signer:
    kid: str
    key: Ed25519PrivateKey


class KeyRing:
    """The keys as this process last read them. Who signs is decided by the database's clock."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._public: Mapping[str, Ed25519PublicKey] = {}
        self._public_at: float | None = None
        self._reading: asyncio.Task[None] | None = None
        self._signer: Signer | None = None
        self._signer_at = 0.0

    async def follow(self) -> None:
        """Read them again and again, until cancelled."""
        while True:
            with suppress(DatabaseUnavailable):
                await self._begun()
            await asyncio.sleep(KEPT_SECONDS)

    def verifies(self, kid: str) -> bool:
        """Whether its tokens are believed, as far as this process knows."""
        return kid in self._public

    async def public(self, kid: str) -> Ed25519PublicKey | None:
        """None where there is none. Raises DatabaseUnavailable when that can't be told."""
        if kid in self._public:
            return (await self.every_public()).get(kid)
        if self._is_older_than(AGAIN_SECONDS):
            await asyncio.shield(self._begun())
        return self._public.get(kid)

    async def every_public(self) -> Mapping[str, Ed25519PublicKey]:
        """As they were read last, for as long as one that signs no more would verify.

        Raises DatabaseUnavailable where that is over, and PostgreSQL is away.
        """
        if self._is_older_than(VERIFIES.total_seconds()):
            await asyncio.shield(self._begun())
        return self._public

    async def signer(self) -> Signer:
        """None that is known to be believed no more. Raises DatabaseUnavailable."""
        now, signer = monotonic(), self._signer
        if not signer or now - self._signer_at > KEPT_SECONDS or not self.verifies(signer.kid):
            signer = self._signer = await self._databases.answer(_read_signer)
            self._signer_at = now
        return signer

    def _is_older_than(self, seconds: float) -> bool:
        return self._public_at is None or monotonic() - self._public_at > seconds

    def _begun(self) -> asyncio.Task[None]:
        """The reading of them that all share; it goes on when nobody waits for it."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(), context=Context())
            self._reading.add_done_callback(_failed)
        return self._reading

    async def _read(self) -> None:
        now = monotonic()
        self._public = await self._databases.answer(_read_public)
        self._public_at = now


def _failed(reading: asyncio.Task[None]) -> None:
    """It is for those who wait for it, if any do."""
    if not reading.cancelled():
        reading.exception()


async def _read_public(engine: AsyncEngine) -> Mapping[str, Ed25519PublicKey]:
    async with driver(engine) as connection:
        rows = await connection.fetch(_VERIFYING)
    return {row["kid"]: Ed25519PublicKey.from_public_bytes(row["public_key"]) for row in rows}


async def _read_signer(engine: AsyncEngine) -> Signer:
    async with driver(engine) as connection:
        (row,) = await connection.fetch(_SIGNING)
    return Signer(row["kid"], Ed25519PrivateKey.from_private_bytes(row["private_key"]))
