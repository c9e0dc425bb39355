"""Tokens that are nearly those that were issued: none is accepted, and none is a fault."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.entering.refresh import RefreshToken
from tests.auth import Service, given_user
from tests.mutations import Mutation, mutations

pytest_plugins = ("tests.auth_fixtures",)

often = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
sometimes = settings(often, max_examples=20)


@pytest.fixture
async def tokens(here: Service, engine: AsyncEngine) -> tuple[str, str]:
    """Two that are accepted, of two users."""
    await given_user(engine, "eve", {})
    found = await here.token_of("ada"), await here.token_of("eve")
    for token in found:
        assert (await here.me(token)).status_code == 200
    return found


async def assert_refused(here: Service, token: str) -> None:
    sent = f"Bearer {token}".encode("latin-1", "replace")
    answer = await here.http.get("/v1/me", headers={b"Authorization": sent})
    assert answer.status_code == 401, token
    assert answer.json()["type"] == "/problems/unauthenticated"


@often
@given(mutation=mutations())
async def test_no_other_text_is_an_access_token(
    here: Service, tokens: tuple[str, str], mutation: Mutation
) -> None:
    token = mutation(*tokens)
    assume(token.strip() not in tokens)  # blanks around it are the header's
    await assert_refused(here, token)


@often
@given(
    algorithm=st.sampled_from(
        ["none", "HS256", "HS384", "RS256", "PS256", "ES256", "EdDSA", "Ed448", "", None, 7, []]
    ),
    kid=st.none() | st.text(max_size=40) | st.integers(),
    digest=st.sampled_from(["sha256", "sha384", "sha512"]),
    changed=st.dictionaries(
        st.sampled_from(["sub", "sid", "aud", "iss", "exp", "typ", "jwk", "jku", "x5u", "crit"]),
        st.none() | st.text(max_size=20) | st.integers() | st.lists(st.text(max_size=5)),
        max_size=3,
    ),
)
async def test_no_other_algorithm_key_or_header_is_taken(
    here: Service,
    tokens: tuple[str, str],
    algorithm: object,
    kid: object,
    digest: str,
    changed: dict[str, object],
) -> None:
    """Signed with what everybody can see: the public key as a secret."""
    header, claims, _ = (decoded(part) for part in tokens[0].split("."))
    keys = (await here.http.get("/.well-known/jwks.json")).json()["keys"]
    public = urlsafe_b64decode(keys[0]["x"] + "=")
    named = json.loads(header) | changed | {"alg": algorithm}
    if kid is not None:
        named["kid"] = kid
    signed = f"{encoded(json.dumps(named).encode())}.{encoded(claims)}"
    mac = hmac.digest(public, signed.encode(), digest)
    for signature in (encoded(mac), encoded((mac + mac)[:64]), "", tokens[0].split(".")[2]):
        await assert_refused(here, f"{signed}.{signature}")


@sometimes
@given(mutation=mutations())
async def test_no_other_text_is_a_refresh_token(
    here: Service, tokens: tuple[str, str], mutation: Mutation
) -> None:
    """And who does not hold the secret of a session's tokens can't end it by guessing."""
    assert tokens
    mine = str((await here.log_in("ada")).json()["refresh_token"])
    other = str((await here.log_in("eve")).json()["refresh_token"])
    token = mutation(mine, other)
    assume(token not in {mine, other})

    answer = await here.refresh(token)

    assert answer.status_code in {401, 422}, token
    if not _is_of_its_family(token, mine):
        assert (await here.refresh(mine)).status_code == 200


def _is_of_its_family(token: str, mine: str) -> bool:
    parsed, known = RefreshToken.parse(token), RefreshToken.parse(mine)
    return bool(
        parsed and known and (parsed.session_id, parsed.family) == (known.session_id, known.family)
    )


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()
