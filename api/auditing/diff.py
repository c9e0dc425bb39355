"""What differs between two places of a product's history, over HTTP."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Response

from api.auditing import audit_outputs
from api.auth.access import CATALOG_REFUSALS, Auditor, CatalogKey
from api.errors import ProjectionBehind
from api.parameters import ONLY_KNOWN
from api.reading.answering import Reading, for_auditors
from api.reading.past import PAST_REFUSALS, End
from commands.errors import UnknownProduct
from queries.audit.diff import diff

router = APIRouter(
    prefix="/v1/catalogs/{catalog}/products", tags=["queries"], dependencies=ONLY_KNOWN
)


@router.get(
    "/{product_id}/diff",
    operation_id="get_diff",
    response_model=audit_outputs.Diff,
    responses=for_auditors(*CATALOG_REFUSALS, ProjectionBehind, UnknownProduct, *PAST_REFUSALS),
)
async def get_diff(
    catalog: CatalogKey,
    product_id: UUID,
    _caller: Auditor,
    read: Reading,
    before: Annotated[
        End,
        Query(alias="from", description="A version, 0 being before the first, or a moment"),
    ],
    after: Annotated[
        End | None, Query(alias="to", description="The same; the newest version unless given")
    ] = None,
) -> Response:
    """What changed from one version or moment to another; either may be the older one."""
    answer = await read.of_log(lambda engine: diff(engine, catalog, product_id, before, after))
    if answer.value is None:
        raise UnknownProduct
    return await read.for_auditors(msgspec.json.encode(answer.value), answer.position)
