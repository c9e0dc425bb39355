"""What a process is given to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.asking.asking import Ask, Target
from benchmarks.asking.payloads import prices
from benchmarks.asking.questions import FEW, by_id, filtered
from benchmarks.costing.asked import asked
from benchmarks.costing.catalog import Filled
from benchmarks.costing.plan import Plan
from benchmarks.costing.processes import Begun, Kind
from benchmarks.material.feeds import Row
from benchmarks.material.price_changes import change
from benchmarks.material.projected import caught_up
from events.database import driver


@dataclass(frozen=True, slots=True, kw_only=True)
class Loads:
    engine: AsyncEngine
    filled: Filled
    rows: Sequence[Row]
    ask: Ask
    plan: Plan

    async def on(self, kind: Kind, begun: Begun) -> None:
        """Raises `RuntimeError` where it fails at them."""
        if kind == "worker":
            await self._follow()
        if kind in {"commands", "all", "several"}:
            await self._ask(begun, prices([each.id for each in self.filled.products], turn=1))
        if kind in {"queries", "all", "several"}:
            products = by_id(self.filled.products)
            for targets in (products[:FEW], products, filtered(self.rows)):
                await self._ask(begun, targets)

    async def _follow(self) -> None:
        await change(self.engine, self.plan.changes)
        async with driver(self.engine) as connection:
            await caught_up(connection)

    async def _ask(self, begun: Begun, targets: Sequence[Target]) -> None:
        asking = asked(begun.address, self.filled.token, targets, self.plan.connections)
        told = await self.ask(asking, self.plan.seconds)
        if told.failed:
            raise RuntimeError(told)
