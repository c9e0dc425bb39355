"""Keys follow each other, and lose their force, while two processes verify and issue tokens."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import jwt
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.databases import Databases
from api.auth.signing import keys
from api.auth.signing.keys import VERIFIES, KeyRing
from api.auth.signing.rotation import ListedKey, list_keys, replace, rotate
from events.database import driver
from tests.auth import Service, answers, given_key
from tests.eventually import eventually

pytest_plugins = ("tests.auth_fixtures",)

HOUR = timedelta(hours=1)
KEPT_SECONDS = 0.2


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes read the keys more often than they do."""
    monkeypatch.setattr(keys, "KEPT_SECONDS", KEPT_SECONDS)


async def rotated(engine: AsyncEngine, overlap: timedelta = HOUR) -> bool:
    async with driver(engine) as connection:
        return await rotate(connection, overlap)


async def replaced(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        await replace(connection)


async def listed(engine: AsyncEngine) -> Sequence[ListedKey]:
    async with driver(engine) as connection:
        return await list_keys(connection)


async def states(engine: AsyncEngine) -> list[str]:
    return [key.state for key in await listed(engine)]


async def later(engine: AsyncEngine, by: timedelta) -> None:
    """As if so much time had passed."""
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "update access.signing_keys set created_at = created_at - by, "
                "signs_from = signs_from - by, signs_until = signs_until - by, "
                "verifies_until = verifies_until - by from cast(:by as interval) as by"
            ),
            {"by": by},
        )


async def published(service: Service) -> set[str]:
    document = (await service.http.get("/.well-known/jwks.json")).json()
    return {key["kid"] for key in document["keys"]}


async def signer_of(service: Service) -> str:
    token = await service.token_of("ada")
    assert (await service.me(token)).status_code == 200
    return str(jwt.get_unverified_header(token)["kid"])


async def test_a_key_is_next_then_signs_then_retires_then_is_retired(
    here: Service, engine: AsyncEngine
) -> None:
    assert here
    assert await states(engine) == ["signs"]
    assert await rotated(engine)
    assert await states(engine) == ["next", "signs"]
    await later(engine, HOUR)
    assert await states(engine) == ["signs", "retires"]
    await later(engine, VERIFIES)
    assert await states(engine) == ["signs", "retired"]

    signs, retired = await listed(engine)
    assert signs.since == signs.signs_from == retired.signs_until
    assert retired.since == retired.verifies_until


async def test_a_key_is_published_before_it_signs_and_verifies_after_it_did(
    here: Service, elsewhere: Service, engine: AsyncEngine
) -> None:
    old = await signer_of(here)
    token = await here.token_of("ada")
    assert await rotated(engine)
    new, _ = await listed(engine)

    for process in (here, elsewhere):

        async def publishes(process: Service = process) -> bool:
            return await published(process) == {old, new.kid}

        await eventually(publishes)
        assert await signer_of(process) == old

    await later(engine, HOUR)
    for process in (here, elsewhere):

        async def follows(process: Service = process) -> bool:
            return await signer_of(process) == new.kid

        await eventually(follows)
        assert (await process.me(token)).status_code == 200

    await later(engine, VERIFIES)
    for process in (here, elsewhere):
        assert await answers(401, process, token, within=10)
        assert await published(process) == {new.kid}


async def test_no_request_is_refused_while_one_key_follows_the_other(
    here: Service, elsewhere: Service, engine: AsyncEngine
) -> None:
    old = await signer_of(here)
    tokens = [await here.token_of("ada")]
    assert await rotated(engine, timedelta(seconds=1))

    async def is_over() -> bool:
        """With tokens of each process, and old ones, at each of them."""
        for issuing in (here, elsewhere):
            tokens.append(await issuing.token_of("ada"))
            for token in (tokens[0], tokens[-1]):
                for verifying in (here, elsewhere):
                    assert (await verifying.me(token)).status_code == 200
        signers = [jwt.get_unverified_header(token)["kid"] for token in tokens[-2:]]
        return old not in signers

    await eventually(is_over)


