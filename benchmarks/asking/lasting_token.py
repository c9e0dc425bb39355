"""Tokens that outlast a run: signed with the key of the database, for longer than the API would."""

from uuid import UUID

import jwt
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.databases import Databases
from api.auth.signing.keys import KeyRing
from api.auth.signing.tokens import Tokens

DAY_SECONDS = 86_400


async def lasting(engine: AsyncEngine, token: str) -> str:
    """A token of the same session, for a day."""
    claims = jwt.decode(token, options={"verify_signature": False})
    tokens = Tokens(
        KeyRing(Databases({"database": engine})),
        issuer=claims["iss"],
        audience=claims["aud"],
        seconds=DAY_SECONDS,
        remembered=1,
    )
    return tokens.issue(await tokens.keys.signer(), claims["sub"], UUID(claims["sid"]))
