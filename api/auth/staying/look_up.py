"""One look at a session, which all share who ask for it at a time."""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context

from api.auth.roles import Principal

IMPATIENT_SECONDS = 0.25
"""The longest that somebody waits for PostgreSQL who may be believed without it."""

type Answer = tuple[Principal | None, float]
"""Who it is, and until when that may be remembered."""
type Find = Callable[[LookUp], Coroutine[None, None, Answer]]
type Found = Callable[[LookUp], None]


class LookUp:
    def __init__(self, find: Find, found: Found) -> None:
        """`found` hears when it has ended. Both belong to nobody's request."""
        nobodys = Context()
        self._believed: asyncio.Future[Principal] = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(find(self), context=nobodys)
        self.task.add_done_callback(lambda _: found(self), context=nobodys)

    def believe(self, principal: Principal) -> None:
        """Who it is unless PostgreSQL says soon."""
        asyncio.get_running_loop().call_later(IMPATIENT_SECONDS, self._believe, principal)

    def _believe(self, principal: Principal) -> None:
        if not self._believed.done():
            self._believed.set_result(principal)

    async def soon(self) -> Principal | None:
        """Who it is, as far as that can be told without a long wait; None: it has ended.

        Raises DatabaseUnavailable.
        """
        await asyncio.wait((self.task, self._believed), return_when=asyncio.FIRST_COMPLETED)
        return self.task.result()[0] if self.task.done() else self._believed.result()

    async def answered(self) -> Principal | None:
        """The same, however long it takes."""
        principal, _ = await asyncio.shield(self.task)
        return principal
