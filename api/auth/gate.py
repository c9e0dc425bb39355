"""What a process needs to know who may come in, from its start to its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.catalogs import KnownCatalogs
from api.auth.keys import KeyRing
from api.auth.live import LiveSessions
from api.auth.notices import Notices
from api.auth.passwords import Passwords
from api.auth.roles import Principal
from api.auth.shared import Shared
from api.auth.throttle import Throttle
from api.auth.tokens import Tokens, accepted_seconds
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Gate:
    tokens: Tokens
    sessions: LiveSessions
    catalogs: KnownCatalogs
    passwords: Passwords
    throttle: Throttle

    async def principal(self, token: str) -> Principal | None:
        """Who sends this access token; None when nobody may come in with it."""
        claims = await self.tokens.verified(token)
        if claims is None:
            return None
        principal = await self.sessions.principal(claims.sid)
        return principal if principal and principal.username == claims.sub else None


@asynccontextmanager
async def opened(settings: Settings, engine: AsyncEngine, redis: Redis) -> AsyncIterator[Gate]:
    """On the side of queries, `engine` may be that of a read replica."""
    gate = _made(settings, engine, redis)
    listening = asyncio.create_task(gate.sessions.listen())
    try:
        yield gate
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening


def _made(settings: Settings, engine: AsyncEngine, redis: Redis) -> Gate:
    shared = Shared(redis)
    token_seconds = accepted_seconds(settings)
    return Gate(
        tokens=Tokens(
            KeyRing(engine, retired_seconds=token_seconds),
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            seconds=settings.access_token_seconds,
        ),
        sessions=LiveSessions(engine, Notices(redis, shared, token_seconds=token_seconds)),
        catalogs=KnownCatalogs(engine),
        passwords=Passwords(settings.bcrypt_rounds),
        throttle=Throttle(
            shared,
            per_account=settings.failed_logins_per_account,
            per_address=settings.failed_logins_per_address,
        ),
    )
