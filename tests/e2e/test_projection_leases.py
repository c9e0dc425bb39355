"""Several workers, one of which stands still, goes on again, or dies, while writes go on."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from projections.generations import FIRST, schema_of
from tests.eventually import eventually
from tests.exactness import assert_exact
from tests.given import checkpoint
from tests.holding import WORKER, applying_pid, held, waits
from tests.traffic import traffic
from tests.worker_process import WorkerProcess, worker

LEASE_SECONDS = 3.0
TAKEN_OVER_SECONDS = 5.0
SLOW_MACHINE_SECONDS = 3.0
UNPREPARED = "lock table projections.discarded in access exclusive mode"
UNWRITTEN = f"lock table {schema_of(FIRST)}.product_prices in share mode"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two workers that both live, and writes for them."""

    engine: AsyncEngine
    both: list[WorkerProcess]

    async def applying(self) -> tuple[WorkerProcess, WorkerProcess]:
        """The one that holds the lease, and the other one."""
        pids = {each.process.pid: each for each in self.both}

        pid = 0

        async def is_one_of_us() -> bool:
            nonlocal pid
            pid = await applying_pid(self.engine) or 0
            return pid in pids

        await eventually(is_one_of_us)
        first = pids[pid]
        (second,) = (each for each in self.both if each is not first)
        return first, second

    async def taken_over_by(self, process: WorkerProcess) -> None:
        async def holds() -> bool:
            return await applying_pid(self.engine) == process.process.pid

        await eventually(holds)
        reached = await checkpoint(self.engine)

        async def moves() -> bool:
            return await checkpoint(self.engine) > reached

        await eventually(moves)


@asynccontextmanager
async def pair(settings: Settings, engine: AsyncEngine, directory: Path) -> AsyncIterator[Pair]:
    with ExitStack() as stack:
        both = [
            stack.enter_context(worker(settings, directory, lease_seconds=LEASE_SECONDS))
            for _ in range(2)
        ]
        async with traffic(engine, settings.redis_url.get_secret_value()):
            for each in both:
                await each.is_ready()
            yield Pair(engine, both)
        await assert_exact(engine, settings.redis_url.get_secret_value())


async def test_who_wakes_up_with_a_batch_for_a_lease_of_another_applies_none_of_it(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    async with pair(settings, engine, tmp_path) as given:
        first, second = await given.applying()
        async with held(engine, UNPREPARED):
            await waits(engine, WORKER, "discarded")
            first.process.send_signal(signal.SIGSTOP)
        await given.taken_over_by(second)
        first.process.send_signal(signal.SIGCONT)
        await first.says("lease_lost")
        second.end(signal.SIGKILL)
        await given.taken_over_by(first)


async def test_who_stands_still_within_a_transaction_does_not_keep_its_locks(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    async with pair(settings, engine, tmp_path) as given:
        first, second = await given.applying()
        async with held(engine, UNWRITTEN):
            await waits(engine, WORKER, "product_prices")
            first.process.send_signal(signal.SIGSTOP)
        stopped = datetime.now(UTC)
        await given.taken_over_by(second)
        assert await first_batch_after(second, stopped) < TAKEN_OVER_SECONDS + SLOW_MACHINE_SECONDS
        first.process.send_signal(signal.SIGCONT)
        second.end(signal.SIGKILL)
        await given.taken_over_by(first)


async def test_a_dead_one_is_replaced_within_five_seconds(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    async with pair(settings, engine, tmp_path) as given:
        first, second = await given.applying()
        died = datetime.now(UTC)
        await asyncio.to_thread(first.end, signal.SIGKILL)
        await given.taken_over_by(second)
        assert await first_batch_after(second, died) < TAKEN_OVER_SECONDS + SLOW_MACHINE_SECONDS


async def first_batch_after(process: WorkerProcess, moment: datetime) -> float:
    """In seconds, by the clock of the worker that applied it, once it tells of it."""
    times: list[datetime] = []

    async def is_told() -> bool:
        lines = [json.loads(line) for line in process.said.splitlines() if '"projected"' in line]
        told = [datetime.fromisoformat(line["timestamp"]) for line in lines]
        times[:] = [each for each in told if each > moment]
        return bool(times)

    await eventually(is_told)
    found = (min(times) - moment).total_seconds()
    print(f"taken over after {found:.2f} s")
    return found
