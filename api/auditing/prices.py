"""The prices of a product over time, over HTTP."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import Field

from api.auditing import audit_outputs
from api.auth.access import CATALOG_REFUSALS, Auditor
from api.currencies import KnownCurrency
from api.errors import InternalError, ProjectionBehind
from api.parameters import IN_DIGITS, ONLY_KNOWN, Moment, PageCursor, PageLimit
from api.reading.answering import Read, Reading, for_auditors
from commands.errors import UnknownCurrency, UnknownProduct
from events.errors import Undecodable
from queries.answer import Answer
from queries.audit.price_history import Prices, lowest_price, price_history
from queries.errors import InvalidCursor, LogDamaged

MOST_DAYS = 3_650
_REFUSALS = (
    *(*CATALOG_REFUSALS, ProjectionBehind, UnknownProduct, UnknownCurrency),
    *(Undecodable, LogDamaged, InternalError),
)

type Currency = Annotated[KnownCurrency, Path()]

router = APIRouter(
    prefix="/v1/catalogs/{catalog}/products/{product_id}/prices/{currency}",
    tags=["queries"],
    dependencies=ONLY_KNOWN,
)


async def _wanted(
    product_id: UUID,
    currency: Currency,
    since: Annotated[
        Moment | None, Field(description="Prices that held at this moment or later")
    ] = None,
    until: Annotated[Moment | None, Field(description="Prices that held before it")] = None,
) -> Prices:
    return Prices(product_id, currency, since, until)


@router.get(
    "/history",
    operation_id="get_price_history",
    response_model=audit_outputs.PriceHistory,
    responses=for_auditors(*_REFUSALS, InvalidCursor),
)
async def get_price_history(
    _caller: Auditor,
    read: Reading,
    wanted: Annotated[Prices, Depends(_wanted)],
    limit: PageLimit = 50,
    cursor: PageCursor | None = None,
) -> Response:
    """Which price held when, in [since, until) of business time; the oldest first.

    An archived product is not offered, so no price of it holds; one that is no more than a draft
    has its price already.
    """
    cursors = await read.held.cursors()
    answer = await read.of_log(
        lambda engine: price_history(
            engine, cursors, read.catalog, wanted, limit=limit, cursor=cursor
        )
    )
    return await _told(read, answer)


@router.get(
    "/lowest",
    operation_id="get_lowest_price",
    response_model=audit_outputs.LowestPrice,
    responses=for_auditors(*_REFUSALS),
)
async def get_lowest_price(
    product_id: UUID,
    currency: Currency,
    _caller: Auditor,
    read: Reading,
    days: Annotated[
        int, Query(ge=1, le=MOST_DAYS, description="How many days before `at`"), IN_DIGITS
    ] = 30,
    at: Annotated[
        Moment | None, Field(description="When the reduction is announced; now unless given")
    ] = None,
) -> Response:
    """The lowest price in the days before a reduction (directive 98/6/EC, article 6a).

    One counts that held at some moment of [at - days, at), if it was set before that, too. One that
    is set at `at` is the reduced one, and does not.
    """
    moment = at or datetime.now(UTC)
    answer = await read.of_log(
        lambda engine: lowest_price(
            engine, read.catalog, product_id, currency, days=days, at=moment
        )
    )
    return await _told(read, answer)


async def _told(read: Read, answer: Answer[msgspec.Struct | None]) -> Response:
    if answer.value is None:
        raise UnknownProduct
    return await read.for_auditors(msgspec.json.encode(answer.value), answer.position)
