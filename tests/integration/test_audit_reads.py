"""The record of audit reads in PostgreSQL: who may write it, and how long it is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from asyncpg import RestrictViolationError
from redis.asyncio import Redis
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.audit_reads import AuditRead as Read
from api.auth.audit_reads import AuditReads
from api.auth.tables import LONGEST, AuditRead
from api.settings import Settings
from events.database import driver
from events.errors import DatabaseUnavailable
from tests.acting import acting_as
from tests.auth import Service, given_user, service
from tests.eventually import eventually
from tests.holding import held
from tests.statements import statements
from workers import schedule
from workers.schedule import prune_audit_reads

pytest_plugins = ("tests.auth_fixtures",)

READ = Read("main", "ada", "get_history", "/history", "limit=1", "test", "127.0.0.1")
ROW: dict[str, object] = {
    "catalog_id": "main",
    "actor": "ada",
    "operation": "get_history",
    "path": "/",
    "query": "",
    "correlation_id": "given",
}
YEAR = 365


async def _given(engine: AsyncEngine, *ages_in_days: float) -> None:
    now = datetime.now(UTC)
    async with engine.begin() as connection:
        for days in ages_in_days:
            aged = {"recorded_at": now - timedelta(days=days), "actor": str(days)}
            await connection.execute(insert(AuditRead).values(ROW | aged))


async def _actors(engine: AsyncEngine) -> set[str]:
    async with driver(engine) as connection:
        rows = await connection.fetch("select actor from access.audit_reads")
    return {row["actor"] for row in rows}


@pytest.mark.parametrize("role", ["catalog_query", "catalog_command"])
async def test_either_side_records(role: str, engine: AsyncEngine, database_url: str) -> None:
    async with acting_as(role, database_url) as process:
        await AuditReads(process).record(replace(READ, following=7))
    assert await _actors(engine) == {"ada"}


@pytest.mark.parametrize(("name", "most"), LONGEST.items())
async def test_what_is_recorded_is_bounded(name: str, most: int, engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(insert(AuditRead).values(ROW | {name: "a" * most}))
    with pytest.raises(IntegrityError, match=f'"audit_reads_{name}"'):
        async with engine.begin() as connection:
            await connection.execute(insert(AuditRead).values(ROW | {name: "a" * (most + 1)}))


async def test_who_can_t_record_leaves_nothing_behind_that_waits(engine: AsyncEngine) -> None:
    async def nobody_waits() -> bool:
        async with driver(engine) as connection:
            return not await connection.fetchval(
                "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                " and datname = current_database()"
            )

    async with held(engine, "lock table access.audit_reads"):
        with pytest.raises(DatabaseUnavailable):
            await AuditReads(engine).record(READ)
        await eventually(nobody_waits)
    assert await _actors(engine) == set()


async def test_the_query_side_lets_through_whom_it_has_recorded(
    here: Service, settings: Settings, engine: AsyncEngine, database_url: str, redis: Redis
) -> None:
    await given_user(engine, "olga", {"main": "auditor"})
    token = await here.token_of("olga")
    async with (
        acting_as("catalog_query", database_url) as process,
        service(settings, process, redis) as queries,
    ):
        assert (await queries.get("/v1/catalogs/main/audit", token)).is_success
    assert await _actors(engine) == {"olga"}


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        (YEAR, {"0", "364.9"}),
        (1, {"0"}),
        (0, {"0", "364.9", "365.1", "5000"}),
    ],
)
async def test_the_worker_removes_those_that_were_kept_long_enough(
    days: int, kept: set[str], engine: AsyncEngine, database_url: str
) -> None:
    await _given(engine, 0, 364.9, 365.1, 5000)
    async with acting_as("catalog_projection", database_url) as worker:
        await prune_audit_reads({"engine": worker, "audit_reads_days": days})
    assert await _actors(engine) == kept


async def test_they_are_removed_a_few_at_a_time(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "PRUNED_AT_ONCE", 2)
    await _given(engine, 1, *range(400, 405))
    with statements(engine, "access") as batches:
        await prune_audit_reads({"engine": engine, "audit_reads_days": YEAR})
    assert await _actors(engine) == {"1"}
    assert len(batches) == 3


@pytest.mark.parametrize(
    "attack",
    [
        "update access.audit_reads set actor = 'nobody'",
        "delete from access.audit_reads",
        "delete from access.audit_reads where actor = '0.9'",
        "truncate access.audit_reads",
        "set session_replication_role = replica; delete from access.audit_reads",
        """with moved as (delete from access.audit_reads where actor = '2' returning *)
           update access.audit_reads set recorded_at = '-infinity'""",
    ],
)
async def test_even_their_owner_neither_changes_nor_removes_those_of_a_day(
    attack: str, engine: AsyncEngine
) -> None:
    await _given(engine, 0.9, 2)
    async with driver(engine) as owner:
        with pytest.raises(RestrictViolationError, match="kept"):
            await owner.execute(attack)
        await owner.execute("reset session_replication_role")
    assert await _actors(engine) == {"0.9", "2"}
