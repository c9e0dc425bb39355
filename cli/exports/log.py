"""A catalog's log as a file that can be verified without this service."""

from typing import BinaryIO

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.named import find_head
from cli.progress import through
from cli.written import writing
from events.canonical_event import exported
from events.walk import moment, walk


async def export_log(engine: AsyncEngine, catalog: str, output: BinaryIO) -> None:
    """Each event in canonical form (RFC 8785), with its digest, a line.

    Raises `NoSuchCatalog` and `OutputInterrupted`.
    """
    async with moment(engine) as connection:
        head = await find_head(connection, catalog)
        with through(catalog, head) as advance:
            async for events in walk(connection, catalog):
                with writing():
                    output.writelines(f"{exported(event)}\n".encode() for event in events)
                    output.flush()
                advance(events[-1].position)
