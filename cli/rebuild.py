"""`catalog rebuild`: all that is read, made anew from the log while it is read."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from typing import Annotated

import msgspec
import typer
from redis.asyncio import Redis
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import RedisUrl
from cli.differences import described
from cli.environment import Database, read
from cli.errors import RebuiltOtherwise
from events.database import driver, pool
from events.garbage import collect_seldom
from events.nudge import connect
from projections.errors import TablesDiffer
from projections.leases import new_holder
from projections.projector import read_progress
from projections.rebuild import Rebuilding, Rebuilt, rebuild, rebuild_pool
from projections.rebuild_progress import Report
from projections.rollback import roll_back

OUTDATED = (
    "catalog: another version made the read tables, and the workers of this one don't write them: "
    "run `catalog rebuild`. Until then reads show what was there."
)


class Rebuild(Database):
    redis_url: RedisUrl


def rebuild_command(
    accept_differences: Annotated[  # noqa: FBT002 -- Typer makes --accept-differences of it
        bool,
        typer.Option(
            envvar="CATALOG_ACCEPT_DIFFERENCES",
            help="Switch even if rows differ, or could not be compared.",
        ),
    ] = False,
    rollback: Annotated[  # noqa: FBT002 -- as above
        bool,
        typer.Option(
            envvar="CATALOG_ROLLBACK", help="Go back to what was read before the last switch."
        ),
    ] = False,
    as_json: Annotated[  # noqa: FBT002 -- as above
        bool, typer.Option("--json", envvar="CATALOG_JSON", help="Print one JSON object.")
    ] = False,
) -> None:
    """Make all that is read anew from the log, and switch to it when it is complete.

    Reads and writes go on meanwhile. The rebuilt tables are compared with those that are read,
    which are kept for a day, for --rollback.
    """
    if rollback:
        generation = asyncio.run(_roll_back())
        document, line = {"generation": generation}, f"Generation {generation} is read again."
    else:
        rebuilt = rebuild_now(accept_differences=accept_differences)
        document, line = asdict(rebuilt), _told(rebuilt)
    typer.echo(msgspec.json.encode(document) if as_json else line)


def rebuild_now(*, accept_differences: bool = False) -> Rebuilt:
    """With a bar on standard error. Raises `RebuiltOtherwise`, and as `rebuild` does."""
    collect_seldom(100_000)  # nobody waits for an answer of this process
    try:
        with _bar() as report:
            return asyncio.run(_rebuild(report, accept_differences=accept_differences))
    except TablesDiffer as error:
        raise RebuiltOtherwise(error.differences) from error


async def _rebuild(report: Report, *, accept_differences: bool) -> Rebuilt:
    async with _servers() as (engine, redis):
        return await rebuild(
            Rebuilding(
                engine,
                redis,
                new_holder(),
                accept_differences=accept_differences,
                report=report,
            )
        )


async def _roll_back() -> int:
    async with _servers() as (engine, redis):
        return await roll_back(engine, redis, new_holder())


@asynccontextmanager
async def _servers() -> AsyncIterator[tuple[AsyncEngine, Redis]]:
    settings = read(Rebuild)
    url, redis_url = (
        each.get_secret_value() for each in (settings.database_url, settings.redis_url)
    )
    async with rebuild_pool(url) as engine, connect(redis_url) as redis:
        yield engine, redis


@contextmanager
def _bar() -> Iterator[Report]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[events]:,} events, {task.fields[rate]:,}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("filling", total=1.0, events=0, rate=0)

        def report(done: float, details: Mapping[str, object]) -> None:
            progress.update(
                task,
                completed=done,
                description=str(details["phase"]),
                events=details["events"],
                rate=details["events_per_second"],
            )

        yield report


def _told(rebuilt: Rebuilt) -> str:
    rate = rebuilt.events / rebuilt.seconds
    return (
        f"Generation {rebuilt.generation} is read: {rebuilt.events:,} events "
        f"in {rebuilt.seconds:.1f} s ({rate:,.0f}/s), {_compared(rebuilt)}."
    )


def _compared(rebuilt: Rebuilt) -> str:
    if rebuilt.differences is None:
        return "not compared with what was read before, which did not follow the log"
    if not rebuilt.differences:
        return "equal to what was read before"
    return f"products that differ from what was read before: {described(rebuilt.differences)}"


async def is_outdated(url: str) -> bool:
    """Whether the read tables are of other code than this version's."""
    async with pool(url, application="catalog-migrate") as engine, driver(engine) as connection:
        return any(each.outdated for each in await read_progress(connection))
