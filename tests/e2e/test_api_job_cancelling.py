"""A job is told to end, by those who may follow it."""

from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from tests.asked_jobs import KIND, Stocktaking, asked, comes_to, found, runner
from tests.conversation import NOBODY, Caller
from tests.e2e.test_api_jobs import one_with
from tests.uploading import uploads

pytest_plugins = ("tests.conversation_fixtures",)


async def test_a_job_that_runs_is_cancelled(anna: Caller, engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    async with runner(engine, {KIND: stocktaking}):
        job = await asked(engine)
        await stocktaking.begins()
        answer = (await anna.posts(f"/v1/jobs/{job.id}/cancel")).gives(202)
        assert (answer.body["state"], answer.body["cancelling"]) == ("running", True)
        ended = await comes_to(engine, job, "cancelled")
    assert stocktaking.cancelled == 1
    refusal = (await anna.posts(f"/v1/jobs/{job.id}/cancel")).refused(409, "job-ended")
    assert refusal["state"] == ended.state


async def test_a_job_that_waits_never_begins(anna: Caller, engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    job = await asked(engine)
    for _ in range(2):
        (await anna.posts(f"/v1/jobs/{job.id}/cancel")).gives(202)
    assert (await found(engine, job.id)).cancelling
    async with runner(engine, {KIND: stocktaking}):
        await comes_to(engine, job, "cancelled")
    assert stocktaking.leases == []


async def test_a_source_is_free_again_once_its_import_is_cancelled(
    anna: Caller, engine: AsyncEngine
) -> None:
    job = (await uploads(anna)).gives(202).body
    (await anna.posts(f"/v1/jobs/{job['id']}/cancel")).gives(202)
    async with runner(engine, {}):
        await comes_to(engine, await found(engine, UUID(job["id"])), "cancelled")
    (await uploads(anna)).gives(202)


@pytest.mark.parametrize(("role", "status"), [("viewer", 404), ("editor", 404), ("admin", 202)])
async def test_a_rebuild_is_cancelled_by_who_operates_its_catalog(
    role: Role, status: int, anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    job = (await anna.posts("/v1/catalogs/main/projections/rebuild")).gives(202).body
    bert = await one_with({"main": role, "outlet": "admin"}, client, engine)
    (await bert.posts(f"/v1/jobs/{job['id']}/cancel")).gives(status)


@pytest.mark.parametrize(("role", "status"), [("viewer", 404), ("auditor", 404), ("editor", 202)])
async def test_an_import_is_cancelled_by_who_writes_to_its_catalog(
    role: Role, status: int, anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    job = (await uploads(anna)).gives(202).body
    bert = await one_with({"main": role, "outlet": "admin"}, client, engine)
    (await bert.posts(f"/v1/jobs/{job['id']}/cancel")).gives(status)


async def test_a_job_that_is_none_is_not_cancelled(anna: Caller) -> None:
    (await anna.posts(f"/v1/jobs/{NOBODY}/cancel")).refused(404, "unknown-job")
