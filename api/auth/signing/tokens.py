"""Access tokens: JWTs (RFC 9068) signed with Ed25519, which name a session and carry no roles."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from time import time
from uuid import UUID, uuid4

import jwt
import msgspec

from api.auth.memory import Memory
from api.auth.signing.keys import KeyRing, Signer
from api.settings import Settings

ALGORITHM = "EdDSA"
TYPE = "at+jwt"
LEEWAY_SECONDS = 2
REQUIRED = ["iss", "aud", "sub", "sid", "iat", "exp", "jti"]
LENGTH_LIMIT = 2_048

# A signature of 64 bytes leaves four bits of its last character unused: only zeros are canonical.
SHAPE = re.compile(r"[\w-]+\.[\w-]+\.[\w-]{85}[AQgw]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Claims:
    """What of a valid token is of use later."""

    sub: str
    sid: UUID
    exp: int
    kid: str
    """The key that signed it."""


def accepted_seconds(settings: Settings) -> int:
    """How long an access token may be accepted, counted from when it was issued."""
    return settings.access_token_seconds + LEEWAY_SECONDS


class Tokens:
    """Issues and verifies the access tokens of one issuer for one audience."""

    def __init__(
        self,
        keys: KeyRing,
        *,
        issuer: str,
        audience: str,
        seconds: int,
        remembered: int,
        clock: Callable[[], float] = time,
    ) -> None:
        self.keys = keys
        self.seconds = seconds
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._verified: Memory[str, Claims] = Memory(remembered, clock=clock)

    def issue(self, signer: Signer, username: str, session_id: UUID) -> str:
        now = int(self._clock())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": username,
            "sid": str(session_id),
            "iat": now,
            "exp": now + self.seconds,
            "jti": uuid4().hex,
        }
        headers = {"kid": signer.kid, "typ": TYPE}
        return jwt.encode(claims, signer.key, algorithm=ALGORITHM, headers=headers)

    def known(self, token: str) -> Claims | None:
        """The claims of a token that was found valid before, until it or its key expires."""
        claims = self._verified.get(token)
        return claims if claims and self.keys.verifies(claims.kid) else None

    async def verified(self, token: str) -> Claims | None:
        """The claims of a valid token; its session may have ended all the same.

        None but valid ones are remembered: whoever makes up others makes nobody's be forgotten.
        """
        if (known := self.known(token)) is not None:
            return known
        claims = await self.signed(token)
        if claims is not None:
            self._verified.put(token, claims, claims.exp + LEEWAY_SECONDS - self._clock())
        return claims

    async def signed(self, token: str, *, verify_exp: bool = True) -> Claims | None:
        if len(token) > LENGTH_LIMIT or not SHAPE.fullmatch(token):
            return None
        try:
            header = jwt.get_unverified_header(token)
            kid = str(header.get("kid"))
            key = await self.keys.public(kid)
            if key is None or header.get("typ") != TYPE:
                return None
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": REQUIRED, "verify_exp": verify_exp},
            )
            return msgspec.convert(claims | {"kid": kid}, Claims)
        except (jwt.InvalidTokenError, msgspec.ValidationError, RecursionError):
            return None
