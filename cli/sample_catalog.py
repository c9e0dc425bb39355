"""The sample catalog, for a first look at an installation that holds nothing yet."""

import asyncio
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console

from api.settings import Settings
from cli.environment import read
from cli.feeds.files import FeedFile
from cli.feeds.importing import import_files
from cli.feeds.telling import Telling
from cli.feeds.wanted import Wanted
from cli.named import find_head
from events.database import driver, pool

CATALOG = "main"
SOURCE = "sample"
BEGUN = "sample-begun"
KNOWN_SINCE = datetime(2023, 11, 16, tzinfo=UTC)
"""The day of the snapshot that the sample was cut from."""


def import_into_empty(url: str, directory: Path, console: Console) -> None:
    """Into the catalog `main` when it has no events, or when this was interrupted."""
    begun = directory / BEGUN
    if not begun.exists() and asyncio.run(_head(url)):
        return
    begun.touch()
    with as_file(files(__package__) / "sample" / "products.ndjson.gz") as path:
        feed = FeedFile(path, path.name)
        wanted = Wanted(source=SOURCE, occurred_at=KNOWN_SINCE)
        asyncio.run(import_files(read(Settings), CATALOG, [feed], wanted, Telling(console)))
    begun.unlink()


async def _head(url: str) -> int:
    async with pool(url, application="catalog-sample") as engine, driver(engine) as connection:
        return await find_head(connection, CATALOG)
