"""A product as it was: at which version or moment, who may ask, and the answer."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Query, Request, Response
from pydantic import BeforeValidator, Field, WithJsonSchema

from api.auth.access import CatalogKey, Reader
from api.auth.audited import auditing
from api.errors import InternalError, InvalidInput
from api.parameters import IN_DIGITS, Moment, moment
from api.reading.answering import Read
from commands.errors import UnknownProduct
from events.append import Claim
from events.errors import Undecodable, UnknownVersion
from projections.document import encode
from queries.audit.past import product_at
from queries.audit.stand import Place
from queries.errors import LogDamaged

LARGEST_VERSION: Final = 2**31 - 1
PAST_REFUSALS = (UnknownVersion, Undecodable, LogDamaged, InternalError)


async def _asked(
    request: Request,
    catalog: CatalogKey,
    caller: Reader,
    version: Annotated[
        int | None,
        Query(ge=1, le=LARGEST_VERSION, description="As it was at this version; for auditors"),
        IN_DIGITS,
    ] = None,
    as_of: Annotated[
        Moment | None,
        Field(description="As it was when this had occurred, but nothing later; for auditors"),
    ] = None,
) -> Place:
    if version is not None and as_of is not None:
        message = "it is asked for by `version` or by `as_of`, not by both"
        raise InvalidInput(errors=[{"in": "query", "pointer": "/as_of", "message": message}])
    place = as_of if version is None else version
    if place is not None:
        await auditing(request, caller, catalog)
    return place


type Past = Annotated[Place, Depends(_asked)]
"""None: the present is asked for, as any reader may."""


def _end(text: str) -> int | datetime:
    if not text.isascii() or not text.isdecimal():
        return moment(text)
    if int(text) > LARGEST_VERSION:
        raise ValueError(f"no version is greater than {LARGEST_VERSION}")
    return int(text)


type End = Annotated[
    int | datetime,
    BeforeValidator(_end),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": LARGEST_VERSION},
                {"type": "string", "format": "date-time"},
            ]
        }
    ),
]
"""A version, 0 being before the first, or a moment."""


async def answer(read: Read, key: UUID | Claim, place: Place) -> Response:
    """Raises `UnknownProduct` where it was not there, and as `product_at` does."""
    found = await read.of_log(lambda engine: product_at(engine, read.catalog, key, place))
    if found.value is None:
        raise UnknownProduct
    tag = str(found.value.version)
    return await read.for_auditors(encode(found.value), found.position, tag=tag)
