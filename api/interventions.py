"""Interventions over HTTP: what an operator has done about a product that is not read as it should.

They are asked for on the command side, and followed on both.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from api import outputs
from api.auth.access import CATALOG_REFUSALS, CatalogKey, Operator
from api.errors import BODY_REFUSALS, UnknownIntervention
from api.parameters import ONLY_KNOWN, PageLimit
from api.refusals import Responses, answers, may_refuse
from api.resources import Held, Resources
from commands.errors import UnknownProduct
from commands.input import WHOLE, Input
from events.database import driver
from events.errors import Refused
from events.nudge import EVERY_CATALOG, nudge
from projections import interventions
from projections.asking import NotParked, ParkedElsewhere, ask
from projections.interventions import Action, Intervention

_PREFIX = "/v1/catalogs/{catalog}/projections"
_LOCATION = {"Location": "^/v1/catalogs/[^/]+/projections/interventions/[^/]+$"}

log = structlog.get_logger(__name__)

router = APIRouter(prefix=f"{_PREFIX}/interventions", tags=["operations"], dependencies=ONLY_KNOWN)
requests = APIRouter(prefix=_PREFIX, tags=["commands"], dependencies=ONLY_KNOWN)


class Discard(Input):
    position: Annotated[int, Field(ge=1, lt=2**53), WHOLE]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and in which request."""

    held: Resources
    catalog: str
    actor: str
    correlation_id: str
    response: Response

    async def __call__(
        self, action: Action, product: UUID, position: int | None = None
    ) -> outputs.Intervention:
        async with driver(self.held.engine) as connection:
            asked = await ask(
                connection,
                self.catalog,
                product,
                action,
                actor=self.actor,
                correlation_id=self.correlation_id,
                position=position,
            )
        if asked is None:
            raise UnknownProduct
        log.info("intervention_requested", id=str(asked.id), action=action, by=self.actor)
        await nudge(self.held.redis, EVERY_CATALOG)
        address = f"{_PREFIX.format(catalog=self.catalog)}/interventions/{asked.id}"
        self.response.headers["Location"] = address
        return _shown(asked)


async def _asking(
    catalog: CatalogKey, principal: Operator, held: Held, request: Request, response: Response
) -> Asking:
    return Asking(held, catalog, principal.username, request.state.request_id, response)


type Asked = Annotated[Asking, Depends(_asking)]


def _accepts(*refusals: type[Refused]) -> Responses:
    return answers(202, _LOCATION, *CATALOG_REFUSALS, UnknownProduct, *refusals)


@requests.post(
    "/parked/{product_id}/retry",
    status_code=202,
    operation_id="retry_product",
    responses=_accepts(NotParked),
)
async def retry(product_id: UUID, asking: Asked) -> outputs.Intervention:
    """Have a product that stands still folded again, from its first event."""
    return await asking("retry", product_id)


@requests.post(
    "/parked/{product_id}/discard",
    status_code=202,
    operation_id="discard_event",
    responses=_accepts(NotParked, ParkedElsewhere, *BODY_REFUSALS),
)
async def discard(product_id: UUID, body: Discard, asking: Asked) -> outputs.Intervention:
    """Have a product go on without the event at `position`, before which it stands still.

    Nothing that is read will ever be made of that event; in the log it stays. If it can be applied
    by now, the product goes on with it.
    """
    return await asking("discard", product_id, body.position)


@requests.post(
    "/products/{product_id}/refold",
    status_code=202,
    operation_id="refold_product",
    responses=_accepts(),
)
async def refold(product_id: UUID, asking: Asked) -> outputs.Intervention:
    """Have all that is read of a product made anew, whether it stands still or not."""
    return await asking("refold", product_id)


@router.get("", operation_id="list_interventions", responses=may_refuse(*CATALOG_REFUSALS))
async def list_all(
    catalog: CatalogKey,
    _principal: Operator,
    held: Held,
    limit: Annotated[PageLimit, Query()] = 50,
) -> outputs.Interventions:
    """The newest first."""
    async with driver(held.engine) as connection:
        found = await interventions.read_all(connection, catalog, limit)
    return outputs.Interventions(items=[_shown(each) for each in found])


@router.get(
    "/{intervention_id}",
    operation_id="get_intervention",
    responses=may_refuse(*CATALOG_REFUSALS, UnknownIntervention),
)
async def show_one(
    catalog: CatalogKey, intervention_id: UUID, _principal: Operator, held: Held
) -> outputs.Intervention:
    """What has come of it; `outcome` is null until a worker has carried it out."""
    async with driver(held.engine) as connection:
        found = await interventions.find(connection, catalog, intervention_id)
    if found is None:
        raise UnknownIntervention
    return _shown(found)


def _shown(intervention: Intervention) -> outputs.Intervention:
    return outputs.Intervention.model_validate(intervention, from_attributes=True)
