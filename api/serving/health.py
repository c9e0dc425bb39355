"""What an operator asks a process: is it alive, can it work."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from api import outputs
from api.resources import Held

RETRY_SECONDS = 1

router = APIRouter(tags=["operations"])


@router.get("/health/live", operation_id="is_alive")
async def live() -> outputs.Health:
    """The process answers; nothing outside it is asked."""
    return outputs.Health(status="ok")


@router.get(
    "/health/ready",
    operation_id="is_ready",
    responses={503: {"model": outputs.Health, "description": "Send nobody here"}},
)
async def ready(held: Held, response: Response) -> outputs.Health:
    """Whether requests should be sent to this process: what it needs, each with its state.

    `degraded` is still of use, and answered with 200.
    """
    health = await held.readiness.health()
    if health.status == "unavailable":
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return health


@router.get("/health", operation_id="get_health")
async def summary(held: Held) -> outputs.Health:
    """The same, always with status 200, for people."""
    return await held.readiness.health()
