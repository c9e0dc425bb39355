"""What the commands on users, machine clients and their sessions have in common."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, get_args
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.gate import noticing
from api.auth.roles import EVERYWHERE, Role
from api.settings import Settings
from cli.errors import NoSuchRole
from events.circuit import redis_circuit
from events.database import pool, session
from events.nudge import connect

Grants = Annotated[
    list[str],
    typer.Option(
        "--role",
        envvar="CATALOG_ROLES",
        help="viewer, editor, auditor or admin of all catalogs, or CATALOG=ROLE; repeatable.",
    ),
]
Json = Annotated[bool, typer.Option("--json", envvar="CATALOG_JSON", help="Print JSON.")]


def roles_of(grants: list[str]) -> dict[str, Role]:
    """Raises NoSuchRole."""
    return dict(_granted(grant) for grant in grants)


def _granted(grant: str) -> tuple[str, Role]:
    catalog, _, role = grant.rpartition("=")
    for known in get_args(Role.__value__):
        if role == known:
            return catalog or EVERYWHERE, known
    raise NoSuchRole(grant)


def listed(roles: Mapping[str, Role]) -> str:
    return ", ".join(f"{catalog}={role}" for catalog, role in roles.items())


@asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[AsyncSession]:
    url = settings.database_url.get_secret_value()
    async with pool(url, application="catalog-access") as engine, session(engine) as database:
        yield database


async def announce_ended(settings: Settings, ended: Collection[UUID]) -> None:
    """To the processes of the API, which else would believe in the sessions a while longer."""
    async with connect(settings.redis_url.get_secret_value()) as redis:
        await noticing(settings, redis, redis_circuit()).ended(*ended)
