"""The address that Prometheus scrapes."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.measuring.gauges import measure
from api.refusals import content
from api.resources import Held

router = APIRouter(tags=["operations"])


@router.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=Response,
    responses=content("text/plain"),
)
async def metrics(held: Held) -> Response:
    """Prometheus text."""
    measure(held)
    return Response(await held.scrapes.text(), media_type=CONTENT_TYPE_LATEST)
