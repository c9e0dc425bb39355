"""The first administrator of an installation."""

from api.auth.accounts.users import add_user, list_users
from api.auth.entering.passwords import Passwords
from api.auth.roles import EVERYWHERE
from api.settings import Hashing
from cli.environment import read
from cli.users import new_user, refuse_guessable
from events.database import pool, session


async def add_first(url: str, username: str, password: str) -> bool:
    """False when there are users already, and nothing was done. Raises InvalidUser."""
    user = new_user(username, password, {EVERYWHERE: "admin"})
    async with (
        pool(url, application="catalog-administrator") as engine,
        session(engine) as database,
    ):
        if await list_users(database, limit=1):
            return False
        refuse_guessable(user)
        hashed = await Passwords(read(Hashing).bcrypt_rounds).hashed(user.password)
        await add_user(database, user.username, hashed, user.roles)
    return True
