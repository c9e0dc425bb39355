"""One product over HTTP: its document as it is stored. Mostly called by `api/reading/direct.py`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from api import outputs
from api.auth.access import CATALOG_REFUSALS, Reader
from api.errors import ProjectionBehind
from api.parameters import ONLY_KNOWN, PARKED
from api.reading import past
from api.reading.answering import Read, Reading, for_readers
from api.reading.past import PAST_REFUSALS, Past
from api.refusals import header
from commands.claims import SKU
from commands.errors import UnknownProduct
from commands.input import Sku
from events.append import Claim
from queries.document import Document
from queries.errors import TooManyQueries
from queries.memory import Found

STALE = '110 - "Response is Stale"'
"""RFC 7234, 5.5.1; RFC 9111 leaves it to `Age` alone."""

_RESPONSES = for_readers(
    *(*CATALOG_REFUSALS, ProjectionBehind, UnknownProduct, *PAST_REFUSALS, TooManyQueries),
    tag=f"[0-9]+({PARKED})?",
)
for _status in (200, 304):
    _RESPONSES[_status]["headers"] |= {
        "Age": header("^[0-9]+$", required=False),
        "Warning": header("^110 ", required=False),
    }

router = APIRouter(prefix="/v1/catalogs/{catalog}/products", tags=["queries"])


@router.get(
    "/by-sku/{sku}",
    operation_id="get_product_by_sku",
    dependencies=ONLY_KNOWN,
    response_model=outputs.Product,
    responses=_RESPONSES,
)
async def by_sku(
    sku: Annotated[Sku, Path()], _caller: Reader, read: Reading, place: Past
) -> Response:
    """As `GET /products/{id}`."""
    if place is not None:
        return await past.answer(read, Claim(kind=SKU, value=sku), place)
    return await answer(read, sku)


@router.get(
    "/{product_id}",
    operation_id="get_product",
    dependencies=ONLY_KNOWN,
    response_model=outputs.Product,
    responses=_RESPONSES,
)
async def by_id(product_id: UUID, _caller: Reader, read: Reading, place: Past) -> Response:
    """The product as it is read now, or as it was at a version or a moment.

    While the database is away it is what a worker vouched for `Age` seconds ago, with a `Warning`;
    what has been without for too long, or was never asked for, is refused.
    """
    if place is not None:
        return await past.answer(read, product_id, place)
    return await answer(read, product_id)


async def answer(read: Read, key: UUID | str) -> Response:
    """By an id or a SKU. Raises `UnknownProduct`, `ProjectionBehind`, `DatabaseUnavailable`."""
    documents, catalog, minimum = read.held.documents, read.catalog, read.minimum
    found = documents.remembered(catalog, key, minimum)
    if found is None:
        found = await read(lambda: documents.read(catalog, key, minimum=minimum))
    if found.value is None:
        raise UnknownProduct
    return await _sent(read, found, found.value)


async def _sent(read: Read, found: Found, document: Document) -> Response:
    tag = f"{document.version}{PARKED if document.parked else ''}"
    response = await read.for_readers(document.body, found.position, tag=tag, forms=document.forms)
    if found.stale_seconds is not None:
        response.headers["Age"] = str(found.stale_seconds)
        response.headers["Warning"] = STALE
    return response
