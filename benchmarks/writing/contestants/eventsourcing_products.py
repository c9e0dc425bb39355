"""Python's `eventsourcing` as its documentation uses it: an aggregate and an application.

Called in the process, without HTTP, tokens or validation: nothing but the library and PostgreSQL.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import batched, count
from time import monotonic
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.asking.load import Load, Window, by_threads
from benchmarks.asking.payloads import CURRENCY, Payload, new
from benchmarks.peers.eventsourcing_environment import DEFAULTS, environment

AT_ONCE = 500
WARM_UP_SECONDS = 0.5


class Product(Aggregate):
    @event("Registered")
    def __init__(  # noqa: PLR0913 -- a keyword for each field of the event
        self,
        *,
        sku: str,
        name: str,
        brand: str,
        category: str,
        tags: list[str],
        attributes: dict[str, Any],
        prices: list[dict[str, Any]],
        status: str,
    ) -> None:
        self.sku = sku
        self.name = name
        self.brand = brand
        self.category = category
        self.tags = tags
        self.attributes = attributes
        self.prices = {price["currency"]: price["amount"] for price in prices}
        self.status = status

    @event("PriceSet")
    def set_price(self, currency: str, amount: int) -> None:
        self.prices[currency] = amount


class Products(Application[UUID]):
    def register(self, payload: Payload) -> None:
        self.save(Product(**payload))

    def set_price(self, product_id: UUID, currency: str, amount: int) -> None:
        product: Product = self.repository.get(product_id)
        product.set_price(currency, amount)
        self.save(product)


def fill(url: str, known: Sequence[Payload]) -> list[UUID]:
    """The ids of as many products."""
    with Products(environment(url)) as application:
        products = [Product(**payload) for payload in known]
        for some in batched(products, AT_ONCE):
            application.save(*some)
    return [product.id for product in products]


def register(
    url: str, threads: int, seconds: float, settings: Mapping[str, str] = DEFAULTS
) -> Load:
    with Products(environment(url, settings)) as application:
        return by_threads(_window(seconds), [_registering(application, n) for n in range(threads)])


def set_prices(
    url: str,
    ids: Sequence[UUID],
    threads: int,
    seconds: float,
    settings: Mapping[str, str] = DEFAULTS,
) -> Load:
    """Each thread has products of its own, so that no two change one at a time."""
    with Products(environment(url, settings)) as application:
        writes = [_pricing(application, ids[n::threads]) for n in range(threads)]
        return by_threads(_window(seconds), writes)


def _window(seconds: float) -> Window:
    begin = monotonic() + WARM_UP_SECONDS
    return Window(begin, begin + seconds)


def _registering(application: Products, thread: int) -> Callable[[], None]:
    payloads = new(thread)
    return lambda: application.register(next(payloads))


def _pricing(application: Products, ids: Sequence[UUID]) -> Callable[[], None]:
    asked = _asked(ids)

    def write() -> None:
        product_id, amount = next(asked)
        application.set_price(product_id, CURRENCY, amount)

    return write


def _asked(ids: Sequence[UUID]) -> Iterator[tuple[UUID, int]]:
    for amount in count(1_000):
        yield random.choice(ids), amount  # noqa: S311 -- nothing to guess
