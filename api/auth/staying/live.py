"""Which sessions are alive, as this process knows it: its own memory, Redis, PostgreSQL.

Where the primary does not answer, a session is taken to be alive that a replica says so of, or that
the primary said so of at most `stale_seconds` ago, as long as Redis has that word and none of its
end (ADR 11).
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.databases import Databases
from api.auth.memory import Memory
from api.auth.roles import Principal
from api.auth.staying.living import read_living
from api.auth.staying.look_up import Answer, LookUp
from api.auth.staying.notices import FRESH_SECONDS, Living, Notice, Notices
from events.errors import DatabaseUnavailable
from queries.gathering import Gathering

AHEAD_SECONDS = 0.5
"""So long before, one is asked for anew, so that nobody who asks all the time waits for it."""
AT_ONCE = 500
"""Sessions of one look-up."""
LOOK_UPS = 2
"""In PostgreSQL at a time: while one tries whether it is back, others go on without it."""

type Wanted = tuple[UUID, int | None]
"""A session, and when Redis was asked for it by its own clock."""
type Said = tuple[Principal | None, bool]
"""Who it is, and whether that is the primary's word."""


class LiveSessions:
    def __init__(
        self,
        databases: Databases,
        notices: Notices,
        *,
        stale_seconds: float,
        remembered: int,
        unconfirmed: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`unconfirmed` hears of each answer that the primary had no part in."""
        self._databases = databases
        self._notices = notices
        self._stale_seconds = stale_seconds
        self._unconfirmed = unconfirmed
        self._clock = clock
        self._known: Memory[UUID, Principal] = Memory(remembered, clock=clock)
        self._noticed = Gathering(notices.find, limit=AT_ONCE)
        self._said = Gathering(self._ask, limit=AT_ONCE, parallel=LOOK_UPS)
        self._look_ups: dict[UUID, LookUp] = {}
        self._tasks: set[asyncio.Task[Answer]] = set()

    def known(self, session_id: UUID) -> Principal | None:
        """Who that is, from memory alone; None where somebody else has to be asked."""
        found = self._known.find(session_id)
        if found is None:
            return None
        principal, seconds = found
        if seconds < AHEAD_SECONDS:
            self._look_up(session_id)
        return principal

    async def principal(self, session_id: UUID) -> Principal | None:
        """Who the session belongs to, with the roles of today; None when it has ended.

        Those who ask for the same one at a time share one look. Raises DatabaseUnavailable.
        """
        if (known := self.known(session_id)) is not None:
            return known
        return await self._look_up(session_id).soon()

    async def confirmed(self, session_id: UUID) -> Principal | None:
        """The same by the primary's word, and by no other. Raises DatabaseUnavailable."""
        principal = await self._look_up(session_id).answered()
        if principal and not principal.is_confirmed:
            raise DatabaseUnavailable
        return principal

    async def began(self, session_id: UUID) -> None:
        """It is looked up, so that Redis knows of it before PostgreSQL may be away."""
        with suppress(DatabaseUnavailable):
            await self.principal(session_id)

    async def ended(self, *session_ids: UUID) -> None:
        """Every process refuses them: at once, or in two seconds when Redis is away."""
        self._forget(*session_ids)
        await self._notices.ended(*session_ids)

    async def changed(self, *session_ids: UUID) -> None:
        self._forget(*session_ids)
        await self._notices.changed(*session_ids)

    async def listen(self) -> None:
        """Until cancelled."""
        await self._notices.listen(self._forget)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self, *session_ids: UUID) -> None:
        """And what is being answered may be out of date: it is not remembered."""
        for session_id in session_ids:
            self._known.drop(session_id)
            self._look_ups.pop(session_id, None)

    def _look_up(self, session_id: UUID) -> LookUp:
        look_up = self._look_ups.get(session_id)
        if look_up is None:
            look_up = self._look_ups[session_id] = LookUp(
                lambda look_up: self._find(session_id, look_up),
                lambda look_up: self._found(session_id, look_up),
            )
            self._tasks.add(look_up.task)
        return look_up

    def _found(self, session_id: UUID, look_up: LookUp) -> None:
        task = look_up.task
        self._tasks.discard(task)
        is_current = self._look_ups.get(session_id) is look_up
        if is_current:
            del self._look_ups[session_id]
        if task.cancelled() or task.exception() or not is_current:
            return
        principal, until = task.result()
        self._known.drop(session_id)
        seconds = until - self._clock()
        if principal is not None and seconds > 0:
            self._known.put(session_id, principal, seconds)

    async def _find(self, session_id: UUID, look_up: LookUp) -> Answer:
        until = self._clock() + FRESH_SECONDS
        notice = await self._noticed.get(session_id)
        if notice.has_ended or _is_fresh(notice):
            return notice.principal, until - notice.age_seconds
        believed = self._believed(notice)
        if believed:
            look_up.believe(believed)
        try:
            principal, is_confirmed = await self._said.get((session_id, notice.found_at))
        except DatabaseUnavailable:
            if believed is None:
                raise
            principal, is_confirmed = believed, False
        if not is_confirmed:
            return self._taken_for(principal), until
        if principal is None and notice.principal:  # its end was not heard of: Redis was away
            await self._notices.changed(session_id)
        return principal, until

    async def _ask(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, Said]:
        """Redis is told of those that live, by the primary's word."""

        async def read(engine: AsyncEngine) -> tuple[Mapping[UUID, Principal], bool]:
            living = await read_living(engine, [session_id for session_id, _ in wanted])
            return living, self._databases.is_primary(engine)

        living, is_primary = await self._databases.answer(read)
        if is_primary:
            await self._notices.tell(
                *(
                    Living(living[session_id], asked_at)
                    for session_id, asked_at in wanted
                    if session_id in living and asked_at is not None
                )
            )
        return {each: (living.get(each[0]), is_primary) for each in wanted}

    def _believed(self, notice: Notice) -> Principal | None:
        """Whom Redis knows, while nobody better says so."""
        is_old = notice.age_seconds > self._stale_seconds
        return None if is_old or not notice.principal else _unconfirmed(notice.principal)

    def _taken_for(self, principal: Principal | None) -> Principal:
        """Raises DatabaseUnavailable for None: a replica that lags does not know all sessions."""
        if principal is None:
            raise DatabaseUnavailable
        self._unconfirmed()
        return _unconfirmed(principal)


def _is_fresh(notice: Notice) -> bool:
    return notice.principal is not None and notice.age_seconds < FRESH_SECONDS - AHEAD_SECONDS


def _unconfirmed(principal: Principal) -> Principal:
    return replace(principal, is_confirmed=False)
