"""Users, kept by the administrators of all catalogs."""

from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Path, Response

from api.auth.access import REFUSALS, Administrator
from api.auth.accounts import users
from api.auth.accounts.names import Names
from api.auth.messages import USERNAME, NewUser, UserChange, UserList, UserView
from api.auth.staying import open_sessions
from api.errors import BODY_REFUSALS, LastAdministrator, UnknownUser, UserExists
from api.refusals import may_refuse
from api.resources import Held
from events.database import session

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/users")

type UserInPath = Annotated[str, Path(pattern=USERNAME)]

LOCATION: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"schema": {"type": "string"}}}}
}


@router.post(
    "",
    status_code=201,
    operation_id="add_user",
    responses=LOCATION | may_refuse(*REFUSALS, *BODY_REFUSALS, UserExists),
)
async def add(new: NewUser, response: Response, principal: Administrator, held: Held) -> UserView:
    """Make a user, with a password and with roles by catalog."""
    password_hash = await held.gate.passwords.chosen(new.password, new.username)
    async with session(held.engine) as database:
        user = await users.add_user(database, new.username, password_hash, new.roles)
    log.info("user_added", username=new.username, roles=new.roles, by=principal.username)
    response.headers["Location"] = f"/v1/users/{new.username}"
    return UserView.model_validate(user)


@router.get("", operation_id="list_users", responses=may_refuse(*REFUSALS))
async def browse(
    _: Administrator,
    held: Held,
    asked: Names,
) -> UserList:
    """In order of their names; machine clients are a list of their own."""
    async with session(held.engine) as database:
        found = await users.list_users(database, after=asked.cursor, limit=asked.one_more)
    page, following = asked.of(found, lambda user: user.username)
    return UserList(items=[UserView.model_validate(user) for user in page], next_cursor=following)


@router.patch(
    "/{username}",
    operation_id="change_user",
    responses=may_refuse(*REFUSALS, *BODY_REFUSALS, UnknownUser, LastAdministrator),
)
async def change(
    username: UserInPath,
    wanted: UserChange,
    principal: Administrator,
    held: Held,
) -> UserView:
    """Roles apply at once, or in two seconds while Redis is away.

    A new password ends all of the user's sessions.
    """
    password = wanted.password
    passwords = held.gate.passwords
    password_hash = await passwords.chosen(password, username) if password else None
    async with session(held.engine) as database:
        user = await users.find_user(database, username)
        if wanted.roles is not None:
            await users.set_roles(database, username, wanted.roles)
        living = await open_sessions.all_of(database, username)
        if password_hash:
            await users.set_password(database, username, password_hash)
    await (held.gate.sessions.ended if password_hash else held.gate.sessions.changed)(*living)
    log.info(
        "user_changed",
        username=username,
        roles=wanted.roles,
        password=password_hash is not None,
        by=principal.username,
    )
    return UserView.model_validate(user)


@router.delete(
    "/{username}",
    status_code=204,
    operation_id="remove_user",
    responses=may_refuse(*REFUSALS, UnknownUser, LastAdministrator),
)
async def remove(username: UserInPath, principal: Administrator, held: Held) -> None:
    """Remove a user and end all of the user's sessions; what the user did stays in the log."""
    async with session(held.engine) as database:
        ended = await users.remove_user(database, username)
    await held.gate.sessions.ended(*ended)
    log.info("user_removed", username=username, by=principal.username)
