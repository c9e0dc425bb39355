"""The worker's continuous part: it follows the logs of its catalogs and applies what is new."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from time import perf_counter, time
from typing import Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.errors import DatabaseUnavailable
from projections.leases import LeaseLost
from projections.projector import Progress, read_progress
from projections.publish import Publisher
from projections.sharing import announce, leave, worker_of
from workers import metrics
from workers.announcing import Announcing
from workers.following import Following

type State = Literal["ok", "outdated", "unavailable"]

log = structlog.get_logger(__name__)

SLOTS = 3
"""Catalogs that are applied at the same time, with two connections each."""
REST_SECONDS = 5.0
"""How long a catalog is left alone after a failure that is not of one of its streams."""
ANNOUNCE_SECONDS = 1.0
"""How often a worker says that it lives."""


class Projecting:
    """Applies, under leases, the logs of the catalogs that fall to this worker."""

    def __init__(
        self,
        engine: AsyncEngine,
        publisher: Publisher,
        *,
        holder: str,
        lease_seconds: float,
        poll_seconds: float,
        batch_limit: int,
    ) -> None:
        self._engine = engine
        self._announcing = Announcing(publisher)
        self._holder = holder
        self._lease_seconds = lease_seconds
        self._poll_seconds = poll_seconds
        self._batch_limit = batch_limit
        self._workers = frozenset({holder})
        self._announced_at = 0.0
        self._followed: dict[str, Following] = {}
        self._turns: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(SLOTS)
        self._resting_until: dict[str, float] = {}
        self._woken = asyncio.Event()
        self._stopping = False
        self.state: State = "unavailable"

    def wake(self, catalog: str = "") -> None:
        """The catalog's log has grown, somebody says."""
        if following := self._followed.get(catalog):
            self._start(following)
        else:
            self._woken.set()

    def stop(self) -> None:
        self._stopping = True
        for following in self._followed.values():
            following.stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Until `stop`; a batch that has begun is finished first."""
        try:
            while not self._stopping:
                self._woken.clear()
                await self._look_guarded()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._poll_seconds)
            await asyncio.gather(*self._turns.values())
            await self._leave()
        finally:
            for turn in self._turns.values():
                turn.cancel()

    async def _look_guarded(self) -> None:
        try:
            async with driver(self._engine) as connection:
                await self._announce(connection)
                progress = await read_progress(connection)
                await self._follow(connection, progress)
            await self._announcing.remind([each for each in progress if self._tells_of(each)])
        except DatabaseUnavailable as error:
            self._away(error)

    async def _announce(self, connection: Connection) -> None:
        if perf_counter() - self._announced_at < ANNOUNCE_SECONDS:
            return
        living = await announce(connection, self._holder, timedelta(seconds=self._lease_seconds))
        self._workers = living.workers
        metrics.REBUILD_PROGRESS.set(living.rebuilding or 0.0)
        self._announcing.clock_ahead = living.clock.timestamp() - time()
        self._announced_at = perf_counter()

    async def _follow(self, connection: Connection, progress: list[Progress]) -> None:
        _show(progress)
        for each in progress:
            if each.catalog not in self._followed:
                self._followed[each.catalog] = self._following(each)
            following = self._followed[each.catalog]
            following.known = each
            if not self._is_mine(following):
                if each.catalog not in self._turns:
                    await following.let_go(connection)
            elif following.due:
                self._start(following)
        self._look_at_code(progress)

    def _look_at_code(self, progress: list[Progress]) -> None:
        """Tables of other code are not written: until a rebuild reads show what is there."""
        outdated = any(each.outdated for each in progress)
        if outdated and self.state != "outdated":
            log.error("read_tables_outdated", advice="run `catalog rebuild` with this release")
        self.state = "outdated" if outdated else "ok"

    def _tells_of(self, known: Progress) -> bool:
        # A checkpoint just committed and not yet published would look like a missed step: of what
        # is being applied, here or by somebody else, its turn tells.
        following = self._followed[known.catalog]
        if known.catalog in self._turns or not self._is_mine(following):
            return False
        return bool(following.lease or not known.lag_events)

    def _following(self, known: Progress) -> Following:
        return Following(
            known,
            self._announcing,
            holder=self._holder,
            lease_seconds=self._lease_seconds,
            most=self._batch_limit,
        )

    def _is_mine(self, following: Following) -> bool:
        """What is of other code nobody of ours may write."""
        known = following.known
        return not known.outdated and worker_of(known.catalog, self._workers) == self._holder

    def _start(self, following: Following) -> None:
        """Have a turn soon; another one if it is having one."""
        following.wanted = True
        catalog = following.known.catalog
        if catalog in self._turns or self._stopping or self._rests(catalog):
            return
        if self._is_mine(following):
            self._turns[catalog] = asyncio.create_task(self._take_turns(following))

    async def _take_turns(self, following: Following) -> None:
        try:
            while following.wanted and self._is_mine(following) and not self._stopping:
                following.wanted = False
                async with self._slots:
                    more = await self._turn_guarded(following)
                following.wanted |= more
        finally:
            del self._turns[following.known.catalog]

    def _rests(self, catalog: str) -> bool:
        return perf_counter() < self._resting_until.get(catalog, 0.0)

    async def _turn_guarded(self, following: Following) -> bool:
        """A catalog that can't go on does not keep the others waiting."""
        catalog = following.known.catalog
        try:
            async with driver(self._engine) as reader, driver(self._engine) as writer:
                return await following.turn(
                    reader, writer, lambda: self._slots.locked() or not self._is_mine(following)
                )
        except DatabaseUnavailable as error:
            self._away(error)
        except LeaseLost:
            following.forget()
            log.info("lease_lost", catalog=catalog)
        except Exception:
            metrics.FAILURES.labels("catalog").inc()
            self._resting_until[catalog] = perf_counter() + REST_SECONDS
            following.wanted = False
            log.exception("projection_failed", catalog=catalog)
        return False

    def _away(self, error: DatabaseUnavailable) -> None:
        self.state = "unavailable"
        for following in self._followed.values():
            following.forget()
        metrics.FAILURES.labels("database").inc()
        metrics.forget_lag()
        log.warning("database_unavailable", error=repr(error.__cause__))

    async def _leave(self) -> None:
        try:
            async with driver(self._engine) as connection:
                await leave(connection, self._holder)
                for following in self._followed.values():
                    await following.let_go(connection)
        except DatabaseUnavailable as error:
            log.warning("release_failed", error=repr(error.__cause__))


def _show(progress: list[Progress]) -> None:
    for each in progress:
        metrics.LAG_EVENTS.labels(each.catalog).set(each.lag_events)
        metrics.LAG_SECONDS.labels(each.catalog).set(each.lag_seconds)
        metrics.PARKED_STREAMS.labels(each.catalog).set(each.parked)
    metrics.OUTDATED.set(any(each.outdated for each in progress))
