"""Look-ups that wait at the same time are made together."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextvars import Context
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
        self._waiting: dict[K, list[asyncio.Future[V]]] = {}
        self._loading: set[K] = set()
        self._running = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V:
        """What `load` has for the key. Raises what it raises."""
        answer: asyncio.Future[V] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(answer)
        if self._running < self._parallel:
            self._running += 1
            task = asyncio.create_task(self._run(), context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _run(self) -> None:
        try:
            while batch := self._taken():
                await self._answer(batch)
        finally:  # not when the task is done: who asked before that would wait for nobody
            self._running -= 1

    def _taken(self) -> dict[K, list[asyncio.Future[V]]]:
        """Those who waited longest; none whose key is being loaded by another call."""
        free = (key for key in self._waiting if key not in self._loading)
        return {key: self._waiting.pop(key) for key in list(islice(free, self._limit))}

    async def _answer(self, batch: Mapping[K, Sequence[asyncio.Future[V]]]) -> None:
        """Whoever has gone away meanwhile has cancelled his answer."""
        keys = [key for key, answers in batch.items() if any(_awaited(answers))]
        self._loading.update(keys)
        try:
            found = await self._load(keys) if keys else {}
            for key in keys:
                for answer in _awaited(batch[key]):
                    answer.set_result(found[key])
        except Exception as error:  # noqa: BLE001 -- it is for those who asked
            for answer in _awaited(*batch.values()):
                answer.set_exception(error)
        finally:  # also of one that is cancelled
            self._loading.difference_update(keys)
            for answer in _awaited(*batch.values()):
                answer.cancel()


def _awaited[V](*answers: Sequence[asyncio.Future[V]]) -> Iterator[asyncio.Future[V]]:
    return (each for of_a_key in answers for each in of_a_key if not each.done())
