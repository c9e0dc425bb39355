"""Which sessions are alive, as this process knows it: its own memory, Redis, PostgreSQL."""

import asyncio
from time import monotonic
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.memory import Memory
from api.auth.notices import Notices
from api.auth.roles import Principal
from api.auth.tables import Session, UserRole
from events.database import session

FRESH_SECONDS = 2.0
"""The oldest that an answer may be, counted from PostgreSQL's."""
REMEMBERED = 10_000

ALIVE = (
    select(Session.username, UserRole.catalog_id, UserRole.role)
    .join_from(Session, UserRole, Session.username == UserRole.username, isouter=True)
    .where(Session.revoked_at.is_(None), Session.expires_at > func.now())
)


class LiveSessions:
    def __init__(self, engine: AsyncEngine, notices: Notices) -> None:
        self._engine = engine
        self._notices = notices
        self._known: Memory[str, Principal] = Memory(REMEMBERED)
        self._asking: dict[UUID, asyncio.Task[Principal | None]] = {}

    async def principal(self, session_id: UUID) -> Principal | None:
        """Who the session belongs to, with the roles of today; None when it has ended.

        Those who ask for the same one at a time share one answer.
        """
        if (known := self._known.get(str(session_id))) is not None:
            return known
        if (asking := self._asking.get(session_id)) is None:
            asking = self._asking[session_id] = asyncio.create_task(self._find(session_id))
            asking.add_done_callback(lambda asked: self._answered(session_id, asked))
        return await asyncio.shield(asking)

    def _answered(self, session_id: UUID, asked: asyncio.Task[Principal | None]) -> None:
        if self._asking.get(session_id) is asked:
            del self._asking[session_id]

    async def _find(self, session_id: UUID) -> Principal | None:
        if (found := await self._notices.find(session_id)) is not None:
            notice, seconds = found
            return self._remember(notice.principal, seconds)
        asked_at = monotonic()
        principal = await self._read(session_id)
        seconds = FRESH_SECONDS - (monotonic() - asked_at)
        if principal is not None:
            await self._notices.tell(principal, seconds)
        return self._remember(principal, seconds)

    async def began(self, principal: Principal) -> None:
        await self._notices.tell(principal, FRESH_SECONDS)

    async def ended(self, *session_ids: UUID) -> None:
        """Every process refuses them: at once, or in two seconds when Redis is away."""
        self._forget_all(session_ids)
        await self._notices.ended(*session_ids)

    async def changed(self, *session_ids: UUID) -> None:
        self._forget_all(session_ids)
        await self._notices.changed(*session_ids)

    async def listen(self) -> None:
        await self._notices.listen(self._known.drop)

    def _forget_all(self, session_ids: tuple[UUID, ...]) -> None:
        for session_id in session_ids:
            self._known.drop(str(session_id))
            self._asking.pop(session_id, None)

    def _remember(self, principal: Principal | None, seconds: float) -> Principal | None:
        if principal is not None:
            self._known.put(str(principal.session_id), principal, seconds)
        return principal

    async def _read(self, session_id: UUID) -> Principal | None:
        async with session(self._engine) as database:
            rows = (await database.execute(ALIVE.where(Session.session_id == session_id))).all()
        if not rows:
            return None
        roles = {row.catalog_id: row.role for row in rows if row.role}
        return Principal(rows[0].username, session_id, roles)
