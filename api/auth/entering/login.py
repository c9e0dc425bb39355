"""From a password or a refresh token to the tokens of a session."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.entering import account as accounts
from api.auth.entering.attempts import Attempt
from api.auth.entering.refresh import RefreshToken
from api.auth.entering.rehash import strengthen
from api.auth.gate import Gate
from api.auth.messages import Issued
from api.auth.signing.keys import Signer
from api.auth.staying import sessions
from api.auth.staying.confirming import CHALLENGE
from api.auth.staying.sessions import Begun
from api.errors import InvalidCredentials
from api.measuring.metrics import REFRESH_TOKENS_REUSED
from api.rates.limits import Admit
from events.database import driver

COMPARISONS = 2
"""Another login of the same user may replace the hash of the same password meanwhile."""

log = structlog.get_logger(__name__)


async def with_password(
    gate: Gate,
    engine: AsyncEngine,
    attempt: Attempt,
    password: str,
    lifetime: timedelta,
    admit: Admit,
) -> Issued:
    """Raises InvalidCredentials, TooManyAttempts, TooManyRequests, DatabaseUnavailable."""
    signer = await gate.tokens.keys.signer()
    compared, begun = await _begun(gate, engine, attempt, password, lifetime, admit)
    await gate.throttle.succeeded(attempt)
    await gate.sessions.began(begun.refresh.session_id)
    await gate.sessions.ended(*begun.ended)
    await strengthen(gate.passwords, engine, attempt.username, password, compared)
    return _issue(gate, signer, attempt.username, begun.refresh, "password")


async def with_refresh(
    gate: Gate, engine: AsyncEngine, text: str, address: str, lifetime: timedelta, admit: Admit
) -> Issued:
    """A token that was used before ends its session.

    While any other answer can be foreseen, it is not used. Raises InvalidCredentials,
    TooManyAttempts, TooManyRequests, DatabaseUnavailable.
    """
    given = RefreshToken.parse(text)
    if given is None:
        raise _refusal(None, address, "not a refresh token")
    await gate.throttle.check_address("refresh_token", address)
    signer = await gate.tokens.keys.signer()
    async with driver(engine) as connection, connection.transaction():
        used = await sessions.go_on(connection, given, lifetime)
        if used and used.following:
            admit(used.username)
    if used is None:
        await gate.throttle.failed_at("refresh_token", address)
        raise _refusal(None, address, "refresh token of no session")
    if used.following is None:
        await gate.sessions.ended(given.session_id)
        log.warning(
            "session_revoked",
            session_id=str(given.session_id),
            username=used.username,
            reason="reused",
        )
        REFRESH_TOKENS_REUSED.inc()
        raise _refusal(used.username, address, "refresh token used before")
    return _issue(gate, signer, used.username, used.following, "refresh_token")


async def _begun(
    gate: Gate,
    engine: AsyncEngine,
    attempt: Attempt,
    password: str,
    lifetime: timedelta,
    admit: Admit,
) -> tuple[str, Begun]:
    """The hash that the password matched, and the session."""
    for _ in range(COMPARISONS):
        compared = await _compared(gate, engine, attempt, password)
        admit(attempt.username)
        async with driver(engine) as connection, connection.transaction():
            begun = await sessions.begin(connection, attempt, compared, lifetime)
        if begun is not None:
            return compared, begun
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


def _issue(gate: Gate, signer: Signer, username: str, refresh: RefreshToken, grant: str) -> Issued:
    access = gate.tokens.issue(signer, username, refresh.session_id)
    log.info(
        "token_issued", username=username, session_id=str(refresh.session_id), grant_type=grant
    )
    return Issued(access_token=access, expires_in=gate.tokens.seconds, refresh_token=str(refresh))


def _refusal(username: str | None, address: str, reason: str) -> InvalidCredentials:
    log.warning("token_refused", username=username, address=address, reason=reason)
    return InvalidCredentials(headers=CHALLENGE)
