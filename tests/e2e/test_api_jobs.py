"""A rebuild is asked for, and a job is followed by those who may."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from api.main import create_app
from api.settings import Settings, Side
from events.database import driver
from tests.asked_jobs import NO_REDIS, asked, claimed, found
from tests.auth import Service, given_user
from tests.conversation import NOBODY, Caller
from tests.lifespan import alive
from workers.job_leases import Outcome, finish, renew
from workers.queue import Queue
from workers.uploads import Uploads

pytest_plugins = ("tests.conversation_fixtures",)

REBUILD = "/v1/catalogs/main/projections/rebuild"
OUTLET = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}


async def one_with(
    roles: dict[str, Role], client: AsyncClient, engine: AsyncEngine, name: str = "bert"
) -> Caller:
    await given_user(engine, name, roles)
    return Caller(client, await Service(client).token_of(name))


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[AsyncClient]:
    """Another process of the API."""
    async with (
        alive(create_app(settings)) as app,
        AsyncClient(transport=ASGITransport(app), base_url="http://catalog.test") as client,
    ):
        yield client


async def test_a_rebuild_is_accepted_and_can_be_followed(anna: Caller, engine: AsyncEngine) -> None:
    answer = (await anna.posts(REBUILD, X_Request_ID="r-7")).gives(202)
    job = answer.body
    assert (job["kind"], job["catalog"], job["actor"]) == ("rebuild", "main", "anna")
    assert (job["state"], job["progress"], job["problem"]) == ("queued", 0, None)
    assert job["finished_at"] is job["phase"] is job["differences"] is None
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (await anna.gets(answer.headers["Location"])).gives(200).body == job
    kept = await found(engine, UUID(job["id"]))
    assert kept.arguments == {"accept_differences": False}
    assert kept.correlation_id == "r-7"


async def test_a_worker_hears_of_it(
    anna: Caller, engine: AsyncEngine, redis_url: str, tmp_path: Path
) -> None:
    woken = asyncio.Event()
    queue = Queue(redis_url, engine, woken.set, Uploads(tmp_path))
    running = asyncio.create_task(queue.run())
    (await anna.posts(REBUILD)).gives(202)
    async with asyncio.timeout(10):
        await woken.wait()
        queue.stop()
        await running


async def test_differences_may_be_accepted_in_advance(anna: Caller, engine: AsyncEngine) -> None:
    job = (await anna.posts(REBUILD, {"accept_differences": True})).gives(202).body
    kept = await found(engine, UUID(job["id"]))
    assert kept.arguments == {"accept_differences": True}


@pytest.mark.parametrize("body", [{"accept_differences": "yes"}, {"accept": True}, [], "now"])
async def test_a_body_that_means_nothing_is_refused(anna: Caller, body: object) -> None:
    (await anna.posts(REBUILD, body)).refused(422, "invalid-input")


async def test_a_second_rebuild_is_refused_and_told_of_the_first(anna: Caller) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)
    job = (await anna.posts(REBUILD)).gives(202).body
    for address in (REBUILD, REBUILD.replace("main", "outlet")):
        refused = (await anna.posts(address)).refused(409, "rebuild-running")
        assert refused["job_id"] == job["id"]


async def test_a_job_tells_what_its_kind_has_to_tell(anna: Caller, engine: AsyncEngine) -> None:
    job = await asked(engine)
    lease = await claimed(engine)
    assert lease
    async with driver(engine) as connection:
        await renew(connection, lease, 0.5, {"counted": 2, "state": "fine", "shelf": {"a": 1}})
        told = (await anna.gets(f"/v1/jobs/{job.id}")).gives(200).body
        assert (told["state"], told["progress"]) == ("running", 0.5)
        assert (told["counted"], told["shelf"]) == (2, {"a": 1})
        outcome = Outcome(state="failed", progress=0.75, details={}, problem="no light")
        await finish(connection, lease, outcome)
    told = (await anna.gets(f"/v1/jobs/{job.id}")).gives(200).body
    assert (told["state"], told["progress"], told["problem"]) == ("failed", 0.75, "no light")
    assert datetime.fromisoformat(told["finished_at"])


async def test_an_unknown_job_is_not_found(anna: Caller) -> None:
    (await anna.gets(f"/v1/jobs/{NOBODY}")).refused(404, "unknown-job")
    (await anna.gets("/v1/jobs/first")).refused(422, "invalid-input")


@pytest.mark.parametrize(
    ("role", "status"), [("viewer", 404), ("editor", 404), ("auditor", 404), ("admin", 200)]
)
async def test_a_job_shows_itself_to_those_who_administer_its_catalog(
    role: Role, status: int, anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    job = (await anna.posts(REBUILD)).gives(202).body
    here = await one_with({"main": role}, client, engine)
    (await here.gets(f"/v1/jobs/{job['id']}")).gives(status)
    everywhere = await one_with({"*": role}, client, engine, "carla")
    (await everywhere.gets(f"/v1/jobs/{job['id']}")).gives(status)


async def test_a_job_of_another_catalog_is_not_revealed(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)
    job = (await anna.posts(REBUILD)).gives(202).body
    bert = await one_with({"outlet": "admin", "main": "auditor"}, client, engine)
    hidden = (await bert.gets(f"/v1/jobs/{job['id']}")).refused(404, "unknown-job")
    unknown = (await bert.gets(f"/v1/jobs/{NOBODY}")).refused(404, "unknown-job")
    assert hidden["detail"] == unknown["detail"]


async def test_nobody_follows_a_job_without_a_token(anna: Caller, client: AsyncClient) -> None:
    job = (await anna.posts(REBUILD)).gives(202).body
    (await Caller(client).gets(f"/v1/jobs/{job['id']}")).refused(401, "unauthenticated")
    (await Caller(client).posts(REBUILD)).refused(401, "unauthenticated")


@pytest.mark.parametrize("role", ["viewer", "editor", "auditor"])
async def test_only_who_administers_a_catalog_may_ask_for_a_rebuild(
    role: Role, anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    assert anna
    bert = await one_with({"main": role}, client, engine)
    (await bert.posts(REBUILD)).refused(403, "forbidden")
    (await bert.posts(REBUILD.replace("main", "outlet"))).refused(404, "unknown-catalog")


async def test_only_who_administers_all_catalogs_accepts_what_differs_in_them(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    assert anna
    bert = await one_with({"main": "admin"}, client, engine)
    (await bert.posts(REBUILD, {"accept_differences": True})).refused(403, "forbidden")
    (await bert.posts(REBUILD)).gives(202)


async def test_without_redis_a_rebuild_is_accepted_all_the_same(
    anna: Caller, settings: Settings, engine: AsyncEngine
) -> None:
    away = settings.model_copy(update={"redis_url": SecretStr(NO_REDIS)})
    async with serving(away) as client:
        job = (await Caller(client, anna.token).posts(REBUILD)).gives(202).body
    assert (await found(engine, UUID(job["id"]))).state == "queued"


@pytest.mark.parametrize("side", ["commands", "queries"])
async def test_a_job_is_followed_on_either_side(
    side: Side, anna: Caller, settings: Settings
) -> None:
    job = (await anna.posts(REBUILD)).gives(202).body
    async with serving(settings.model_copy(update={"side": side})) as client:
        caller = Caller(client, anna.token)
        assert (await caller.gets(f"/v1/jobs/{job['id']}")).gives(200).body == job
        again = await caller.posts(REBUILD)
        again.refused(*((409, "rebuild-running") if side == "commands" else (404, "not-found")))
