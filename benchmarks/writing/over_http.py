"""Services that are asked over HTTP, and what their databases have of it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import asyncpg
import uvloop

from benchmarks.asking.asking import Ask, Asking, Target
from benchmarks.asking.payloads import prices, registrations
from benchmarks.asking.python_client import ask_each
from benchmarks.writing.plan import Method, Turn
from benchmarks.writing.turns import Written
from cli.address import Address

WARM_UP = 100
"""Requests at least, and one of each connection, before the time that counts."""
WARMING = 1_000_000
"""Added to a turn's number: what is told then must be new, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    name: str
    address: Address
    token: str
    ids: Sequence[str]
    """Of the products that are there."""
    database_url: str
    count: str
    """A statement: how many rows tell of writes."""
    rows: Mapping[Method, int]
    """So many of a write."""
    ask: Ask
    beside: Callable[[], AbstractContextManager[None]] = nullcontext
    """What runs during its turns alone."""

    def write(self, turn: Turn) -> Written:
        with self.beside():
            return uvloop.run(self._write(turn))

    async def _write(self, turn: Turn) -> Written:
        first = await ask_each(self._warming(turn))
        before = await self._recorded()
        asked = await self.ask(self._asking(turn), turn.seconds)
        found = (await self._recorded() - before) // self.rows[turn.method]
        failed = asked.failed + sum(not each.well for each in first)
        return Written(replace(asked, failed=failed), found)

    def _warming(self, turn: Turn) -> Asking:
        """The answers are looked at one by one: others are counted only."""
        asking = self._asking(replace(turn, number=turn.number + WARMING))
        return replace(asking, targets=asking.targets[: max(WARM_UP, turn.writers)])

    def _asking(self, turn: Turn) -> Asking:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return Asking(
            address=self.address,
            targets=self._targets(turn),
            headers=headers,
            connections=turn.writers,
        )

    def _targets(self, turn: Turn) -> list[Target]:
        match turn.method:
            case "POST":
                return registrations(turn.number)
            case "PUT":
                return prices(self.ids, turn.number)

    async def _recorded(self) -> int:
        connection = await asyncpg.connect(self.database_url)
        try:
            counted: int = await connection.fetchval(self.count)
        finally:
            await connection.close()
        return counted
