"""From a password or a refresh token to the tokens of a session."""

from datetime import timedelta
from typing import NoReturn

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth import sessions
from api.auth.confirming import CHALLENGE
from api.auth.gate import Gate
from api.auth.messages import Issued
from api.auth.refresh import RefreshToken
from api.auth.tables import User
from api.auth.throttle import Attempt
from api.errors import InvalidCredentials
from events.database import session

log = structlog.get_logger(__name__)


async def with_password(
    gate: Gate, engine: AsyncEngine, attempt: Attempt, password: str, lifetime: timedelta
) -> Issued:
    """Raises InvalidCredentials, TooManyAttempts."""
    compared = await _compared(gate, engine, attempt, password)
    async with session(engine) as database:
        begun = await sessions.begin(database, attempt.username, compared, lifetime)
    if begun is None:
        _refuse(attempt.username, "password changed meanwhile")
    user, refresh = begun
    await gate.throttle.succeeded(attempt)
    await gate.sessions.began(refresh.session_id)
    return await _issue(gate, user.username, refresh, "password")


async def with_refresh(gate: Gate, engine: AsyncEngine, text: str, lifetime: timedelta) -> Issued:
    """The token that was used last ends its session. Raises InvalidCredentials."""
    used = RefreshToken.parse(text)
    if used is None:
        _refuse(None, "not a refresh token")
    async with session(engine) as database:
        rotated = await sessions.rotate(database, used, lifetime)
        reused = None if rotated else await sessions.end_reused(database, used)
    if reused:
        await gate.sessions.ended(used.session_id)
        log.warning("session_revoked", session_id=str(used.session_id), reason="reused")
    if rotated is None:
        _refuse(reused, "refresh token not current")
    username, refresh = rotated
    return await _issue(gate, username, refresh, "refresh_token")


async def _compared(gate: Gate, engine: AsyncEngine, attempt: Attempt, password: str) -> str:
    """The hash that the password matched. No connection is held while bcrypt works."""
    async with gate.passwords.slot():
        await gate.throttle.check(attempt)
        async with session(engine) as database:
            known = await database.scalar(
                select(User.password_hash).where(User.username == attempt.username)
            )
        if not await gate.passwords.match(password, known) or known is None:
            await gate.throttle.failed(attempt)
            _refuse(attempt.username, "wrong password or unknown user")
        return known


async def _issue(gate: Gate, username: str, refresh: RefreshToken, grant: str) -> Issued:
    access = await gate.tokens.issue(username, refresh.session_id)
    log.info(
        "token_issued", username=username, session_id=str(refresh.session_id), grant_type=grant
    )
    return Issued(access_token=access, expires_in=gate.tokens.seconds, refresh_token=str(refresh))


def _refuse(username: str | None, reason: str) -> NoReturn:
    log.warning("token_refused", username=username, reason=reason)
    raise InvalidCredentials(headers=CHALLENGE)
