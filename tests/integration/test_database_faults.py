"""What a database says of itself is translated in one place."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import connected, driver
from events.errors import DatabaseUnavailable

CONFLICT = """
    do $$ begin
        raise 'canceling statement due to conflict with recovery' using errcode = '40001';
    end $$
"""
"""As a replica says it that has to replay what a statement still looks at."""


async def test_a_replica_that_breaks_off_a_statement_is_away(engine: AsyncEngine) -> None:
    with pytest.raises(DatabaseUnavailable):
        async with driver(engine) as connection:
            await connection.execute(CONFLICT)
    with pytest.raises(DatabaseUnavailable):
        async with connected(engine) as connection:
            await connection.execute(text(CONFLICT))
