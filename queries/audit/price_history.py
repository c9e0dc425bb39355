"""The prices of a product over time, and the lowest before a moment, folded from its log."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.errors import Undecodable
from events.money import decimal
from events.recorded import Fact
from queries.answer import Answer
from queries.audit.price_spans import Offer, Span, lowest, offered, spans
from queries.audit.stand import Stand, find_stand
from queries.audit.way import EARLIEST, Way, read_way
from queries.cursor import Cursors


class HeldPrice(msgspec.Struct, frozen=True):
    """A price that held in [since, until), and the event that it began with."""

    currency: str
    amount: int
    decimal: str
    since: datetime
    until: datetime | None
    version: int
    position: int
    actor: str


class PriceHistory(msgspec.Struct, frozen=True):
    currency: str
    items: list[HeldPrice]
    next_cursor: str | None


class LowestPrice(msgspec.Struct, frozen=True):
    """Of [since, at); null where the product was not offered in the currency."""

    currency: str
    days: int
    at: datetime
    since: datetime
    lowest: HeldPrice | None


class Cursor(msgspec.Struct, frozen=True):
    version: int


class Prices(msgspec.Struct, frozen=True):
    """Those of a product in a currency that held at some moment of [since, until)."""

    product: UUID
    currency: str
    since: datetime | None = None
    until: datetime | None = None


async def price_history(
    engine: AsyncEngine,
    cursors: Cursors,
    catalog: str,
    wanted: Prices,
    *,
    limit: int,
    cursor: str | None,
) -> Answer[PriceHistory | None]:
    """A page of `held_prices`. Raises `InvalidCursor`, and as that does."""
    of = ("prices", catalog, wanted)
    last = cursors.open(cursor, Cursor, of=of).version if cursor else 0
    answer = await held_prices(engine, catalog, wanted)
    if answer.value is None:
        return Answer(None, answer.position)
    page = [held for held in answer.value if held.version > last][: limit + 1]
    items = page[:limit]
    following = cursors.seal(Cursor(items[-1].version), of=of) if len(page) > limit else None
    return Answer(PriceHistory(wanted.currency, items, following), answer.position)


async def held_prices(
    engine: AsyncEngine, catalog: str, wanted: Prices
) -> Answer[list[HeldPrice] | None]:
    """Each price with all of its time, oldest first; None for an unknown product.

    Raises `LogDamaged`, and `Undecodable` where an event that occurred before their end can't be
    read. If it occurred later, the price that it came upon ends with it.
    """
    answer = await _spans(engine, catalog, wanted)
    if answer.value is None:
        return Answer(None, answer.position)
    held = (span for span in answer.value if span.overlaps(wanted.since, wanted.until))
    return Answer([_held(wanted.currency, span) for span in held], answer.position)


async def lowest_price(
    engine: AsyncEngine, catalog: str, product: UUID, currency: str, *, days: int, at: datetime
) -> Answer[LowestPrice | None]:
    """As directive 98/6/EC asks in article 6a of the price before a reduction that is told at `at`.

    None for an unknown product. Raises as `held_prices` does.
    """
    since = max(at, EARLIEST + timedelta(days=days)) - timedelta(days=days)
    answer = await _spans(engine, catalog, Prices(product, currency, since, at))
    if answer.value is None:
        return Answer(None, answer.position)
    found = lowest(answer.value, since, at)
    held = _held(currency, found) if found else None
    return Answer(LowestPrice(currency, days, at, since, held), answer.position)


async def _spans(engine: AsyncEngine, catalog: str, wanted: Prices) -> Answer[list[Span] | None]:
    async with driver(engine) as connection:
        stand = await find_stand(connection, catalog, wanted.product)
        if not stand.version:
            return Answer(None, stand.head)
        offers = await _read_offers(connection, catalog, wanted, stand)
    return Answer(list(spans(offers)), stand.head)


async def _read_offers(
    connection: Connection, catalog: str, wanted: Prices, stand: Stand
) -> list[Offer]:
    """Those after each event. At one that can't be read ends what is known of them.

    Raises `Undecodable` if that was before `wanted.until`, and `LogDamaged`.
    """
    way = Way(stand.discarded)
    offers: list[Offer] = []
    async for facts in read_way(connection, catalog, wanted.product, stand.version):
        for fact in facts:
            try:
                way.take(fact)
            except Undecodable:
                if _is_wanted(wanted, way):
                    raise
                return [*offers, _offer(None, fact, way)]
            offers.append(_offer(offered(way.document, wanted.currency), fact, way))
    return offers


def _offer(amount: int | None, fact: Fact, way: Way) -> Offer:
    return Offer(amount, way.occurred_at, fact.version, fact.position, fact.actor)


def _is_wanted(wanted: Prices, way: Way) -> bool:
    """Whether the way has come to a moment that is wanted."""
    return wanted.until is None or way.occurred_at < wanted.until


def _held(currency: str, span: Span) -> HeldPrice:
    return HeldPrice(
        currency=currency,
        amount=span.amount,
        decimal=decimal(currency, span.amount),
        since=span.since,
        until=span.until,
        version=span.version,
        position=span.position,
        actor=span.actor,
    )
