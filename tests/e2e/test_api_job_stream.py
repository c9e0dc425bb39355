"""A job as server-sent events: whenever it has something new, until it has ended."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings
from events.database import driver
from tests.auth import Service, given_user
from tests.conversation import Caller
from tests.event_source import connected
from tests.eventually import eventually
from tests.faulty import measured
from tests.serving import serving
from tests.uploading import uploads
from workers.job_leases import JobLease, Outcome, claim_next, finish, renew

pytest_plugins = ("tests.conversation_fixtures",)

COUNTS = {"rows": 3, "created": 2, "failed": 1}


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    paced = {"event_stream_heartbeat_seconds": 0.2, "event_streams_limit": 2}
    return create_app(settings.model_copy(update=paced))


@pytest.fixture
async def client(address: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=address) as client:
        yield client


@pytest.fixture
async def job(anna: Caller) -> dict[str, Any]:
    job: dict[str, Any] = (await uploads(anna)).gives(202).body
    return job


def path(job: dict[str, Any]) -> str:
    return f"/v1/jobs/{job['id']}"


async def begun(engine: AsyncEngine) -> JobLease:
    async with driver(engine) as connection:
        lease = await claim_next(connection, ["import"], "tests", timedelta(minutes=1))
    assert lease
    return lease


async def told(engine: AsyncEngine, lease: JobLease, progress: float, rows: int) -> None:
    async with driver(engine) as connection:
        await renew(connection, lease, progress, {"rows": rows})


async def ended(engine: AsyncEngine, lease: JobLease) -> None:
    async with driver(engine) as connection:
        await finish(connection, lease, Outcome(state="succeeded", progress=1.0, details=COUNTS))


async def test_what_is_new_is_told_and_the_end_is_the_last_of_it(
    job: dict[str, Any], anna: Caller, address: str, token: str, engine: AsyncEngine
) -> None:
    async with connected(address, token, path=path(job)) as stream:
        first = await stream.event()
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
        lease = await begun(engine)
        running = await stream.event()
        await told(engine, lease, 0.5, rows=2)
        halfway = await stream.event()
        await ended(engine, lease)
        last = await stream.event()
        await stream.ends()

    assert (first.type, first.data) == ("job", job)
    assert (running.type, running.data["state"]) == ("job", "running")
    assert (halfway.data["progress"], halfway.data["rows"]) == (0.5, 2)
    assert (last.type, last.data) == ("ended", (await anna.gets(path(job))).gives(200).body)
    assert last.data["errors_url"] == f"{path(job)}/errors"


async def test_of_a_job_that_has_ended_there_is_one_event(
    job: dict[str, Any], address: str, token: str, engine: AsyncEngine
) -> None:
    await ended(engine, await begun(engine))
    async with connected(address, token, path=path(job)) as stream:
        assert (await stream.event()).type == "ended"
        await stream.ends()


async def test_that_a_worker_still_has_it_is_no_news(
    job: dict[str, Any], address: str, token: str, engine: AsyncEngine
) -> None:
    lease = await begun(engine)
    async with connected(address, token, path=path(job)) as stream:
        await stream.event()
        for _ in range(3):
            await told(engine, lease, 0.0, rows=0)
        await told(engine, lease, 0.25, rows=1)
        news = await stream.events(1)
        while news[-1].data["progress"] == 0:
            news.append(await stream.event())
        assert len(news) <= 2
        before = stream.comments
        while stream.comments < before + 2:
            assert await stream.block() is None


async def test_all_who_follow_a_job_are_told_from_one_look(
    job: dict[str, Any], address: str, token: str, engine: AsyncEngine
) -> None:
    await given_user(engine, "carl", {"main": "editor"})
    async with AsyncClient(base_url=address) as http:
        of_carl = await Service(http).token_of("carl")
    async with (
        connected(address, token, path=path(job)) as annas,
        connected(address, of_carl, path=path(job)) as carls,
    ):
        await annas.event()
        await carls.event()
        await begun(engine)
        assert (await annas.event()).data == (await carls.event()).data


async def test_it_ends_with_the_role(
    job: dict[str, Any], anna: Caller, address: str, engine: AsyncEngine
) -> None:
    await given_user(engine, "carl", {"main": "editor"})
    of_carl = await Service(anna.http).token_of("carl")
    async with connected(address, of_carl, path=path(job)) as stream:
        await stream.event()
        roles = {"roles": {"main": "viewer"}}
        (await anna.asks("PATCH", "/v1/users/carl", json=roles)).gives(200)
        await stream.ends()


async def test_it_has_a_place_among_the_event_streams(
    job: dict[str, Any], anna: Caller, address: str, token: str
) -> None:
    async def is_free() -> bool:
        return measured("event_streams") == 0

    headers = {"Accept": "text/event-stream"}
    async with connected(address, token, path=path(job)):
        (await anna.gets(path(job), headers)).refused(503, "too-many-streams")
        (await anna.gets(path(job))).gives(200)
    await eventually(is_free)


async def test_it_ends_when_the_process_stops(
    job: dict[str, Any], app: FastAPI, token: str
) -> None:
    async with serving(app) as (address, server), connected(address, token, path=path(job)) as one:
        await one.event()
        server.should_exit = True
        await one.ends()


async def test_a_stranger_hears_nothing_of_it(
    job: dict[str, Any], anna: Caller, engine: AsyncEngine
) -> None:
    assert UUID(job["id"])
    await given_user(engine, "carl", {"main": "viewer"})
    carl = Caller(anna.http, await Service(anna.http).token_of("carl"))
    refused = await carl.gets(path(job), {"Accept": "text/event-stream"})
    refused.refused(404, "unknown-job")
