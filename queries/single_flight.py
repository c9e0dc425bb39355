"""One answer for all who ask for the same at a time."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from contextvars import Context


class SingleFlight[K: Hashable, V]:
    """Who comes while an answer is under way shares it, or its failure; who leaves ends nothing.

    What is asked belongs to nobody's request: in no context of who came first.
    """

    def __init__(self) -> None:
        self._under_way: dict[K, asyncio.Task[V]] = {}

    async def __call__(self, key: K, ask: Callable[[], Coroutine[None, None, V]]) -> V:
        asked = self._under_way.get(key)
        if asked is None:
            asked = self._under_way[key] = asyncio.create_task(ask(), context=Context())
            asked.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(asked)

    def _landed(self, key: K, asked: asyncio.Task[V]) -> None:
        del self._under_way[key]
        if not asked.cancelled():
            asked.exception()  # else asyncio complains of one whose askers have all left
