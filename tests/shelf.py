"""Random products, and by plain Python what a list of them should be."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby, pairwise
from random import Random
from unicodedata import combining, normalize
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.product import AttributeValue, ProductEvent
from queries.lists.filters import Filters
from queries.lists.orders import Sort
from tests.given import Log, opened, projected

NAMES = (
    *("Lamp", "lamp", "LAMP 2", "Äpfel", "Straße", "strasse", "Zebra", "_", "a-b", "ab"),
    *("G.Skill DDR5-6000", "skills", "Zebra lamp with lamps"),
)
DESCRIPTIONS = (None, "", "A lamp: äußerst hell", "e5 1e5 2x16GB")
CATEGORIES = (None, "a", "a/b", "a/b/c", "a-b", "ab", "a0", "b", "b/a")
BRANDS = (None, "Acme", "acme", "O'Neil", "100%", "x_y")
TAGS = ("new", "sale", "a,b", 'quo"ted', "ünï")
VALUES: Mapping[str, tuple[AttributeValue, ...]] = {
    "color": ("red", "blue", ("red", "blue"), ("blue",), ()),
    "watts": (40, 60, "40", (40, 60), 40.5, -1, 9_007_199_254_740_991),
    "dimmable": (True, False, "true", (True,), 1, 0),
    "net.weight": (0.1, 12, "12kg", 1e21),
}
CURRENCIES = ("EUR", "JPY")
STATUSES = ("draft", "published", "archived")
DAYS = tuple(datetime(2024, 1, day, 12, 30, 0, 123456, UTC) for day in range(1, 8))


@dataclass(frozen=True, slots=True)
class Shelved:
    id: UUID
    sku: str
    name: str
    description: str | None
    brand: str | None
    category: str | None
    tags: tuple[str, ...]
    attributes: Mapping[str, AttributeValue]
    prices: Mapping[str, int]
    status: str
    updated_at: datetime


def shelf(count: int = 300) -> list[Shelved]:
    chance = Random(7)
    return [_shelved(chance, number) for number in range(count)]


def _shelved(chance: Random, number: int) -> Shelved:
    return Shelved(
        id=UUID(int=chance.getrandbits(128)),
        sku=f"{chance.choice(['a', 'B', 'b-', '9'])}{number}",
        name=chance.choice(NAMES),
        description=chance.choice(DESCRIPTIONS),
        brand=chance.choice(BRANDS),
        category=chance.choice(CATEGORIES),
        tags=tuple(tag for tag in TAGS if chance.random() < 0.4),
        attributes={
            name: chance.choice(values) for name, values in VALUES.items() if chance.random() < 0.7
        },
        prices={
            currency: chance.choice([0, 5, 10, 10, 99, chance.randrange(10_000)])
            for currency in CURRENCIES
            if chance.random() < 0.7
        },
        status=chance.choice(STATUSES),
        updated_at=chance.choice(DAYS),
    )


async def put(log: Log, products: Iterable[Shelved]) -> None:
    """Append what makes these products."""
    by_day = sorted(products, key=_updated_at)
    for moment, together in groupby(by_day, key=_updated_at):
        streams = [(product.id, list(events(product))) for product in together]
        await log.given_all(streams, occurred_at=moment)


async def stock(engine: AsyncEngine, products: Sequence[Shelved]) -> None:
    """With the same products in another catalog, half of them; all of it can be read."""
    await put(Log(engine), products)
    await put(await opened(engine, "other"), products[::2])
    await projected(engine)
    await projected(engine, "other")


def _updated_at(product: Shelved) -> datetime:
    return product.updated_at


def events(product: Shelved) -> Iterator[ProductEvent]:
    yield facts.ProductRegistered(
        sku=product.sku,
        name=product.name,
        description=product.description,
        brand=product.brand,
        category=product.category,
        tags=product.tags,
        attributes=dict(product.attributes),
    )
    for currency, amount in product.prices.items():
        yield facts.PriceSet(currency=currency, amount=amount)
    if product.status != "draft":
        yield facts.ProductPublished()
    if product.status == "archived":
        yield facts.ProductArchived()


def matches(product: Shelved, filters: Filters) -> bool:
    return all(
        (
            filters.q is None or _has_words(product, filters.q),
            _has_status(product.status, filters.status),
            filters.category is None or _below(product.category, filters.category),
            filters.brand in {None, product.brand},
            filters.sku in {None, product.sku},
            set(filters.tags) <= set(product.tags),
            filters.updated_since is None or product.updated_at >= filters.updated_since,
            _priced(product.prices.get(filters.currency), filters),
            *(text in texts(product.attributes.get(n)) for n, text in filters.attributes.items()),
        )
    )


def _has_words(product: Shelved, wanted: str) -> bool:
    there = {word for text in _searched(product) for word in (*_words(text), *_joined(text))}
    *whole, last = _words(wanted)
    return there.issuperset(whole) and any(word.startswith(last) for word in there)


def _searched(product: Shelved) -> Iterator[str]:
    category = (product.category or "").replace("/", " ")
    yield from (product.name, product.sku, product.brand or "", category)
    yield from (product.description or "", *product.tags)
    for name, value in product.attributes.items():
        values = value if isinstance(value, tuple) else (value,)
        yield from (name for each in values if each is True)
        yield from texts(tuple(each for each in values if not isinstance(each, bool)))


def _words(text: str) -> list[str]:
    decomposed = normalize("NFKD", text.casefold())
    return re.findall(r"[^\W_]+", "".join(char for char in decomposed if not combining(char)))


def _joined(text: str) -> Iterator[str]:
    """Without the signs within what has letters: of this shelf no fractions, nothing long."""
    for each in text.split():
        if re.fullmatch(r"[^\W_]+([-.'][^\W_]+)+", each) and re.search(r"[^\W\d_]", each):
            yield from _words(re.sub(r"[-.']", "", each))


def facet(products: Iterable[Shelved], filters: Filters, name: str) -> list[tuple[str, int]]:
    """Values and how many products would have each, were it asked for instead of its filter."""
    others = without(filters, name)
    counts = Counter(
        value
        for product in products
        if matches(product, others)
        for value in values(product, name, filters.currency)
    )
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:100]


def without(filters: Filters, facet: str) -> Filters:
    match facet:
        case "category":
            return replace(filters, category=None)
        case "brand":
            return replace(filters, brand=None)
        case "status":
            return replace(filters, status="any")
        case "tag":
            return replace(filters, tags=())
        case "price":
            return replace(filters, price_min=None, price_max=None)
        case _:
            kept = {k: v for k, v in filters.attributes.items() if f"attr.{k}" != facet}
            return replace(filters, attributes=kept)


def values(product: Shelved, facet: str, currency: str) -> Collection[str]:
    match facet:
        case "category":
            parts = product.category.split("/") if product.category else []
            return ["/".join(parts[: n + 1]) for n in range(len(parts))]
        case "brand":
            return [product.brand] if product.brand else []
        case "status":
            return [product.status]
        case "tag":
            return product.tags
        case "price":
            amount = product.prices.get(currency)
            return [] if amount is None else [_range(amount)]
        case _:
            return texts(product.attributes.get(facet.removeprefix("attr.")))


def _range(amount: int) -> str:
    bounds = [0, *(int(digit + "0" * zeros) for zeros in range(17) for digit in "125")]
    return next(f"{low}-{high - 1}" for low, high in pairwise(bounds) if low <= amount < high)


def _has_status(status: str, wanted: str | None) -> bool:
    return status != "archived" if wanted is None else wanted in {"any", status}


def _below(category: str | None, wanted: str) -> bool:
    return category is not None and f"{category}/".startswith(f"{wanted}/")


def _priced(amount: int | None, filters: Filters) -> bool:
    low, high = filters.price_min, filters.price_max
    if low is None and high is None:
        return True
    return amount is not None and (low or 0) <= amount and (high is None or amount <= high)


def texts(value: AttributeValue | None) -> set[str]:
    """Each of its values as it is written in the read document, without quotes."""
    values = value if isinstance(value, tuple) else () if value is None else (value,)
    return {
        each if isinstance(each, str) else msgspec.json.encode(each).decode() for each in values
    }


def ordered(products: Iterable[Shelved], sort: Sort, currency: str = "EUR") -> list[Shelved]:
    """Equal ones by id; those without a price last."""
    descending, by = sort.startswith("-"), sort.removeprefix("-")
    by_id = sorted(products, key=lambda product: product.id, reverse=descending)
    if by != "price":
        return sorted(by_id, key=lambda product: _key(product, by), reverse=descending)
    priced = [product for product in by_id if currency in product.prices]
    priced.sort(key=lambda product: product.prices[currency], reverse=descending)
    return priced + [product for product in by_id if currency not in product.prices]


def _key(product: Shelved, by: str) -> str:
    match by:
        case "name":
            decomposed = normalize("NFKD", product.name.casefold())
            return "".join(char for char in decomposed if not combining(char))
        case "sku":
            return product.sku
        case _:
            return product.updated_at.isoformat()
