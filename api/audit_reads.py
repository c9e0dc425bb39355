"""Who has read what of the audit part, over HTTP: on the command side, whose role may look."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from api import audit_outputs as outputs
from api.auth import audit_reads
from api.auth.access import CATALOG_REFUSALS, Auditor, CatalogKey, Operator
from api.auth.audit_reads import Wanted
from api.auth.messages import Username
from api.list_parameters import Moment
from api.parameters import ONLY_KNOWN, PageCursor, PageLimit
from api.refusals import may_refuse
from api.resources import Held
from queries.errors import InvalidCursor

type OperationId = Annotated[str, StringConstraints(pattern="^[a-z_]{1,64}$")]


class Parameters(BaseModel):
    actor: Username | None = None
    operation: Annotated[
        OperationId | None, Field(description="As this document names it: `get_history`")
    ] = None
    since: Annotated[Moment | None, Field(description="Inclusive")] = None
    until: Annotated[Moment | None, Field(description="Exclusive")] = None
    limit: PageLimit = 50
    cursor: PageCursor | None = None


router = APIRouter(prefix="/v1/catalogs/{catalog}/audit", tags=["access"], dependencies=ONLY_KNOWN)


@router.get(
    "/reads",
    operation_id="list_audit_reads",
    responses=may_refuse(*CATALOG_REFUSALS, InvalidCursor),
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
    found, following = await audit_reads.read_page(
        held.engine,
        await held.cursors(),
        Wanted(catalog, asked.actor, asked.operation, asked.since, asked.until),
        limit=asked.limit,
        cursor=asked.cursor,
    )
    items = [outputs.AuditRead.model_validate(dict(each)) for each in found]
    return outputs.AuditReads(items=items, next_cursor=following)
