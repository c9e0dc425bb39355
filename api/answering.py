"""What the routers of the read side share: how fresh an answer has to be, and how it is sent."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Response

from api.auth.access import CatalogKey
from api.freshness import Asking
from api.parameters import IN_DIGITS
from api.resources import Held, Resources
from queries.answer import Answer
from queries.positions import Source

POSITION = {"Catalog-Position": "^[0-9]+$"}
REVALIDATE = "private, no-cache"


@dataclass(frozen=True, slots=True)
class Read:
    """What one read asks of the read side's freshness."""

    held: Resources
    catalog: str
    minimum: int
    wait_seconds: float

    async def __call__[T](self, read: Asking[T], *, source: Source = "projected") -> Answer[T]:
        return await self.held.freshness.reflecting(
            self.catalog, self.minimum, self.wait_seconds, read, source=source
        )


async def _read(
    catalog: CatalogKey,
    held: Held,
    minimum: Annotated[
        int,
        Header(
            alias="Catalog-Min-Position",
            ge=0,
            lt=2**63,
            description="Wait until the answer reflects this position",
        ),
        IN_DIGITS,
    ] = 0,
    wait: Annotated[
        int,
        Header(alias="Catalog-Wait", ge=0, le=10_000, description="At most so long, in ms"),
        IN_DIGITS,
    ] = 2_000,
) -> Read:
    return Read(held, catalog, minimum, wait / 1000)


type Reading = Annotated[Read, Depends(_read)]


def as_json(body: bytes, position: int) -> Response:
    headers = {"Catalog-Position": str(position), "Cache-Control": REVALIDATE}
    return Response(body, headers=headers, media_type="application/json")
