"""Who has read what of the audit part, over HTTP: on the command side, whose role may look."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.auditing import audit_outputs as outputs
from api.auth.access import CATALOG_REFUSALS, Auditor, CatalogKey, Operator
from api.auth.audit_reads import Wanted
from api.auth.messages import Username
from api.parameters import ONLY_KNOWN, Moment, PageCursor, PageLimit
from api.refusals import may_refuse
from api.resources import Held
from queries.errors import InvalidCursor, TooManyQueries


class Parameters(BaseModel):
    actor: Username | None = None
    since: Annotated[Moment | None, Field(description="Recorded at this moment or later")] = None
    until: Annotated[Moment | None, Field(description="Recorded before it")] = None
    limit: PageLimit = 50
    cursor: PageCursor | None = None


router = APIRouter(prefix="/v1/catalogs/{catalog}/audit", tags=["access"], dependencies=ONLY_KNOWN)


@router.get(
    "/reads",
    operation_id="list_audit_reads",
    responses=may_refuse(*CATALOG_REFUSALS, InvalidCursor, TooManyQueries),
)
async def list_audit_reads(
    catalog: CatalogKey,
    _operator: Operator,
    _caller: Auditor,
    held: Held,
    parameters: Annotated[Parameters, Query()],
) -> outputs.AuditReads:
    """Who has read what of this catalog's history and proofs: the newest first, this read too."""
    asked = parameters
    found, following = await held.audit_reads.page(
        await held.cursors(),
        Wanted(catalog, asked.since, asked.until, asked.actor),
        limit=asked.limit,
        cursor=asked.cursor,
    )
    items = [outputs.AuditRead.model_validate(dict(each)) for each in found]
    return outputs.AuditReads(items=items, next_cursor=following)
