"""An operator's wish, from a product's SKU or id to what a worker has made of it."""

import asyncio
from dataclasses import dataclass
from time import monotonic
from uuid import uuid4

from cli.environment import actor
from cli.errors import NobodyIntervened, NoSuchProduct, NothingApplied, StandsStill
from cli.named import find_product
from cli.standings import Standing, read_standings
from events.database import Connection, driver, pool
from projections.asking import NotParked, ParkedElsewhere, ask
from projections.interventions import Action, Intervention, find

POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Wish:
    action: Action
    product: str
    """Its SKU or its id."""
    catalog: str
    position: int | None = None
    """Of the event to discard."""


async def intervene(url: str, wish: Wish, wait: float) -> tuple[Intervention, Exception | None]:
    """What has come of it, and why it is not what was wished for.

    A worker has `wait` seconds. Raises `NoSuchProduct`, `NotParked` and `StandsStill`.
    """
    async with pool(url, application="catalog-projections") as engine, driver(engine) as connection:
        followed = await _followed(connection, await _asked(connection, wish), wait)
        if followed.outcome == "done":
            return followed, None
        (standing,) = await read_standings(connection, wish.catalog)
        return followed, _failure(wish, followed, standing)


async def _asked(connection: Connection, wish: Wish) -> Intervention:
    product = await find_product(connection, wish.catalog, wish.product)
    try:
        asked = await ask(
            connection,
            wish.catalog,
            product,
            wish.action,
            actor=actor(),
            correlation_id=uuid4().hex,
            position=wish.position,
        )
    except ParkedElsewhere as refusal:
        raise StandsStill(wish.product, refusal.members["position"]) from None
    if asked is None:
        raise NoSuchProduct(wish.product, wish.catalog)
    return asked


async def _followed(connection: Connection, asked: Intervention, wait: float) -> Intervention:
    ending = monotonic() + wait
    while asked.finished_at is None and monotonic() < ending:
        await asyncio.sleep(POLL_SECONDS)
        asked = await find(connection, asked.catalog, asked.id) or asked
    return asked


def _failure(wish: Wish, followed: Intervention, standing: Standing) -> Exception:
    places = [each for each in standing.parked if each.product_id == followed.product_id]
    match followed.outcome:
        case None:
            return NobodyIntervened(outdated=standing.progress.outdated)
        case "unknown-product":
            return NothingApplied(wish.product)
        case _ if places:
            return StandsStill(wish.product, places[0].position, places[0].reason)
        case _:
            return NotParked()