async def test_a_key_that_leaked_is_believed_no_more_by_any_process(
    here: Service, elsewhere: Service, engine: AsyncEngine
) -> None:
    """Nor what it signed that they know already; refresh tokens are not signed, and go on."""
    issued = (await here.log_in("ada")).json()
    for process in (here, elsewhere):
        assert (await process.me(issued["access_token"])).status_code == 200

    await replaced(engine)

    for process in (here, elsewhere):
        assert await answers(401, process, issued["access_token"], within=KEPT_SECONDS + 5)
    anew = (await here.refresh(issued["refresh_token"])).json()["access_token"]
    assert await answers(200, elsewhere, anew, within=keys.AGAIN_SECONDS + 5)
    assert await states(engine) == ["signs"]


async def test_a_clock_that_is_behind_brings_back_no_key_that_leaked(
    here: Service, engine: AsyncEngine
) -> None:
    leaked = await signer_of(here)
    await replaced(engine)

    await later(engine, -HOUR)

    ring = KeyRing(Databases({"database": engine}))
    assert leaked not in await ring.every_public()
    assert (await ring.signer()).kid != leaked


async def test_a_key_is_kept_until_one_follows_when_it_verifies_no_more(
    here: Service, engine: AsyncEngine
) -> None:
    first = await signer_of(here)
    assert await rotated(engine)
    await later(engine, HOUR)
    assert await rotated(engine)
    assert first in {key.kid for key in await listed(engine)}
    await later(engine, HOUR)
    assert await states(engine) == ["signs", "retires", "retired"]

    assert await rotated(engine)

    assert await states(engine) == ["next", "signs", "retires"]
    assert first not in {key.kid for key in await listed(engine)}


async def test_the_key_that_is_next_may_have_leaked_too(here: Service, engine: AsyncEngine) -> None:
    assert here
    assert await rotated(engine)

    await replaced(engine)

    assert await states(engine) == ["signs"]
    assert await rotated(engine)


async def test_a_second_rotation_waits_for_the_first(here: Service, engine: AsyncEngine) -> None:
    assert here
    assert sorted(await asyncio.gather(*(rotated(engine) for _ in range(6)))) == [False] * 5 + [
        True
    ]
    assert await states(engine) == ["next", "signs"]

    await later(engine, HOUR)

    assert await rotated(engine)


async def test_whoever_rotates_at_a_time_there_is_one_key_that_signs(
    here: Service, engine: AsyncEngine
) -> None:
    token = await here.token_of("ada")

    await asyncio.gather(*(work(engine) for work in (rotated, replaced) for _ in range(4)))

    found = await listed(engine)
    assert [key.signs_until for key in found].count(None) == 1
    assert await answers(401, here, token, within=KEPT_SECONDS + 5)

    async def signs() -> bool:
        """The first one: a key that was published last of all signs after it."""
        return await signer_of(here) == found[-1].kid

    await eventually(signs)


async def test_a_clock_that_was_put_back_leaves_a_key_to_sign_with(
    here: Service, engine: AsyncEngine
) -> None:
    await later(engine, -HOUR)

    assert await signer_of(here) == (await listed(engine))[0].kid


async def test_a_process_learns_of_a_key_that_another_signs_with_already(
    here: Service, engine: AsyncEngine
) -> None:
    ring = KeyRing(Databases({"database": engine}))
    assert set(await ring.every_public()) == {await signer_of(here)}
    await replaced(engine)
    new = (await ring.signer()).kid

    async def knows() -> bool:
        return await ring.public(new) is not None

    await eventually(knows)


async def test_there_is_one_signing_key_however_often_it_is_ensured(engine: AsyncEngine) -> None:
    await given_key(engine)
    await given_key(engine)

    assert await states(engine) == ["signs"]
