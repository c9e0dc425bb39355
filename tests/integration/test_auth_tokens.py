"""Tokens that somebody else made, changed or kept."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from time import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.databases import Databases
from api.auth.signing.keys import KeyRing
from api.auth.signing.tokens import LEEWAY_SECONDS
from tests.auth import Service, bearer, given_key

pytest_plugins = ("tests.auth_fixtures",)


async def signing_key(engine: AsyncEngine) -> tuple[str, Ed25519PrivateKey]:
    async with engine.connect() as connection:
        kid, private = (
            await connection.execute(text("select kid, private_key from access.signing_keys"))
        ).one()
    return kid, Ed25519PrivateKey.from_private_bytes(private)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    return jwt.get_unverified_header(token), jwt.decode(token, options={"verify_signature": False})


def encoded(document: object) -> str:
    return urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


async def assert_refused(service: Service, token: str) -> None:
    answer = await service.me(token)
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


async def test_a_token_carries_no_roles(here: Service) -> None:
    header, claims = parts(await here.token_of("ada"))

    assert (header["alg"], header["typ"]) == ("EdDSA", "at+jwt")
    assert set(claims) == {"iss", "aud", "sub", "sid", "iat", "exp", "jti"}
    assert claims["exp"] - claims["iat"] == 600


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Basic YWRhOmFkYQ=="},
    ],
)
async def test_who_sends_no_token_is_asked_for_one(here: Service, header: dict[str, Any]) -> None:
    answer = await here.http.get("/v1/me", headers=header)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header",
    [
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": b"Bearer \xff\xfe.\x80.a"},
        {"Authorization": "Bearer " + "a" * 60_000},
        {"Authorization": "Bearer " + "a." * 2_000},
    ],
)
async def test_what_is_no_token_is_refused(here: Service, header: dict[str, Any]) -> None:
    answer = await here.http.get("/v1/me", headers=header)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "somebody"},
        {"aud": "something"},
        {"aud": ["catalog-2"]},
        {"exp": 1},
        {"exp": int(time()) - 10},
        {"exp": "soon"},
        {"exp": None},
        {"iat": int(time()) + 10**7},
        {"iat": "now"},
        {"nbf": int(time()) + 10**7},
        {"sid": "00000000-0000-4000-8000-000000000000"},
        {"sid": "not a uuid"},
        {"sid": 7},
        {"sid": None},
        {"sub": 7},
        {"sub": "admin"},
        {"jti": None},
    ],
)
async def test_a_claim_that_does_not_hold_is_refused(
    here: Service, engine: AsyncEngine, changed: dict[str, Any]
) -> None:
    _, claims = parts(await here.token_of("ada"))
    kid, key = await signing_key(engine)
    claims = {name: value for name, value in (claims | changed).items() if value is not None}

    forged = jwt.encode(claims, key, "EdDSA", headers={"kid": kid, "typ": "at+jwt"})

    await assert_refused(here, forged)


@pytest.mark.parametrize(("ahead", "status"), [(LEEWAY_SECONDS, 200), (LEEWAY_SECONDS + 10, 401)])
async def test_a_clock_may_be_ahead_of_another_by_the_leeway(
    here: Service, engine: AsyncEngine, ahead: int, status: int
) -> None:
    _, claims = parts(await here.token_of("ada"))
    kid, key = await signing_key(engine)
    claims |= {"iat": int(time()) + ahead}

    issued = jwt.encode(claims, key, "EdDSA", headers={"kid": kid, "typ": "at+jwt"})

    assert (await here.me(issued)).status_code == status


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "sid", "iat", "exp", "jti"])
async def test_every_claim_is_required(here: Service, engine: AsyncEngine, missing: str) -> None:
    _, claims = parts(await here.token_of("ada"))
    kid, key = await signing_key(engine)
    del claims[missing]

    await assert_refused(
        here, jwt.encode(claims, key, "EdDSA", headers={"kid": kid, "typ": "at+jwt"})
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"kid": "unknown"},
        {"kid": None},
        {"kid": "x" * 500},
        {"crit": ["b64"], "b64": False},
        {"crit": ["exp"]},
        {"crit": ["unheard-of"], "unheard-of": True},
    ],
)
async def test_a_header_that_does_not_fit_is_refused(
    here: Service, engine: AsyncEngine, changed: dict[str, Any]
) -> None:
    header, claims = parts(await here.token_of("ada"))
    _, key = await signing_key(engine)
    header = {name: value for name, value in (header | changed).items() if value is not None}
    signed = f"{encoded(header)}.{encoded(claims)}"

    await assert_refused(here, f"{signed}.{signature(key, signed)}")


def signature(key: Ed25519PrivateKey, signed: str) -> str:
    return urlsafe_b64encode(key.sign(signed.encode())).rstrip(b"=").decode()


async def test_a_token_of_another_key_is_refused(here: Service) -> None:
    header, claims = parts(await here.token_of("ada"))

    forged = jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers=header)

    await assert_refused(here, forged)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
async def test_an_unsigned_token_is_refused(here: Service, algorithm: str) -> None:
    header, claims = parts(await here.token_of("ada"))
    unsigned = f"{encoded(header | {'alg': algorithm})}.{encoded(claims)}"

    await assert_refused(here, f"{unsigned}.")
    await assert_refused(here, f"{unsigned}.{'A' * 86}")


async def test_the_public_key_is_no_secret_to_sign_with(here: Service, engine: AsyncEngine) -> None:
    header, claims = parts(await here.token_of("ada"))
    public = (await signing_key(engine))[1].public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{encoded(header | {'alg': 'HS512'})}.{encoded(claims)}"
    for secret in (public.public_bytes_raw(), pem):
        mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA512)
        forged = urlsafe_b64encode(mac.sign(signed.encode(), secret)).rstrip(b"=").decode()

        await assert_refused(here, f"{signed}.{forged}")


async def test_every_other_spelling_of_a_token_is_refused(here: Service) -> None:
    token = await here.token_of("ada")
    header, claims, signed = token.split(".")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twins = [f"{token[:-1]}{last}" for last in alphabet if last != token[-1]]
    same_bytes = [t for t in twins if decoded(t.split(".")[2]) == decoded(signed)]
    assert len(same_bytes) == 15

    others = [f"{token}=", f"{token}\n", f"{token}.", f".{token}", f"{header}=.{claims}.{signed}"]
    for spelling in twins + [other.replace("\n", "%0A") for other in others]:
        await assert_refused(here, spelling)


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("document", ["[" * 1_400, "null", "[]", "7", '"x"', "{", '{"alg":1}'])
async def test_a_header_that_is_no_header_is_refused(here: Service, document: str) -> None:
    header = urlsafe_b64encode(document.encode()).rstrip(b"=").decode()

    await assert_refused(here, f"{header}.e30.{'A' * 86}")


@pytest.mark.parametrize("document", ["[" * 1_300, "null", "[]", "7", "{"])
async def test_claims_that_are_none_are_refused(
    here: Service, engine: AsyncEngine, document: str
) -> None:
    kid, key = await signing_key(engine)
    claims = urlsafe_b64encode(document.encode()).rstrip(b"=").decode()
    signed = f"{encoded({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': kid})}.{claims}"

    await assert_refused(here, f"{signed}.{signature(key, signed)}")


async def test_the_oauth_header_takes_one_token(here: Service) -> None:
    token = await here.token_of("ada")

    assert (await here.http.get("/v1/me", params={"access_token": token})).status_code == 401
    lower = {"authorization": f"bearer {token}"}
    assert (await here.http.get("/v1/me", headers=lower)).status_code == 200
    assert (await here.http.get("/v1/me", headers=bearer(f"{token} {token}"))).status_code == 401


async def test_many_unknown_keys_cost_one_reading(engine: AsyncEngine) -> None:
    await given_key(engine)
    keys, readings = KeyRing(Databases({"database": engine})), Counter[str]()
    event.listen(engine.sync_engine, "checkout", lambda *_: readings.update(["reading"]))

    found = await asyncio.gather(*(keys.public(f"unknown-{n}") for n in range(20)))

    assert found == [None] * 20
    assert readings["reading"] == 1
