"""A product's history over HTTP."""

from uuid import UUID

import msgspec
from fastapi import APIRouter, Response

from api.auditing import audit_outputs
from api.auth.access import CATALOG_REFUSALS, Auditor, CatalogKey
from api.errors import ProjectionBehind
from api.parameters import ONLY_KNOWN, PageCursor, PageLimit
from api.reading.answering import Reading, for_auditors
from api.reading.selecting import Selected
from commands.errors import UnknownProduct
from queries.audit import history
from queries.errors import InvalidCursor

router = APIRouter(
    prefix="/v1/catalogs/{catalog}/products", tags=["queries"], dependencies=ONLY_KNOWN
)


@router.get(
    "/{product_id}/history",
    operation_id="get_history",
    response_model=audit_outputs.History,
    responses=for_auditors(*CATALOG_REFUSALS, ProjectionBehind, UnknownProduct, InvalidCursor),
)
async def get_history(
    catalog: CatalogKey,
    product_id: UUID,
    _caller: Auditor,
    read: Reading,
    selected: Selected,
    limit: PageLimit = 50,
    cursor: PageCursor | None = None,
) -> Response:
    """What happened to the product, oldest first, and what each event changed."""
    wanted = msgspec.structs.replace(selected, stream=product_id)
    cursors = await read.held.cursors()
    answer = await read.of_log(
        lambda engine: history.of_product(
            engine,
            read.held.log_reader.products,
            cursors,
            catalog,
            wanted,
            limit=limit,
            cursor=cursor,
        )
    )
    if answer.value is None:
        raise UnknownProduct
    return await read.for_auditors(msgspec.json.encode(answer.value), answer.position)
