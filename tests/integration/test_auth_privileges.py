"""What each process's role may do with users, sessions and keys."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.database import driver, statement
from tests.acting import acting_as
from tests.auth import Service, given_user, service
from tests.auth_clients import Keeper, token_of

pytest_plugins = ("tests.auth_fixtures",)


async def test_the_command_side_keeps_users_and_sessions(
    here: Service, settings: Settings, database_url: str, redis: Redis
) -> None:
    assert here
    async with (
        acting_as("catalog_command", database_url) as engine,
        service(settings, engine, redis) as process,
    ):
        issued = (await process.log_in("ada")).json()
        assert (await process.refresh(issued["refresh_token"])).status_code == 200
        assert (await process.get("/v1/catalogs/main/write", issued["access_token"])).is_success


async def test_the_command_side_keeps_clients(
    here: Service, settings: Settings, engine: AsyncEngine, database_url: str, redis: Redis
) -> None:
    assert here
    await given_user(engine, "root", {"*": "admin"})
    async with (
        acting_as("catalog_command", database_url) as commands,
        service(settings, commands, redis) as process,
    ):
        root = Keeper(process, await process.token_of("root"))
        await root.given()
        secret = (await root.renews()).json()["client_secret"]
        token = await token_of(process, secret)
        assert (await root.changes(roles={"main": "viewer"}, expires_at=None)).is_success
        assert (await root.asks("GET", "/v1/users/robot/sessions")).is_success
        assert (await process.get("/v1/catalogs/main/read", token)).is_success
        assert (await root.asks("GET", "/v1/clients")).is_success
        assert (await root.removes()).is_success


async def test_the_query_side_verifies(
    here: Service, settings: Settings, engine: AsyncEngine, database_url: str, redis: Redis
) -> None:
    await given_user(engine, "root", {"*": "admin"})
    secret = (await Keeper(here, await here.token_of("root")).given())["client_secret"]
    tokens = [await here.token_of("ada"), await token_of(here, secret)]
    await redis.flushdb()
    async with (
        acting_as("catalog_query", database_url) as queries,
        service(settings, queries, redis) as process,
    ):
        for token in tokens:
            assert (await process.get("/v1/catalogs/main/read", token)).is_success
        assert (await process.http.get("/.well-known/jwks.json")).is_success


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("catalog_query", "select private_key from access.signing_keys"),
        ("catalog_query", "select * from access.sessions"),
        ("catalog_query", "select refresh_digest from access.sessions"),
        ("catalog_query", "select password_hash from access.users"),
        ("catalog_query", "select address from access.sessions"),
        ("catalog_query", "select * from access.clients"),
        ("catalog_query", "select secret_digest from access.clients"),
        ("catalog_query", "select last_used_at from access.clients"),
        ("catalog_query", "update access.clients set expires_at = null"),
        ("catalog_query", "update access.user_roles set role = 'admin'"),
        ("catalog_query", "update access.sessions set revoked_at = null"),
        ("catalog_query", "delete from access.sessions"),
        ("catalog_query", "insert into access.user_roles values ('ada', '*', 'admin')"),
        ("catalog_query", "select * from access.audit_reads"),
        ("catalog_query", "update access.audit_reads set actor = 'nobody'"),
        ("catalog_query", "delete from access.audit_reads"),
        ("catalog_query", "truncate access.audit_reads"),
        ("catalog_query", "insert into access.audit_reads (recorded_at) values (now())"),
        ("catalog_command", "update access.audit_reads set actor = 'nobody'"),
        ("catalog_command", "delete from access.audit_reads"),
        ("catalog_command", "insert into access.audit_reads (recorded_at) values (now())"),
        ("catalog_command", "update access.signing_keys set verifies_until = null"),
        ("catalog_command", "insert into access.signing_keys (kid) values ('mine')"),
        ("catalog_command", "delete from access.signing_keys"),
        ("catalog_projection", "select client_id from access.clients"),
        ("catalog_projection", "select user_agent from access.sessions"),
        ("catalog_projection", "select actor from access.audit_reads"),
        ("catalog_projection", "insert into access.audit_reads (actor) values ('nobody')"),
        ("catalog_projection", "update access.audit_reads set recorded_at = now()"),
        ("catalog_projection", "select private_key from access.signing_keys"),
        ("catalog_projection", "select refresh_digest from access.sessions"),
        ("catalog_projection", "select username from access.users"),
        ("catalog_projection", "update access.sessions set expires_at = now()"),
    ],
)
async def test_no_process_may_do_more_than_it_does(
    database_url: str, role: str, statement: str
) -> None:
    async with acting_as(role, database_url) as engine, engine.connect() as connection:
        with pytest.raises(ProgrammingError, match="permission denied"):
            await connection.execute(text(statement))


async def test_the_worker_deletes_what_has_expired(
    here: Service, engine: AsyncEngine, database_url: str
) -> None:
    await here.log_in("ada")
    async with engine.begin() as connection:
        await connection.execute(text("update access.sessions set expires_at = now()"))
    kept = (await here.log_in("ada")).json()

    async with acting_as("catalog_projection", database_url) as worker, driver(worker) as database:
        await database.execute(statement("workers", "sql/prune_sessions.sql"), timedelta(0))

    async with engine.connect() as connection:
        assert await connection.scalar(text("select count(*) from access.sessions")) == 1

    assert (await here.me(kept["access_token"])).status_code == 200
