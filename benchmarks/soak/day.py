"""What callers do all day: read a lot, write some, and get a few things wrong."""

import json
import random
from collections.abc import Awaitable, Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from benchmarks.asking.asking import Target
from benchmarks.asking.http_client import Answer
from benchmarks.asking.shoppers import PRODUCTS, Product
from benchmarks.soak.caller import Caller
from benchmarks.soak.writes import PUT_OFF, Fact, Receipt, Write

HOT = 100
"""Products that every second reader of one asks for."""
TRIES = 200
"""Of a write with a key whose outcome is unknown."""
REPLAYED, WITHOUT_KEY, MATCHING = 0.1, 0.1, 0.2
"""Shares of writes: asked for again, without a key, and of one version alone."""
OK, CREATED, NOT_MODIFIED, CONFLICT = 200, 201, 304, 412
DONE, MADE = frozenset({OK}), frozenset({CREATED})
OF_A_CHANGE, OF_A_READ = DONE | {CONFLICT}, DONE | {NOT_MODIFIED}
OF_A_CALLER = range(400, 500)
NOWHERE = "018f0000-0000-7000-8000-000000000000"
MISTAKES = (
    ("GET", f"{PRODUCTS}/{NOWHERE}", b""),
    ("GET", f"{PRODUCTS}?limit=1000000", b""),
    ("GET", f"{PRODUCTS}?cursor=made-up", b""),
    ("GET", "/v1/catalogs/nowhere/products", b""),
    ("POST", PRODUCTS, b"{"),
    ("POST", PRODUCTS, b'{"sku": "no spaces", "name": ""}'),
    ("PUT", f"{PRODUCTS}/{NOWHERE}/prices/USD", b'{"amount": 1}'),
)

numbers = count(1_000_000_000)


@dataclass(slots=True)
class Known:
    """What all callers know of the catalog."""

    products: list[Product]
    lists: Sequence[Target]
    searches: Sequence[Target]
    tags: dict[str, str] = field(default_factory=dict)
    """Of products, as they were read last."""
    newest: list[Receipt] = field(default_factory=list)


class Day:
    def __init__(self, caller: Caller, known: Known, seed: int) -> None:
        self._caller = caller
        self._known = known
        self._chance = random.Random(seed)  # noqa: S311 -- nothing to guess
        self._doings: Mapping[Callable[[], Awaitable[None]], float] = {
            self._read: 0.58,
            self._read_again: 0.08,
            self._read_own_write: 0.03,
            self._read_by_sku: 0.06,
            self._list: 0.03,
            self._search: 0.015,
            self._history: 0.015,
            self._set_price: 0.12,
            self._rename: 0.02,
            self._register: 0.02,
            self._err: 0.03,
        }

    async def live(self) -> None:
        """Until enough was answered, by all."""
        doings, weights = list(self._doings), list(self._doings.values())
        while self._caller.tally.answered < self._caller.tally.wanted:
            [doing] = self._chance.choices(doings, weights)
            await doing()
        self._caller.close()

    async def _read(self) -> None:
        product = self._product()
        answer = await self._get("read", f"/{product.id}")
        if answer:
            self._known.tags[product.id] = answer.headers["etag"]

    async def _read_again(self) -> None:
        """If it has changed since."""
        product = self._product()
        headers = {"If-None-Match": self._known.tags.get(product.id, '"0"')}
        await self._get("read if changed", f"/{product.id}", headers, expected=OF_A_READ)

    async def _read_own_write(self) -> None:
        if self._known.newest:
            await self._see(self._chance.choice(self._known.newest))

    async def _see(self, receipt: Receipt) -> bool:
        headers = {"Catalog-Min-Position": str(receipt.position)}
        answer = await self._get("read own write", f"/{receipt.product}", headers)
        if answer and json.loads(answer.body)["version"] < receipt.version:
            self._caller.tally.unexpected["read own write: an older version"] += 1
        return answer is not None

    async def _read_by_sku(self) -> None:
        await self._get("read by SKU", f"/by-sku/{self._product().sku}")

    async def _list(self) -> None:
        await self._ask("list", self._chance.choice(self._known.lists).path)

    async def _search(self) -> None:
        await self._ask("search", self._chance.choice(self._known.searches).path)

    async def _history(self) -> None:
        await self._get("history", f"/{self._product().id}/history?limit=20")

    async def _set_price(self) -> None:
        product, amount = self._product(), next(numbers)
        target, body = f"/{product.id}/prices/USD", {"amount": amount}
        headers = {}
        if self._chance.random() < MATCHING and product.id in self._known.tags:
            headers["If-Match"] = self._known.tags[product.id]
        await self._write("set price", "PUT", target, body, ("PriceSet", str(amount)), headers)

    async def _rename(self) -> None:
        name = f"Name-{next(numbers)}"
        fact = ("ProductRenamed", name)
        await self._write("rename", "PATCH", f"/{self._product().id}", {"name": name}, fact)

    async def _register(self) -> None:
        sku = f"SOAK-{next(numbers)}"
        body = {"sku": sku, "name": f"Product {sku}"}
        receipt = await self._write("register", "POST", "", body, ("ProductRegistered", sku))
        if receipt and await self._see(receipt):
            self._known.products.append(Product(receipt.product, sku))

    async def _err(self) -> None:
        method, target, body = self._chance.choice(MISTAKES)
        await self._caller.ask("mistake", method, target, OF_A_CALLER, body=body)

    async def _write(
        self,
        what: str,
        method: str,
        path: str,
        body: Mapping[str, Any],
        fact: Fact,
        headers: Mapping[str, str] | None = None,
    ) -> Receipt | None:
        """Under a key it is asked for until that is answered; without one it may stay unknown."""
        write = Write(fact, has_key=self._chance.random() >= WITHOUT_KEY)
        self._caller.tally.writes.append(write)
        key = {"Idempotency-Key": "-".join(fact)} if write.has_key else {}
        expected = MADE if method == "POST" else OF_A_CHANGE

        async def asked() -> Answer | None:
            return await self._caller.ask(
                what,
                method,
                PRODUCTS + path,
                expected,
                body=json.dumps(body).encode(),
                headers={**(headers or {}), **key},
            )

        for _ in range(TRIES if write.has_key else 1):
            if write.settle(await asked()):
                break
        if write.receipt:
            self._known.newest = [*self._known.newest[-HOT:], write.receipt]
            if write.has_key and self._chance.random() < REPLAYED:
                self._compare(what, write.receipt, await asked())
        return write.receipt

    def _compare(self, what: str, receipt: Receipt, again: Answer | None) -> None:
        if again is None or again.status in PUT_OFF:
            return
        if Receipt.of(again) != receipt or "idempotent-replayed" not in again.headers:
            self._caller.tally.unexpected[f"{what}, again: another receipt"] += 1

    async def _get(
        self,
        what: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        expected: Container[int] = DONE,
    ) -> Answer | None:
        return await self._ask(what, PRODUCTS + path, headers, expected)

    async def _ask(
        self,
        what: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        expected: Container[int] = DONE,
    ) -> Answer | None:
        answer = await self._caller.ask(what, "GET", target, expected, headers=headers)
        return answer if answer and answer.status == OK else None

    def _product(self) -> Product:
        """Half of the time one of a few, which are hot."""
        products = self._known.products
        return self._chance.choice(products[:HOT] if self._chance.random() < 0.5 else products)  # noqa: PLR2004
