"""An access token that is verified with each request, as FastAPI's documentation would have it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import jwt
from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

type Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


def verifying(keys: Path) -> Callable[[HTTPAuthorizationCredentials], Awaitable[str]]:
    """A dependency: the subject of a token that was signed with the only key of the set."""
    [only] = jwt.PyJWKSet.from_json(keys.read_text()).keys

    async def subject(credentials: Credentials) -> str:
        try:
            claims = jwt.decode(
                credentials.credentials,
                only.key,
                algorithms=["EdDSA"],
                audience="catalog",
                issuer="catalog",
            )
        except jwt.InvalidTokenError:
            raise HTTPException(status.HTTP_401_UNAUTHORIZED) from None
        return str(claims["sub"])

    return subject
