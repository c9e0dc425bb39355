"""What shoppers ask for, out of a feed's own words; the same whenever it is asked again."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, islice
from statistics import quantiles
from urllib.parse import quote, urlencode

from benchmarks.asking.asking import Target
from benchmarks.asking.shoppers import PRODUCTS, Product
from benchmarks.material.feeds import Row

LIST, SEARCH = "first page, one filter", "search, three facets"
"""What `filtered` and `searches` are."""
FEW = 100
"""Products that are asked for over and over, as what is hot."""
PAGE = 20
"""Products of a page."""
ATTRIBUTES = 10
"""Values of attributes that are asked for, the most frequent ones."""
SEARCHES = 200
LONGEST_SEARCH = 3
"""In words."""
PREFIXES = 0.5
"""The share of searches whose last word is not finished yet."""
SHORTEST = 3
"""Of a search and of an unfinished word, in letters."""
FACETS = "category,price,attr.color"
CURRENCY = "USD"


def by_id(products: Sequence[Product]) -> list[Target]:
    return [Target(f"{PRODUCTS}/{each.id}") for each in products]


def by_sku(products: Sequence[Product]) -> list[Target]:
    return [Target(f"{PRODUCTS}/by-sku/{quote(each.sku, safe='')}") for each in products]


def filtered(rows: Sequence[Row]) -> list[Target]:
    """First pages with one filter each, all of them full where a catalog has these rows."""
    asked = (*_categories(rows), *_attributes(rows), *_prices(rows))
    return [_page(parameters) for parameters in asked]


def searches(rows: Sequence[Row]) -> list[Target]:
    """One to three words in a row of some name, with three facets."""
    chance = random.Random(SEARCHES)  # noqa: S311 -- nothing to guess
    names = [words for row in rows if (words := _searchable(row["name"]))]
    drawn = (_search(chance.choice(names), chance) for _ in count())
    asked = islice((words for words in drawn if len(words) >= SHORTEST), SEARCHES)
    return [_page({"q": each, "facets": FACETS, "currency": CURRENCY}) for each in asked]


def _page(parameters: dict[str, str]) -> Target:
    return Target(f"{PRODUCTS}?{urlencode(parameters | {'limit': str(PAGE)})}")


def _categories(rows: Sequence[Row]) -> Iterator[dict[str, str]]:
    """Those with products, and what they lie in."""
    paths = (row["category"] for row in rows if row.get("category"))
    counted = Counter(part for path in paths for part in _with_ancestors(path))
    return ({"category": path} for path, found in counted.items() if found >= PAGE)


def _with_ancestors(path: str) -> Iterator[str]:
    parts = path.split("/")
    return ("/".join(parts[: n + 1]) for n in range(len(parts)))


def _attributes(rows: Sequence[Row]) -> Iterator[dict[str, str]]:
    counted = Counter(
        (name, value)
        for row in rows
        for name, value in row.get("attributes", {}).items()
        if isinstance(value, str)
    )
    frequent = counted.most_common(ATTRIBUTES)
    return ({f"attr.{name}": value} for (name, value), found in frequent if found >= PAGE)


def _prices(rows: Sequence[Row]) -> Iterator[dict[str, str]]:
    """Each quarter of the prices."""
    amounts = [
        price["amount"] for row in rows for price in row["prices"] if price["currency"] == CURRENCY
    ]
    if len(amounts) < 4 * PAGE:
        return
    first, second, third = map(int, quantiles(amounts))
    for least, most in ((0, first), (first, second), (second, third), (third, max(amounts))):
        yield {"currency": CURRENCY, "price_min": str(least), "price_max": str(most)}


def _searchable(name: str) -> Sequence[str]:
    return [word for word in name.split() if word[0].isalnum()]


def _search(words: Sequence[str], chance: random.Random) -> str:
    length = chance.randint(1, min(LONGEST_SEARCH, len(words)))
    first = chance.randint(0, len(words) - length)
    *finished, last = words[first : first + length]
    if chance.random() < PREFIXES:
        last = last[: max(SHORTEST, len(last) // 2)]
    return " ".join((*finished, last))
