"""Look-ups that wait at the same time are made together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import islice


class Gathering[K, V]:
    """At most `parallel` calls of `load` at a time, each for at most `limit` keys.

    One loader a key: who asks for a key that is being loaded waits for the next call, since what is
    under way may have been read before he asked; all who wait for that share its answer.
    """

    def __init__(
        self,
        load: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]],
        *,
        limit: int,
        parallel: int = 1,
    ) -> None:
        self._load = load
        self._limit = limit
        self._parallel = parallel
        self._waiting: dict[K, asyncio.Future[V]] = {}
        self._loading: set[K] = set()
        self._calls: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V:
        """What `load` has for the key. Raises what it raises."""
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
            if len(self._calls) < self._parallel:
                call = asyncio.create_task(self._run())
                self._calls.add(call)
                call.add_done_callback(self._calls.discard)
        return await asyncio.shield(answer)

    async def _run(self) -> None:
        while batch := self._taken():
            self._loading |= batch.keys()
            try:
                await self._answer(batch)
            finally:
                self._loading -= batch.keys()

    def _taken(self) -> dict[K, asyncio.Future[V]]:
        """Those who waited longest; none whose key is being loaded by another call."""
        free = (key for key in self._waiting if key not in self._loading)
        return {key: self._waiting.pop(key) for key in list(islice(free, self._limit))}

    async def _answer(self, batch: Mapping[K, asyncio.Future[V]]) -> None:
        try:
            found = await self._load(list(batch))
        except Exception as error:  # noqa: BLE001 -- it is for those who asked
            for answer in batch.values():
                answer.set_exception(error)
                answer.exception()  # they may all have gone away: then nobody needs to hear of it
        else:
            for key, answer in batch.items():
                answer.set_result(found[key])
