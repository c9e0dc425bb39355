"""Who changes prices and who reads them over HTTP, and what goes wrong for them."""

import json
import random
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from time import monotonic

from benchmarks.asking.http_client import Answer, Client
from benchmarks.material.story import CATALOG

PRODUCTS = f"/v1/catalogs/{CATALOG}/products"
BY_ID, BY_SKU, PAGE = 0.85, 0.13, 0.02
"""How the reads are divided."""
RECENT = 50
"""How many of the last writes are read again."""


@dataclass(frozen=True, slots=True)
class Product:
    id: str
    sku: str


@dataclass(frozen=True, slots=True)
class Written:
    product: Product
    position: int
    version: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one request."""

    what: str
    due: float
    seconds: float
    failure: str | None
    """The status or the exception, where it was not answered as it should be."""
    stale: bool
    """It was asked for a written version and its position, and answered from before them."""


@dataclass(slots=True)
class Shoppers:
    commands: Client
    queries: Client
    products: Sequence[Product]
    seen: list[Seen] = field(default_factory=list)
    _recent: deque[Written] = field(default_factory=lambda: deque(maxlen=RECENT))
    _numbers: Iterator[int] = field(default_factory=lambda: count(1_000))

    async def write(self, due: float) -> None:
        product = random.choice(self.products)  # noqa: S311 -- nothing to guess
        body = json.dumps({"amount": next(self._numbers)}).encode()
        target = f"{PRODUCTS}/{product.id}/prices/USD"
        answer = await self._asked("write", due, self.commands, "PUT", target, body=body)
        if answer:
            self._recent.append(Written(product, _position(answer), _version(answer)))

    async def read(self, due: float) -> None:
        """Every second reader wants to see a recent write."""
        if next(self._numbers) % 2 and self._recent:
            wanted = random.choice(self._recent)  # noqa: S311 -- as above
            await self._read(due, wanted.product, wanted)
        else:
            await self._read(due, random.choice(self.products), None)  # noqa: S311 -- as above

    async def _read(self, due: float, product: Product, wanted: Written | None) -> None:
        targets = (
            f"{PRODUCTS}/{product.id}",
            f"{PRODUCTS}/by-sku/{product.sku}",
            f"{PRODUCTS}?limit=20",
        )
        [target] = random.choices(targets, (BY_ID, BY_SKU, PAGE))  # noqa: S311 -- as above
        await self._asked("read", due, self.queries, "GET", target, wanted=wanted)

    async def _asked(
        self,
        what: str,
        due: float,
        client: Client,
        method: str,
        target: str,
        *,
        body: bytes = b"",
        wanted: Written | None = None,
    ) -> Answer | None:
        """The answer, when it is one that was hoped for."""
        headers = {"Catalog-Min-Position": str(wanted.position)} if wanted else None
        failure, answer = None, None
        try:
            answer = await client.ask(method, target, body, headers)
        except OSError as error:
            failure = type(error).__name__
        if answer and answer.status != HTTPStatus.OK:
            failure, answer = str(answer.status), None
        stale = bool(answer and wanted and _is_older(answer, wanted))
        self.seen.append(Seen(what, due, monotonic() - due, failure, stale))
        return answer


def _is_older(answer: Answer, wanted: Written) -> bool:
    """A page has no version: its tag is a digest."""
    tag = answer.headers["etag"].strip('"')
    older = tag.isdecimal() and int(tag) < wanted.version
    return older or _position(answer) < wanted.position


def _position(answer: Answer) -> int:
    return int(answer.headers["catalog-position"])


def _version(answer: Answer) -> int:
    return int(answer.headers["etag"].strip('"'))
