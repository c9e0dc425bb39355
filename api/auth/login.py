"""From a password or a refresh token to the tokens of a session."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth import accounts, sessions
from api.auth.attempts import Attempt
from api.auth.confirming import CHALLENGE
from api.auth.gate import Gate
from api.auth.messages import Issued
from api.auth.refresh import RefreshToken
from api.auth.rehash import strengthen
from api.errors import InvalidCredentials
from api.metrics import REFRESH_TOKENS_REUSED
from events.database import driver, session

COMPARISONS = 2
"""Another login of the same user may replace the hash of the same password meanwhile."""

log = structlog.get_logger(__name__)


async def with_password(
    gate: Gate, engine: AsyncEngine, attempt: Attempt, password: str, lifetime: timedelta
) -> Issued:
    """Raises InvalidCredentials, TooManyAttempts, DatabaseUnavailable."""
    compared, refresh = await _begun(gate, engine, attempt, password, lifetime)
    await gate.throttle.succeeded(attempt)
    await gate.sessions.began(refresh.session_id)
    await strengthen(gate.passwords, engine, attempt.username, password, compared)
    return await _issue(gate, attempt.username, refresh, "password")


async def with_refresh(
    gate: Gate, engine: AsyncEngine, text: str, address: str, lifetime: timedelta
) -> Issued:
    """A token that was used before ends its session. Raises InvalidCredentials, TooManyAttempts."""
    given = RefreshToken.parse(text)
    if given is None:
        raise _refusal(None, address, "not a refresh token")
    await gate.throttle.check_address("refresh_token", address)
    async with driver(engine) as connection:
        used = await sessions.go_on(connection, given, lifetime)
    if used is None:
        await gate.throttle.failed_at("refresh_token", address)
        raise _refusal(None, address, "refresh token of no session")
    if used.following is None:
        await gate.sessions.ended(given.session_id)
        log.warning("session_revoked", session_id=str(given.session_id), reason="reused")
        REFRESH_TOKENS_REUSED.inc()
        raise _refusal(used.username, address, "refresh token used before")
    return await _issue(gate, used.username, used.following, "refresh_token")


async def _begun(
    gate: Gate, engine: AsyncEngine, attempt: Attempt, password: str, lifetime: timedelta
) -> tuple[str, RefreshToken]:
    """The hash that the password matched, and the first refresh token of the session."""
    for _ in range(COMPARISONS):
        compared = await _compared(gate, engine, attempt, password)
        async with session(engine) as database:
            refresh = await sessions.begin(database, attempt, compared, lifetime)
        if refresh is not None:
            return compared, refresh
    raise _refusal(attempt.username, attempt.address, "password changed meanwhile")


async def _compared(gate: Gate, engine: AsyncEngine, attempt: Attempt, password: str) -> str:
    """The hash that the password matched. No connection is held while bcrypt works."""
    await gate.throttle.check_address("password", attempt.address, attempt.username)
    async with driver(engine) as connection:
        account = await accounts.find(connection, attempt)
    known, is_known = account.password_hash, account.is_known
    await gate.throttle.check(attempt, is_known=is_known)
    async with gate.passwords.turns.taken(attempt, is_known=is_known):
        await gate.throttle.check(attempt, is_known=is_known)
        if not await gate.passwords.match(password, known) or known is None:
            await gate.throttle.failed(attempt, is_known=is_known)
            raise _refusal(attempt.username, attempt.address, "wrong password or unknown user")
        return known


async def _issue(gate: Gate, username: str, refresh: RefreshToken, grant: str) -> Issued:
    access = await gate.tokens.issue(username, refresh.session_id)
    log.info(
        "token_issued", username=username, session_id=str(refresh.session_id), grant_type=grant
    )
    return Issued(access_token=access, expires_in=gate.tokens.seconds, refresh_token=str(refresh))


def _refusal(username: str | None, address: str, reason: str) -> InvalidCredentials:
    log.warning("token_refused", username=username, address=address, reason=reason)
    return InvalidCredentials(headers=CHALLENGE)
