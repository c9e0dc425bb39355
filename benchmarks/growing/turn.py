"""One question, asked of one catalog: by one connection, then by many."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.asking.asking import Ask, Asked, Asking
from benchmarks.asking.forgetting import forgetting
from benchmarks.asking.python_client import ask_each
from benchmarks.asking.sources import found, share
from benchmarks.growing.measurements import Measurement, Place
from benchmarks.growing.plan import Plan
from benchmarks.growing.questions import QUESTIONS, Question
from benchmarks.growing.served_catalog import ServedCatalog
from benchmarks.material.feeds import Row

FORGOTTEN_SECONDS = 0.5
"""Less than it takes a process to read all that is asked for from PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Turn:
    catalog: ServedCatalog
    name: str
    place: Place

    @property
    def question(self) -> Question:
        return QUESTIONS[self.name]

    async def measured(self, rows: Sequence[Row], ask: Ask, plan: Plan) -> Iterator[Measurement]:
        """With words of these rows. What failed on the way there counts, too."""
        together = self._asking(rows, plan, plan.connections)
        alone = self._asking(rows, plan, 1)
        async with self._prepared(together) as failed:
            one, of_one = await self._asked(alone, ask, plan)
            many, of_many = await self._asked(together, ask, plan)
        shares = [each for each in (of_one, of_many) if each is not None]
        return self._told(one, many, failed, shares)

    def _told(
        self, one: Asked, many: Asked, failed_before: int, shares: Sequence[float]
    ) -> Iterator[Measurement]:
        yield from self.place.latency(self.name, one.p50_ms, one.p99_ms)
        yield self.place.throughput(self.name, many.per_second)
        yield self.place.failed(self.name, failed_before + one.failed + many.failed)
        if shares:
            yield self.place.found(self.name, min(shares))

    def _asking(self, rows: Sequence[Row], plan: Plan, connections: int) -> Asking:
        """Begun elsewhere in each round: where none comes to an end, all do together."""
        number = 1 + 2 * self.place.round + (connections > 1)
        targets = self.question.targets(self.catalog.products, rows, number)
        first = self.place.round * len(targets) // plan.rounds
        return Asking(
            address=self.catalog.addresses[self.question.process],
            targets=[*targets[first:], *targets[:first]],
            headers={
                "Authorization": f"Bearer {self.catalog.token}",
                "Content-Type": "application/json",
            },
            connections=connections,
        )

    @asynccontextmanager
    async def _prepared(self, asking: Asking) -> AsyncIterator[int]:
        """How many requests failed that were asked before, so that answers are in a cache."""
        if self.question.source == "database":
            async with forgetting(self.catalog.installation, FORGOTTEN_SECONDS):
                yield 0
        elif self.question.again:
            yield sum(not each.well for each in await ask_each(asking))
        else:
            yield 0

    async def _asked(self, asking: Asking, ask: Ask, plan: Plan) -> tuple[Asked, float | None]:
        """And the share of products that was found where it had to be; None: that is anywhere."""
        before = await found(asking.address)
        asked = await ask(asking, plan.seconds)
        source = self.question.source
        return asked, share(source, await found(asking.address) - before) if source else None
