"""Machine clients, kept by the administrators of all catalogs."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Path, Response
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.access import REFUSALS, Administrator
from api.auth.accounts import clients
from api.auth.accounts.client_messages import (
    ClientChange,
    ClientList,
    ClientView,
    ClientWithSecret,
    NewClient,
)
from api.auth.accounts.names import Names
from api.auth.messages import USERNAME
from api.auth.staying import open_sessions
from api.auth.tables import Client
from api.errors import BODY_REFUSALS, UnknownClient, UserExists
from api.parameters import ONLY_KNOWN
from api.refusals import answers, may_refuse
from api.resources import Held
from events.database import session

NO_STORE = {"Cache-Control": "^no-store$"}
LOCATION = {"Location": "^/v1/clients/[^/]+$"}

log = structlog.get_logger(__name__)

router = APIRouter(prefix="/v1/clients", dependencies=ONLY_KNOWN)

type ClientInPath = Annotated[str, Path(pattern=USERNAME)]


@router.post(
    "",
    status_code=201,
    operation_id="add_client",
    responses=answers(201, LOCATION | NO_STORE, *REFUSALS, *BODY_REFUSALS, UserExists),
)
async def add(
    new: NewClient, response: Response, principal: Administrator, held: Held
) -> ClientWithSecret:
    """Make a machine client. Its secret is in this answer, and in no other."""
    async with session(held.engine) as database:
        client, secret = await clients.add_client(
            database, new.client_id, new.roles, new.expires_at, by=principal.username
        )
    log.info("client_added", client_id=new.client_id, roles=new.roles, by=principal.username)
    response.headers["Location"] = f"/v1/clients/{new.client_id}"
    return _told_once(client, secret, response)


@router.get("", operation_id="list_clients", responses=may_refuse(*REFUSALS))
async def browse(
    _: Administrator,
    held: Held,
    asked: Names,
) -> ClientList:
    """In order of their ids."""
    async with session(held.engine) as database:
        found = await clients.list_clients(database, after=asked.cursor, limit=asked.one_more)
    page, following = asked.of(found, lambda client: client.client_id)
    items = [ClientView.model_validate(client) for client in page]
    return ClientList(items=items, next_cursor=following)


@router.patch(
    "/{client_id}",
    operation_id="change_client",
    responses=may_refuse(*REFUSALS, *BODY_REFUSALS, UnknownClient),
)
async def change(
    client_id: ClientInPath, wanted: ClientChange, principal: Administrator, held: Held
) -> ClientView:
    """Roles and expiry apply at once, or in two seconds while Redis is away."""
    async with session(held.engine) as database:
        client = await clients.find_client(database, client_id)
        await _change(database, client, wanted)
        living = await open_sessions.all_of(database, client_id)
    await held.gate.sessions.changed(*living)
    changed = wanted.model_dump(include=wanted.model_fields_set, mode="json")
    log.info("client_changed", client_id=client_id, by=principal.username, **changed)
    return ClientView.model_validate(client)


async def _change(database: AsyncSession, client: Client, wanted: ClientChange) -> None:
    if wanted.roles is not None:
        clients.set_roles(client, wanted.roles)
    if "expires_at" in wanted.model_fields_set:
        client.expires_at = wanted.expires_at
    await database.flush()


@router.post(
    "/{client_id}/secret",
    operation_id="renew_client_secret",
    responses=answers(200, NO_STORE, *REFUSALS, UnknownClient),
)
async def renew(
    client_id: ClientInPath, response: Response, principal: Administrator, held: Held
) -> ClientWithSecret:
    """Make a new secret. The old one is of no use from now on, nor is any token it has got."""
    async with session(held.engine) as database:
        client = await clients.find_client(database, client_id)
        secret, ended = await clients.renew_secret(database, client)
    await held.gate.sessions.ended(*ended)
    log.info("client_secret_renewed", client_id=client_id, by=principal.username)
    return _told_once(client, secret, response)


@router.delete(
    "/{client_id}",
    status_code=204,
    operation_id="remove_client",
    responses=may_refuse(*REFUSALS, UnknownClient),
)
async def remove(client_id: ClientInPath, principal: Administrator, held: Held) -> None:
    """Remove a machine client and end its sessions; what it did stays in the log."""
    async with session(held.engine) as database:
        client = await clients.find_client(database, client_id)
        ended = await clients.remove_client(database, client)
    await held.gate.sessions.ended(*ended)
    log.info("client_removed", client_id=client_id, by=principal.username)


def _told_once(client: Client, secret: str, response: Response) -> ClientWithSecret:
    response.headers["Cache-Control"] = "no-store"
    return ClientWithSecret.of(client, secret)
