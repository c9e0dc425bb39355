"""An operator asks for an intervention, follows it, and is refused what would be in vain."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from api.settings import Settings, Side
from events.nudge import APPENDED, channel, connect, listen
from projections.publish import Publisher
from tests.asked_jobs import NO_REDIS
from tests.conversation import NOBODY, PRODUCTS, Answer, Caller
from tests.e2e.test_api_jobs import OUTLET, one_with, serving
from tests.eventually import eventually
from tests.interventions import followed, kept
from tests.poisoned import PROJECTIONS, Poisoned
from workers.projecting import Projecting

pytest_plugins = ("tests.conversation_fixtures", "tests.poisoned_fixtures")

INTERVENTIONS = f"{PROJECTIONS}/interventions"
ACTIONS = ["retry", "discard", "refold"]


async def wants(caller: Caller, lamp: Poisoned, action: str, **headers: str) -> Answer:
    body = {"position": lamp.position} if action == "discard" else None
    return await caller.posts(lamp.asked(action), body, **headers)


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_intervention_is_accepted_and_kept_with_who_asked(
    anna: Caller, engine: AsyncEngine, parked_lamp: Poisoned, action: str
) -> None:
    answer = (await wants(anna, parked_lamp, action, X_Request_ID="r-7")).gives(202)
    asked = answer.body
    position = parked_lamp.position if action == "discard" else None
    assert (asked["product_id"], asked["action"]) == (parked_lamp.id, action)
    assert (asked["position"], asked["actor"]) == (position, "anna")
    assert (asked["outcome"], asked["finished_at"]) == (None, None)
    assert answer.headers["Location"] == f"{INTERVENTIONS}/{asked['id']}"

    done = await followed(anna, answer)
    assert done["outcome"] == ("done" if action == "discard" else "still-parked")
    assert datetime.fromisoformat(done["finished_at"])
    assert {**done, "outcome": None, "finished_at": None} == asked
    (found,) = await kept(engine)
    assert (str(found.id), found.actor, found.correlation_id) == (asked["id"], "anna", "r-7")


async def test_interventions_are_listed_the_newest_first(anna: Caller) -> None:
    assert (await anna.gets(INTERVENTIONS)).gives(200).body == {"items": []}
    products = [(await anna.given(sku=sku))["id"] for sku in ("LAMP-1", "LAMP-2")]
    addresses = [f"{PROJECTIONS}/products/{each}/refold" for each in products]
    first, second = [(await anna.posts(each)).gives(202).body for each in addresses]
    assert (await anna.gets(INTERVENTIONS)).gives(200).body == {"items": [second, first]}
    assert (await anna.gets(f"{INTERVENTIONS}?limit=1")).gives(200).body == {"items": [second]}
    assert (await anna.gets(PROJECTIONS)).gives(200).body["waiting"] == 2


async def test_who_asks_again_is_told_of_what_waits(anna: Caller) -> None:
    product = (await anna.given())["id"]
    address = f"{PROJECTIONS}/products/{product}/refold"
    first, second = [await anna.posts(address) for _ in range(2)]
    assert second.gives(202).body == first.gives(202).body
    assert second.headers["Location"] == first.headers["Location"]
    assert (await anna.gets(INTERVENTIONS)).gives(200).body == {"items": [first.body]}


async def test_a_worker_hears_of_it(anna: Caller, engine: AsyncEngine, redis_url: str) -> None:
    async with connect(redis_url) as redis, looking_seldom(engine, redis):
        receipt = await anna.given()
        await anna.reads(f"{PRODUCTS}/{receipt['id']}", receipt["position"])
        accepted = await anna.posts(f"{PROJECTIONS}/products/{receipt['id']}/refold")
        assert (await followed(anna, accepted))["outcome"] == "done"


@asynccontextmanager
async def looking_seldom(engine: AsyncEngine, redis: Redis) -> AsyncIterator[None]:
    """A projector that depends on hints."""
    projector = Projecting(
        engine,
        Publisher(redis, ttl_seconds=60),
        holder="tests",
        lease_seconds=3_600,
        poll_seconds=3_600,
        batch_limit=500,
    )
    hints = asyncio.create_task(listen(redis, APPENDED, projector.wake))
    running = asyncio.create_task(projector.run())

    async def listens() -> bool:
        ((_, listeners),) = await redis.pubsub_numsub(channel(redis, APPENDED))
        return bool(listeners)

    await eventually(listens)
    yield
    hints.cancel()
    projector.stop()
    await running


@pytest.mark.parametrize("action", ACTIONS)
async def test_of_an_unknown_product_nothing_is_accepted(
    anna: Caller, engine: AsyncEngine, action: str
) -> None:
    (await wants(anna, Poisoned(NOBODY, 1), action)).refused(404, "unknown-product")
    assert await kept(engine) == []


async def test_a_product_of_another_catalog_is_unknown(anna: Caller) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)
    product = (await anna.given())["id"]
    address = f"{PROJECTIONS}/products/{product}/refold".replace("main", "outlet")
    (await anna.posts(address)).refused(404, "unknown-product")


@pytest.mark.usefixtures("parked_lamp")
@pytest.mark.parametrize("action", ["retry", "discard"])
async def test_a_product_that_goes_on_has_nothing_to_retry_or_discard(
    anna: Caller, engine: AsyncEngine, action: str
) -> None:
    other = await anna.given(sku="LAMP-2")
    sound = Poisoned(other["id"], other["position"])
    (await wants(anna, sound, action)).refused(409, "not-parked")
    assert await kept(engine) == []


async def test_nobody_discards_another_event_than_he_saw(
    anna: Caller, engine: AsyncEngine, parked_lamp: Poisoned
) -> None:
    another = Poisoned(parked_lamp.id, parked_lamp.position - 1)
    refused = (await wants(anna, another, "discard")).refused(409, "parked-elsewhere")
    assert refused["position"] == parked_lamp.position
    assert await kept(engine) == []


@pytest.mark.parametrize("position", [0, -1, "3", True, None, 1.5, 2**53])
async def test_a_position_is_a_number_that_counts(
    anna: Caller, parked_lamp: Poisoned, position: object
) -> None:
    asked = await anna.posts(parked_lamp.asked("discard"), {"position": position})
    assert asked.refused(422, "invalid-input")["errors"][0]["pointer"] == "/position"


@pytest.mark.parametrize("body", [None, {}, [], {"position": 3, "reason": "late"}])
async def test_an_event_to_discard_is_named_by_its_position(
    anna: Caller, engine: AsyncEngine, parked_lamp: Poisoned, body: object
) -> None:
    (await anna.posts(parked_lamp.asked("discard"), body)).refused(422, "invalid-input")
    assert await kept(engine) == []


async def test_what_makes_no_sense_is_not_found_or_invalid(anna: Caller) -> None:
    (await anna.gets(f"{INTERVENTIONS}/{NOBODY}")).refused(404, "unknown-intervention")
    (await anna.gets(f"{INTERVENTIONS}/first")).refused(422, "invalid-input")
    for query in ("limit=0", "limit=201", "limit=ten", "offset=3"):
        (await anna.gets(f"{INTERVENTIONS}?{query}")).refused(422, "invalid-input")
    (await anna.posts(f"{PROJECTIONS}/parked/lamp/retry")).refused(422, "invalid-input")


@pytest.mark.parametrize("role", ["viewer", "editor", "auditor"])
async def test_only_who_administers_a_catalog_intervenes_and_looks(
    role: Role, anna: Caller, client: AsyncClient, engine: AsyncEngine, parked_lamp: Poisoned
) -> None:
    accepted = (await wants(anna, parked_lamp, "refold")).gives(202)
    bert = await one_with({"main": role}, client, engine)
    for action in ACTIONS:
        (await wants(bert, parked_lamp, action)).refused(403, "forbidden")
    for address in (PROJECTIONS, INTERVENTIONS, accepted.headers["Location"]):
        (await bert.gets(address)).refused(403, "forbidden")
    assert len(await kept(engine)) == 1


async def test_who_administers_one_catalog_intervenes_in_it(
    anna: Caller, client: AsyncClient, engine: AsyncEngine, parked_lamp: Poisoned
) -> None:
    bert = await one_with({"main": "admin"}, client, engine)
    for action in ("refold", "retry", "discard"):
        await followed(bert, await wants(bert, parked_lamp, action))
    assert {each.actor for each in await kept(engine)} == {"bert"}
    assert len((await bert.gets(INTERVENTIONS)).gives(200).body["items"]) == 3
    assert "parked" not in (await anna.gets(parked_lamp.path)).gives(200).body


async def test_interventions_of_another_catalog_are_not_revealed(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)
    product = (await anna.given())["id"]
    accepted = (await anna.posts(f"{PROJECTIONS}/products/{product}/refold")).gives(202)
    address = accepted.headers["Location"]
    bert = await one_with({"outlet": "admin"}, client, engine)
    (await bert.gets(address)).refused(404, "unknown-catalog")
    (await bert.gets(address.replace("main", "outlet"))).refused(404, "unknown-intervention")
    outlet = (await bert.gets(INTERVENTIONS.replace("main", "outlet"))).gives(200).body
    assert outlet == {"items": []}


async def test_nobody_intervenes_without_a_token(client: AsyncClient, lamp: Poisoned) -> None:
    nobody = Caller(client)
    for action in ACTIONS:
        (await wants(nobody, lamp, action)).refused(401, "unauthenticated")
    (await nobody.gets(INTERVENTIONS)).refused(401, "unauthenticated")


async def test_without_redis_it_is_accepted_all_the_same(
    anna: Caller, engine: AsyncEngine, settings: Settings
) -> None:
    product = (await anna.given())["id"]
    away = settings.model_copy(update={"redis_url": SecretStr(NO_REDIS)})
    async with serving(away) as client:
        caller = Caller(client, anna.token)
        (await caller.posts(f"{PROJECTIONS}/products/{product}/refold")).gives(202)
    (waiting,) = await kept(engine)
    assert waiting.product_id == UUID(product)


@pytest.mark.parametrize("side", ["commands", "queries"])
async def test_it_is_asked_for_on_the_command_side_and_followed_on_both(
    side: Side, anna: Caller, settings: Settings
) -> None:
    product = (await anna.given())["id"]
    address = f"{PROJECTIONS}/products/{product}/refold"
    location = (await anna.posts(address)).gives(202).headers["Location"]
    async with serving(settings.model_copy(update={"side": side})) as client:
        caller = Caller(client, anna.token)
        for seen in (PROJECTIONS, INTERVENTIONS, location):
            (await caller.gets(seen)).gives(200)
        asked = await caller.posts(address)
        asked.gives(202) if side == "commands" else asked.refused(404, "not-found")
