"""Everybody who writes, each with a database of its own on one server, and as many products."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from multiprocessing import get_context

import uvloop

from benchmarks.asking.asking import Ask
from benchmarks.asking.payloads import Payload, existing
from benchmarks.harness.installation import Installation
from benchmarks.harness.server import administer, copy_database, create_database, database_url
from benchmarks.peers import eventsourcing_environment
from benchmarks.writing.contestants import crud, crud_filling, eventsourcing_products, ours
from benchmarks.writing.in_process import Library
from benchmarks.writing.plan import CRUD, EVENTSOURCING, FUNCTIONS, PROJECTED, Plan
from benchmarks.writing.turns import Contestant
from events.garbage import collect_seldom

SETTINGS = {
    EVENTSOURCING: eventsourcing_environment.DEFAULTS,
    FUNCTIONS: eventsourcing_environment.FUNCTIONS,
}


@contextmanager
def opened(servers: Installation, plan: Plan, ask: Ask) -> Iterator[Sequence[Contestant]]:
    """Those of the plan, in its order."""
    payloads = existing(plan.products)
    with ExitStack() as stack:
        there = {each.name: each for each in _services(servers, plan, payloads, ask, stack)}
        there |= {each.name: each for each in _libraries(servers, plan, payloads, stack)}
        yield [there[name] for name in plan.contestants]


def _services(
    servers: Installation, plan: Plan, payloads: Sequence[Payload], ask: Ask, stack: ExitStack
) -> Iterator[Contestant]:
    """We are always there: others come in with our tokens."""
    url = uvloop.run(create_database(servers.database_url, "ours"))
    ids = uvloop.run(ours.fill(url, payloads))
    copy = uvloop.run(copy_database(url, "ours_projected"))
    alone = stack.enter_context(ours.alone(replace(servers, database_url=url), ids, ask))
    yield alone
    if PROJECTED in plan.contestants:
        projected = _beside(servers, copy)
        yield stack.enter_context(ours.beside_a_worker(projected, ids, ask))
    if CRUD in plan.contestants:
        installation = replace(servers, database_url=_empty(servers, "crud"))
        known = uvloop.run(crud_filling.fill(installation.database_url, payloads))
        yield stack.enter_context(crud.opened(installation, known, alone, plan.pool, ask))


def _beside(servers: Installation, url: str) -> Installation:
    """On the same servers, with logs of its own."""
    directory = servers.directory / "projected"
    directory.mkdir()
    redis_url = servers.redis_url.replace("db=0", "db=1")
    return replace(servers, database_url=url, redis_url=redis_url, directory=directory)


def _libraries(
    servers: Installation, plan: Plan, payloads: Sequence[Payload], stack: ExitStack
) -> Iterator[Contestant]:
    """In one process, which collects garbage as the services do."""
    spawning = get_context("spawn")
    process = stack.enter_context(ProcessPoolExecutor(1, spawning, collect_seldom))
    for n, name in enumerate(each for each in plan.contestants if each in SETTINGS):
        url = _empty(servers, f"eventsourcing_{n}")
        yield Library(
            name=name,
            database_url=url,
            ids=process.submit(eventsourcing_products.fill, url, payloads).result(),
            settings=SETTINGS[name],
            process=process,
        )


def _empty(servers: Installation, name: str) -> str:
    """The URL of a database without tables."""
    uvloop.run(administer(servers.database_url, f"create database {name}"))
    return database_url(servers.database_url, name)
