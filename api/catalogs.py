"""The catalogs over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from api import outputs
from api.auth.access import (
    CATALOG_REFUSALS,
    REFUSALS,
    Administrator,
    Authenticated,
    Known,
    Reader,
)
from api.auth.roles import CATALOG_KEY, EVERYWHERE
from api.currencies import KnownCurrency
from api.errors import BODY_REFUSALS, CatalogExists
from api.parameters import ONLY_KNOWN
from api.refusals import answers, may_refuse
from api.resources import Held
from commands.errors import UnknownCurrency
from commands.input import NO_NUL, Input
from events.catalogs import CatalogDescription, Language, open_catalog, read_catalogs
from events.database import driver

router = APIRouter(prefix="/v1/catalogs", tags=["commands"], dependencies=ONLY_KNOWN)
reads = APIRouter(prefix="/v1/catalogs", tags=["queries"], dependencies=ONLY_KNOWN)

LANGUAGE = "How `q` tells words from each other: PostgreSQL's text search configuration, for good"


class NewCatalog(Input):
    key: Annotated[str, StringConstraints(pattern=f"^{CATALOG_KEY}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
    default_currency: KnownCurrency
    language: Annotated[Language, Field(description=LANGUAGE)] = "simple"


@router.post(
    "",
    status_code=201,
    operation_id="open_catalog",
    responses=answers(
        201,
        {"Location": "^/v1/catalogs/[^/]+$"},
        *REFUSALS,
        *BODY_REFUSALS,
        CatalogExists,
        UnknownCurrency,
    ),
)
async def open_one(
    body: NewCatalog, _principal: Administrator, held: Held, response: Response
) -> outputs.Catalog:
    """`Idempotency-Key` has no effect here: a second request for the same `key` gets 409."""
    async with driver(held.engine) as connection:
        opened = await open_catalog(
            connection, body.key, body.name, body.default_currency, body.language
        )
    if opened is None:
        raise CatalogExists
    response.headers["Location"] = f"/v1/catalogs/{opened.key}"
    return _shown(opened)


@reads.get("", operation_id="list_catalogs", responses=may_refuse(*REFUSALS))
async def list_all(principal: Authenticated, held: Held) -> outputs.Catalogs:
    """Those that the caller has a role in."""
    only = None if EVERYWHERE in principal.roles else principal.roles
    async with driver(held.query_engine) as connection:
        found = await read_catalogs(connection, only)
    return outputs.Catalogs(items=[_shown(each) for each in found])


@reads.get("/{catalog}", operation_id="get_catalog", responses=may_refuse(*CATALOG_REFUSALS))
async def show_one(catalog: Known, _caller: Reader) -> outputs.Catalog:
    """A catalog's name, its currency and its language."""
    return _shown(catalog)


def _shown(catalog: CatalogDescription) -> outputs.Catalog:
    return outputs.Catalog.model_validate(catalog, from_attributes=True)
