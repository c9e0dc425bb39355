"""A product's history over HTTP."""

from uuid import UUID

import msgspec
from fastapi import APIRouter, Response

from api import outputs
from api.answering import POSITION, Reading, as_json
from api.auth.access import CATALOG_REFUSALS, Auditor, CatalogKey
from api.errors import ProjectionBehind
from api.parameters import ONLY_KNOWN, PageCursor, PageLimit
from api.refusals import answers
from commands.errors import UnknownProduct
from queries import history
from queries.errors import InvalidCursor

router = APIRouter(
    prefix="/v1/catalogs/{catalog}/products", tags=["queries"], dependencies=ONLY_KNOWN
)


@router.get(
    "/{product_id}/history",
    operation_id="get_history",
    response_model=outputs.History,
    responses=answers(
        200, POSITION, *CATALOG_REFUSALS, ProjectionBehind, UnknownProduct, InvalidCursor
    ),
)
async def get_history(
    catalog: CatalogKey,
    product_id: UUID,
    _caller: Auditor,
    read: Reading,
    limit: PageLimit = 50,
    cursor: PageCursor | None = None,
) -> Response:
    """What happened to the product, oldest first, and what each event changed."""
    cursors = await read.held.cursors()
    answer = await read(
        lambda: history.of_product(
            read.held.query_engine, cursors, catalog, product_id, limit=limit, cursor=cursor
        ),
        source="appended",
    )
    if answer.value is None:
        raise UnknownProduct
    return as_json(msgspec.json.encode(answer.value), answer.position)
