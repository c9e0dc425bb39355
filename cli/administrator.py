"""The first administrator of an installation."""

from api.auth.passwords import Passwords
from api.auth.roles import EVERYWHERE
from api.auth.users import add_user, list_users
from cli.users import new_user
from events.database import create_engine, session

ROUNDS = 12


async def add_first(url: str, username: str, password: str) -> bool:
    """False when there are users already, and nothing was done."""
    user = new_user(username, password, {EVERYWHERE: "admin"})
    engine = create_engine(url, pool_size=2, application="catalog-administrator")
    try:
        async with session(engine) as database:
            if await list_users(database, limit=1):
                return False
            await add_user(
                database, user.username, await Passwords(ROUNDS).hashed(password), user.roles
            )
    finally:
        await engine.dispose()
    return True
