"""How far what is read follows the log, over HTTP."""

from dataclasses import asdict

from fastapi import APIRouter

from api import outputs
from api.auth.access import CATALOG_REFUSALS, CatalogKey, Operator
from api.parameters import ONLY_KNOWN
from api.refusals import may_refuse
from api.resources import Held
from events.database import driver
from events.errors import UnknownCatalog
from projections.parking import read_parked
from projections.projector import read_progress

LISTED = 1_000
"""The most parked streams that are told of."""

router = APIRouter(prefix="/v1/catalogs/{catalog}", tags=["operations"], dependencies=ONLY_KNOWN)


@router.get("/projections", operation_id="get_projections", responses=may_refuse(*CATALOG_REFUSALS))
async def projections(catalog: CatalogKey, _principal: Operator, held: Held) -> outputs.Projections:
    """How far what is read follows the log, and which products can't."""
    async with driver(held.query_engine) as connection:
        found = {each.catalog: each for each in await read_progress(connection)}
        if (progress := found.get(catalog)) is None:
            raise UnknownCatalog
        parked = await read_parked(connection, catalog, progress.generation, LISTED)
    told = {
        "lag_events": progress.lag_events,
        "outdated": progress.outdated,
        "parked_streams": [*map(asdict, parked)],
    }
    return outputs.Projections.model_validate(asdict(progress) | told)
