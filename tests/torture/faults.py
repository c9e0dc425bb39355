"""What goes wrong while everybody writes, one after the other, each when the last is overcome."""

import asyncio
from dataclasses import dataclass
from random import Random

import asyncpg

from tests.eventually import eventually
from tests.torture.notebook import Notebook
from tests.torture.plan import Mishap, mishaps
from tests.torture.servers import accepting
from tests.torture.stage import Stage

BETWEEN = 25
"""Appends that are acknowledged before the next mishap."""
PATIENCE_SECONDS = 60.0

OTHER_BACKENDS = """
    select pid from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Faults:
    notebook: Notebook
    stage: Stage

    async def strike(self, seed: int, over: asyncio.Event) -> None:
        chance = Random(f"{seed} faults")
        for mishap in mishaps(seed):
            await self._more_appends(over)
            if over.is_set():
                return
            await self._cause(mishap, chance)
            self.notebook.told[mishap] += 1

    async def _more_appends(self, over: asyncio.Event) -> None:
        enough = self.notebook.told["appended"] + BETWEEN

        async def reached() -> bool:
            return over.is_set() or self.notebook.told["appended"] >= enough

        await eventually(reached, within=PATIENCE_SECONDS)

    async def _cause(self, mishap: Mishap, chance: Random) -> None:
        match mishap:
            case "backends terminated":
                await self._terminate(chance)
            case "connections cut":
                await self.stage.between.stop()
                await self.stage.between.start()
            case "process killed":
                await chance.choice(self.stage.processes).kill_and_start_again()
            case "database crashed":
                await asyncio.to_thread(self.stage.postgres.restart_immediately)
                await accepting(self.stage.postgres.url)

    async def _terminate(self, chance: Random) -> None:
        """Half of the backends, whatever they are doing."""
        connection = await asyncpg.connect(self.stage.postgres.url)
        try:
            backends = [row["pid"] for row in await connection.fetch(OTHER_BACKENDS)]
            doomed = chance.sample(backends, (len(backends) + 1) // 2)
            await connection.execute(
                "select pg_terminate_backend(pid) from unnest($1::integer[]) pid", doomed
            )
        finally:
            await connection.close()
