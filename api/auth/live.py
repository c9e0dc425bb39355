"""Which sessions are alive, as this process knows it: its own memory, Redis, PostgreSQL.

Where no PostgreSQL answers, a session is taken to be alive that one said so of at most
`stale_seconds` ago, as long as Redis has that word and none of its end (ADR 11).
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.databases import Databases
from api.auth.memory import Memory
from api.auth.notices import Notice, Notices
from api.auth.roles import Principal
from events.database import driver, statement
from events.errors import DatabaseUnavailable

FRESH_SECONDS = 2.0
"""The oldest that an answer may be, counted from PostgreSQL's."""
AHEAD_SECONDS = 0.5
"""So long before, one is asked for anew, so that nobody who asks all the time waits for it."""
REMEMBERED = 10_000

_LIVING = statement(__package__, "sql/living_session.sql")

type Answer = tuple[Principal | None, float]
"""Who it is, and for how many seconds that may be remembered."""


class LiveSessions:
    def __init__(
        self,
        databases: Databases,
        notices: Notices,
        *,
        stale_seconds: float,
        unconfirmed: Callable[[], None],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`unconfirmed` hears of each answer that PostgreSQL had no part in."""
        self._databases = databases
        self._notices = notices
        self._stale_seconds = stale_seconds
        self._unconfirmed = unconfirmed
        self._clock = clock
        self._known: Memory[UUID, Principal] = Memory(REMEMBERED, clock=clock)
        self._asking: dict[UUID, asyncio.Task[Answer]] = {}
        self._tasks: set[asyncio.Task[Answer]] = set()

    def known(self, session_id: UUID) -> Principal | None:
        """Who that is, from memory alone; None where somebody else has to be asked."""
        found = self._known.find(session_id)
        if found is None:
            return None
        principal, seconds = found
        if seconds < AHEAD_SECONDS:
            self._asked(session_id)
        return principal

    async def principal(self, session_id: UUID) -> Principal | None:
        """Who the session belongs to, with the roles of today; None when it has ended.

        Those who ask for the same one at a time share one answer. Raises DatabaseUnavailable.
        """
        if (known := self.known(session_id)) is not None:
            return known
        principal, _ = await asyncio.shield(self._asked(session_id))
        return principal

    async def began(self, principal: Principal) -> None:
        await self._notices.tell(principal)

    async def ended(self, *session_ids: UUID) -> None:
        """Every process refuses them: at once, or in two seconds when Redis is away."""
        self._forget(*session_ids)
        await self._notices.ended(*session_ids)

    async def changed(self, *session_ids: UUID) -> None:
        self._forget(*session_ids)
        await self._notices.changed(*session_ids)

    async def listen(self) -> None:
        """Until cancelled, and with it whatever is being asked."""
        try:
            await self._notices.listen(self._forget)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self, *session_ids: UUID) -> None:
        """And what is being answered may be out of date: it is not remembered."""
        for session_id in session_ids:
            self._known.drop(session_id)
            self._asking.pop(session_id, None)

    def _asked(self, session_id: UUID) -> asyncio.Task[Answer]:
        asking = self._asking.get(session_id)
        if asking is None:
            asking = self._asking[session_id] = asyncio.create_task(self._find(session_id))
            self._tasks.add(asking)
            asking.add_done_callback(lambda asked: self._answered(session_id, asked))
        return asking

    def _answered(self, session_id: UUID, asked: asyncio.Task[Answer]) -> None:
        self._tasks.discard(asked)
        is_current = self._asking.get(session_id) is asked
        if is_current:
            del self._asking[session_id]
        if asked.cancelled() or asked.exception() or not is_current:
            return
        principal, seconds = asked.result()
        self._known.drop(session_id)
        if principal is not None:
            self._known.put(session_id, principal, seconds)

    async def _find(self, session_id: UUID) -> Answer:
        asked_at = self._clock()
        notice = await self._notices.find(session_id)
        if notice and (notice.principal is None or _is_fresh(notice)):
            age = notice.age_seconds + self._clock() - asked_at
            return notice.principal, FRESH_SECONDS - age
        asked_database_at = self._clock()
        try:
            principal = await self._databases.answer(lambda engine: _read(engine, session_id))
        except DatabaseUnavailable:
            return self._believed(notice), FRESH_SECONDS - (self._clock() - asked_at)
        age = self._clock() - asked_database_at
        if principal is not None:
            await self._notices.tell(principal, age)
        elif notice is not None:  # its end was not heard of: Redis was away
            await self._notices.changed(session_id)
        return principal, FRESH_SECONDS - age

    def _believed(self, notice: Notice | None) -> Principal:
        """Whom Redis knows. Raises DatabaseUnavailable."""
        if notice is None or notice.principal is None or notice.age_seconds > self._stale_seconds:
            raise DatabaseUnavailable
        self._unconfirmed()
        return replace(notice.principal, is_confirmed=False)


def _is_fresh(notice: Notice) -> bool:
    return notice.age_seconds < FRESH_SECONDS - AHEAD_SECONDS


async def _read(engine: AsyncEngine, session_id: UUID) -> Principal | None:
    async with driver(engine) as connection:
        rows = await connection.fetch(_LIVING, session_id)
    if not rows:
        return None
    roles = {row["catalog_id"]: row["role"] for row in rows if row["role"]}
    return Principal(rows[0]["username"], session_id, roles)
