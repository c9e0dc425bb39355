"""Imports files one after the other, each as a feed by itself."""

from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from cli.feeds.endings import ENDINGS, refused
from cli.feeds.files import FeedFile
from cli.feeds.progress import progress
from cli.feeds.telling import Telling
from cli.feeds.wanted import Wanted
from cli.write_side import write_side
from commands.feeds.asked import Asked
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.formats.source import reading as reading_feed
from commands.feeds.importing import import_feed
from commands.feeds.jobs import refuse_beside_job
from commands.feeds.report import Report
from commands.feeds.rows import Feed
from commands.write_side import WriteSide
from events.catalogs import read_catalogs
from events.database import driver
from events.errors import Refused


async def import_files(
    settings: Settings, catalog: str, files: Sequence[FeedFile], wanted: Wanted, telling: Telling
) -> None:
    """Ends at the first file that is refused as a whole, once its refused rows have been told.

    Raises `NoSuchCatalog`, what `refused` makes of refusals, and what interrupts `import_feed`.
    """
    async with write_side(settings, catalog, application="catalog-import") as side:
        engine = side.appender.engine
        reading = wanted.reading(await _default_currency(engine, catalog))
        for file in files:
            refusal = await _import(side, file, reading, wanted, telling)
            await telling.ended(engine, wanted)
            if refusal:
                raise refused(refusal, file.name, wanted, is_begun=telling.is_begun)


async def _default_currency(engine: AsyncEngine, catalog: str) -> str:
    async with driver(engine) as connection:
        [found] = await read_catalogs(connection, [catalog])
    return found.default_currency


async def _import(
    side: WriteSide, file: FeedFile, reading: Reading, wanted: Wanted, telling: Telling
) -> Refused | None:
    """What ended it, other than its end."""
    telling.begun(file.name)
    try:
        async with driver(side.appender.engine) as connection:
            await refuse_beside_job(connection, side.catalog, wanted.source)
        with _opened(file.path) as opened:
            asked = wanted.asked(opened, reading)
            with open_feed(opened, reading) as feed:
                await _read(side, feed, asked, file.name, telling)
    except ENDINGS as refusal:
        return refusal
    return None


def _opened(path: Path) -> FileIO:
    with reading_feed():
        return FileIO(path)


async def _read(side: WriteSide, feed: Feed, asked: Asked, name: str, telling: Telling) -> None:
    with progress(name, feed, telling.console) as show:

        def told(report: Report) -> None:
            telling.told(report)
            show(report)

        await import_feed(side, feed, asked, told)
