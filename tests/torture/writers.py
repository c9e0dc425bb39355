"""Writers who do what their plan says, as long as the storm blows."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from tests.torture.doors import Door
from tests.torture.history import Heard, Unanswered, Write
from tests.torture.notebook import Notebook
from tests.torture.plan import NUMBERS, Step, steps

OTHER = NUMBERS // 2
"""Tells the number of a step's second write from that of its first."""

type Maker = Callable[[Step, int, UUID, int], Write]
"""Of a step, the write's own number, a product and the version that it is known to have."""


@dataclass(frozen=True, slots=True)
class Writer:
    notebook: Notebook
    doors: tuple[Door, Door]
    makes: Maker
    writes: list[Write] = field(default_factory=list)

    async def write(self, seed: int, number: int, over: asyncio.Event) -> None:
        for step in steps(seed, number):
            if over.is_set():
                return
            await self.take(step)

    async def take(self, step: Step) -> None:
        write = self._made(step, step.number)
        match step.repeated:
            case "no" if step.deed == "register":
                rival = self._made(step, step.number + OTHER)
                await asyncio.gather(self.ask(write, 0, step.patience), self.ask(rival, 1))
            case "no":
                await self.ask(write, step.number, step.patience)
            case "at once":
                await asyncio.gather(self.ask(write, 0, step.patience), self.ask(write, 1))
            case "afterwards":
                await self.ask(write, 0, step.patience)
                await self.ask(write, 1)
            case "as something else":
                other = self._made(step, step.number + OTHER)
                await asyncio.gather(self.ask(write, 0, step.patience), self.ask(other, 1))

    async def ask(self, write: Write, door: int, patience: float | None = None) -> Heard:
        head = self.notebook.head
        heard = await self.doors[door % 2].ask(write, patience)
        self.notebook.heard(write, heard, head)
        return heard

    async def ask_again(self, write: Write) -> None:
        """Until it is answered."""
        while isinstance(await self.ask(write, len(write.answers)), Unanswered):
            pass

    def _made(self, step: Step, number: int) -> Write:
        product = self.notebook.products[step.product]
        write = self.makes(step, number, product, self.notebook.versions[product])
        self.writes.append(write)
        return write
