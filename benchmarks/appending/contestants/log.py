"""The log of this service: through the appender of a process, and without it."""

from collections.abc import Awaitable, Callable

import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.asking.load import Load, Window, by_tasks
from benchmarks.material.story import CATALOG, told
from commands.appending import KIND
from events.append import Appended, Outcome, append
from events.appender import Appender
from events.database import driver, pool

APPLICATION = "catalog-bench"
MOST_CONNECTIONS = 64


def in_groups(url: str, writers: int, window: Window) -> Load:
    return uvloop.run(_in_groups(url, writers, window))


def one_by_one(url: str, writers: int, window: Window) -> Load:
    """The same function of the schema, each append in a call and a transaction of its own."""
    return uvloop.run(_one_by_one(url, writers, window))


async def _in_groups(url: str, writers: int, window: Window) -> Load:
    async with pool(url, application=APPLICATION) as engine:
        appender = Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500)
        return await by_tasks(window, [_grouped(appender) for _ in range(writers)])


def _grouped(appender: Appender) -> Callable[[], Awaitable[None]]:
    story = told()

    async def write() -> None:
        _check(await appender.append(next(story)))

    return write


async def _one_by_one(url: str, writers: int, window: Window) -> Load:
    connections = min(writers, MOST_CONNECTIONS)
    async with pool(url, application=APPLICATION, pool_size=connections) as engine:
        return await by_tasks(window, [_single(engine) for _ in range(writers)])


def _single(engine: AsyncEngine) -> Callable[[], Awaitable[None]]:
    story = told()

    async def write() -> None:
        async with driver(engine) as connection:
            _check(*await append(connection, CATALOG, KIND, [next(story)]))

    return write


def _check(outcome: Outcome) -> None:
    if not isinstance(outcome, Appended):
        raise TypeError(outcome)
