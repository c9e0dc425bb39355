"""What a process needs to know who may come in, from its start to its end."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from api.auth.catalogs import KnownCatalogs
from api.auth.databases import Databases
from api.auth.entering.failures import Failures
from api.auth.entering.passwords import Passwords
from api.auth.entering.throttle import Throttle
from api.auth.roles import Principal, Right
from api.auth.signing.keys import KeyRing
from api.auth.signing.tokens import Tokens, accepted_seconds
from api.auth.staying.live import LiveSessions
from api.auth.staying.notices import FRESH_SECONDS, Notices
from api.background import running
from api.settings import Settings
from events.circuit import Circuit


@dataclass(frozen=True, slots=True)
class Gate:
    tokens: Tokens
    sessions: LiveSessions
    catalogs: KnownCatalogs
    passwords: Passwords
    throttle: Throttle

    def known(self, token: str) -> Principal | None:
        """Who sends it, from memory alone; None where `principal` has to be asked."""
        claims = self.tokens.known(token)
        if claims is None:
            return None
        principal = self.sessions.known(claims.sid)
        return principal if principal and principal.username == claims.sub else None

    def admits(self, token: str, right: Right, catalog: str) -> Principal | None:
        """Who sends it, where he has that right in a catalog that is known: from memory alone."""
        principal = self.known(token)
        if principal is None or not principal.may(right, catalog):
            return None
        return principal if self.catalogs.seen(catalog) else None

    async def principal(self, token: str) -> Principal | None:
        """Who sends this access token; None when nobody may come in with it.

        Raises DatabaseUnavailable where that can't be told.
        """
        claims = await self.tokens.verified(token)
        if claims is None:
            return None
        principal = await self.sessions.principal(claims.sid)
        return principal if principal and principal.username == claims.sub else None


@asynccontextmanager
async def opened(
    settings: Settings,
    databases: Databases,
    redis: Redis,
    circuit: Circuit,
    *,
    unconfirmed: Callable[[], None] = lambda: None,
) -> AsyncIterator[Gate]:
    """`circuit` is that of `redis`; `unconfirmed` hears of what `LiveSessions` tells it."""
    gate = _made(settings, databases, redis, circuit, unconfirmed)
    async with running(gate.sessions.listen, gate.tokens.keys.follow):
        try:
            yield gate
        finally:
            await gate.sessions.close()


def _made(
    settings: Settings,
    databases: Databases,
    redis: Redis,
    circuit: Circuit,
    unconfirmed: Callable[[], None],
) -> Gate:
    return Gate(
        tokens=Tokens(
            KeyRing(databases),
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            seconds=settings.access_token_seconds,
            remembered=settings.remembered_sessions,
        ),
        sessions=LiveSessions(
            databases,
            noticing(settings, redis, circuit),
            stale_seconds=settings.stale_seconds,
            remembered=settings.remembered_sessions,
            unconfirmed=unconfirmed,
        ),
        catalogs=KnownCatalogs(databases),
        passwords=Passwords(settings.bcrypt_rounds),
        throttle=Throttle(
            Failures(redis, circuit),
            per_account=settings.failed_logins_per_account,
            per_address=settings.failed_logins_per_address,
        ),
    )


def noticing(settings: Settings, redis: Redis, circuit: Circuit) -> Notices:
    return Notices(
        redis,
        circuit,
        living_seconds=max(settings.stale_seconds, FRESH_SECONDS),
        ended_seconds=accepted_seconds(settings),
    )
