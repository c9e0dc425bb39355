"""From a machine client's secret to an access token (RFC 6749, 4.4)."""

from datetime import timedelta
from hmac import compare_digest
from typing import NamedTuple
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.entering.attempts import Attempt
from api.auth.entering.basic import CHALLENGE
from api.auth.entering.client_secrets import digest_of
from api.auth.gate import Gate
from api.auth.messages import Issued
from api.auth.signing.tokens import LEEWAY_SECONDS
from api.auth.staying import sessions
from api.errors import InvalidCredentials
from api.rates.limits import Admit
from events.database import Connection, driver, statement

_BEGIN = statement(__package__, "sql/begin_client_session.sql")
_FIND = statement(__package__, "sql/find_client_secret.sql")
_RECORD_USE = statement(__package__, "sql/record_client_use.sql")
_NOBODYS = bytes(32)
_REASON = "wrong secret, unknown or expired client"

log = structlog.get_logger(__name__)


class _Begun(NamedTuple):
    session_id: UUID
    lifetime: timedelta
    ended: list[UUID]
    """The sessions that have made room for it."""


async def with_secret(
    gate: Gate, engine: AsyncEngine, attempt: Attempt, secret: str, admit: Admit
) -> Issued:
    """An access token alone: its session ends with it.

    Raises InvalidCredentials, TooManyAttempts, TooManyRequests, DatabaseUnavailable.
    Whether the client is unknown, has expired or has another secret, nobody is told.
    """
    await gate.throttle.check_address("client_credentials", attempt.address, attempt.username)
    lifetime = timedelta(seconds=gate.tokens.seconds + LEEWAY_SECONDS)
    signer = await gate.tokens.keys.signer()
    async with driver(engine) as connection:
        begun = await _begun(connection, attempt, digest_of(secret), lifetime, admit)
    if begun is None:
        await gate.throttle.failed_at("client_credentials", attempt.address)
        origin = {"username": attempt.username, "address": attempt.address}
        log.warning("token_refused", **origin, reason=_REASON)
        raise InvalidCredentials(headers=CHALLENGE)
    await gate.sessions.began(begun.session_id)
    await gate.sessions.ended(*begun.ended)
    access = gate.tokens.issue(signer, attempt.username, begun.session_id)
    log.info(
        "token_issued",
        username=attempt.username,
        session_id=str(begun.session_id),
        grant_type="client_credentials",
    )
    remaining = int(begun.lifetime.total_seconds())
    return Issued(access_token=access, expires_in=min(gate.tokens.seconds, remaining))


async def _begun(
    connection: Connection, attempt: Attempt, digest: bytes, lifetime: timedelta, admit: Admit
) -> _Begun | None:
    known = await connection.fetchval(_FIND, attempt.username)
    if not compare_digest(known or _NOBODYS, digest):
        return None
    admit(attempt.username)
    async with connection.transaction():
        await connection.execute(_RECORD_USE, attempt.username)
        origin = (attempt.address, attempt.user_agent)
        row = await connection.fetchrow(_BEGIN, attempt.username, digest, lifetime, *origin)
        if row is None:
            return None
        ended = await sessions.end_oldest(connection, attempt.username)
    return _Begun(row["session_id"], row["lifetime"], ended)
