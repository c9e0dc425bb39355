"""What migration 0008 makes of keys and sessions that are there."""

from alembic import command
from sqlalchemy import text

from events.database import connected, driver, pool
from migrations.run import config, upgrade
from tests.logins import own_database

KEYS = """
    insert into access.signing_keys (kid, public_key, private_key, created_at, retired_at)
    values ('old', '', '', now() - interval '2 days', now() - interval '1 day'),
           ('new', '', '', now() - interval '1 day', null)
"""
USER = "insert into access.users (username, password_hash) values ('ada', '')"
SESSION = """
    insert into access.sessions (session_id, username, refresh_digest, expires_at)
    values (gen_random_uuid(), 'ada', '', now() + interval '1 day')
"""
STATES = "select string_agg(kid, ' ' order by signs_from) from access.signing_keys where {}"


async def test_keys_go_on_and_sessions_end_with_their_access_tokens(database_url: str) -> None:
    async with own_database(database_url) as url:
        async with (
            pool(url, application="tests") as engine,
            connected(engine) as connection,
            connection.begin(),
        ):
            await connection.run_sync(lambda sync: command.upgrade(config(sync), "0007"))
            for statement in (KEYS, USER, SESSION):
                await connection.execute(text(statement))

        await upgrade(url)

        async with pool(url, application="tests") as engine, driver(engine) as migrated:
            for state, expected in (
                ("signs_until is null", "new"),
                ("verifies_until < now()", "old"),
            ):
                assert await migrated.fetchval(STATES.format(state)) == expected
            living = "select count(*) from access.sessions where revoked_at is null"
            assert await migrated.fetchval(living) == 1
