"""People with a login of their own in PostgreSQL, members of one group role or of none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import asyncpg
from sqlalchemy.engine import make_url

from events.database import Connection

numbers = count(1)


@asynccontextmanager
async def logged_in(database_url: str, group: str | None = None) -> AsyncIterator[Connection]:
    """A connection of somebody who is no superuser and owns nothing."""
    url = make_url(database_url)
    name = f"{url.database}_login_{next(numbers)}"
    administrator = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        await administrator.execute(f"create role {name} login")
        if group:
            await administrator.execute(f"grant {group} to {name}")
        login = await asyncpg.connect(url.set(username=name).render_as_string(hide_password=False))
        try:
            yield login
        finally:
            await login.close()
            await administrator.execute(f"drop owned by {name} cascade")
            await administrator.execute(f"drop role {name}")
    finally:
        await administrator.close()
