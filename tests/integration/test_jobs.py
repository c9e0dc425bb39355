"""What the worker does now and then."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.tables import Session, User
from commands.snapshots import CODE_DIGEST
from events.append import Append, Idempotent, append
from events.codec import encode
from events.database import driver
from events.tables import Idempotency, Snapshot
from tests.acting import acting_as
from tests.asked_jobs import asked
from tests.given import LAMP, registered
from workers.schedule import KEEP_JOBS, KEEP_KEYS, KEEP_SESSIONS, KEEP_SNAPSHOTS, prune_expired

MINUTE = timedelta(minutes=1)


async def test_idempotency_keys_are_forgotten_after_a_day(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        await append(
            connection,
            "main",
            "product",
            [
                Append(
                    stream_id=LAMP,
                    events=[encode(registered)],
                    actor="tests",
                    correlation_id="given",
                    idempotent=Idempotent(key="new", request_digest=b"1"),
                )
            ],
        )
    await _keep_key(engine, "older", KEEP_KEYS + MINUTE)
    await _keep_key(engine, "younger", KEEP_KEYS - MINUTE)

    await prune_expired({"engine": engine})

    assert await _column(engine, "select key from event_store.idempotency") == {"new", "younger"}


async def test_snapshots_of_other_code_are_forgotten_after_a_week(engine: AsyncEngine) -> None:
    now = datetime.now(UTC)
    old, young = now - KEEP_SNAPSHOTS - MINUTE, now - KEEP_SNAPSHOTS + MINUTE
    async with engine.begin() as connection:
        for code, recorded_at in ((CODE_DIGEST, old), (b"old", old), (b"young", young)):
            await connection.execute(
                insert(Snapshot).values(
                    catalog_id="main",
                    stream_id=LAMP,
                    code_digest=code,
                    version=1,
                    position=1,
                    state="{}",
                    recorded_at=recorded_at,
                )
            )

    await prune_expired({"engine": engine})

    kept = await _column(engine, "select code_digest from event_store.snapshots")
    assert kept == {CODE_DIGEST, b"young"}


async def test_sessions_are_forgotten_a_day_after_they_expired(engine: AsyncEngine) -> None:
    ages = (KEEP_SESSIONS + MINUTE, KEEP_SESSIONS - MINUTE, timedelta(days=-1))
    async with engine.begin() as connection:
        await connection.execute(insert(User).values(username="ada", password_hash=""))
        for number, age in enumerate(ages):
            await connection.execute(
                insert(Session).values(
                    session_id=UUID(int=number),
                    username="ada",
                    refresh_digest=b"",
                    expires_at=datetime.now(UTC) - age,
                )
            )

    await prune_expired({"engine": engine})
    await prune_expired({"engine": engine})

    kept = await _column(engine, "select session_id from access.sessions")
    assert kept == {UUID(int=1), UUID(int=2)}


async def test_finished_jobs_are_forgotten_after_a_month(engine: AsyncEngine) -> None:
    old, young = KEEP_JOBS + MINUTE, KEEP_JOBS - MINUTE
    kept = [
        await _ended(engine, "succeeded", young),
        await _ended(engine, "failed", young),
        (await asked(engine)).id,
    ]
    for state in ("succeeded", "failed", "cancelled"):
        await _ended(engine, state, old)

    await prune_expired({"engine": engine})

    assert await _column(engine, "select job_id from jobs.jobs") == set(kept)


async def test_the_worker_s_role_may_forget_all_of_it(
    engine: AsyncEngine, database_url: str
) -> None:
    await _ended(engine, "succeeded", KEEP_JOBS + MINUTE)
    async with acting_as("catalog_projection", database_url) as worker:
        await prune_expired({"engine": worker})
    assert not await _column(engine, "select job_id from jobs.jobs")


async def _ended(engine: AsyncEngine, state: str, ago: timedelta) -> UUID:
    job = await asked(engine)
    async with driver(engine) as connection:
        await connection.execute(
            "update jobs.jobs set state = $2, finished_at = now() - $3::interval where job_id = $1",
            job.id,
            state,
            ago,
        )
    return job.id


async def _keep_key(engine: AsyncEngine, key: str, age: timedelta) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            insert(Idempotency).values(
                catalog_id="main",
                key=key,
                request_digest=b"",
                stream_id=LAMP,
                version=1,
                position=1,
                recorded_at=datetime.now(UTC) - age,
            )
        )


async def _column(engine: AsyncEngine, query: str) -> set[object]:
    async with engine.connect() as connection:
        return set((await connection.execute(text(query))).scalars())
