"""`catalog export`: a catalog's log as a file that can be verified without this service."""

import asyncio
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from cli.environment import Database, read
from cli.errors import ExportInterrupted, NoSuchCatalog
from cli.progress import through_log
from events.canonical_event import exported
from events.database import pool
from events.log import read_heads
from events.recorded import Recorded
from events.walk import moment, walk

STANDARD_OUTPUT = Path("-")


def export(
    file: Annotated[
        Path, typer.Argument(envvar="CATALOG_FILE", dir_okay=False, help="- is standard output.")
    ] = STANDARD_OUTPUT,
    catalog: Annotated[str, typer.Option(envvar="CATALOG_CATALOG", help="Which catalog.")] = "main",
) -> None:
    """Write the log as NDJSON: each event in canonical form (RFC 8785), with its digest.

    A file is there when it is complete, and not before.
    """
    url = read(Database).database_url.get_secret_value()
    with _written(file) as output:
        asyncio.run(_export(url, catalog, output))


async def _export(url: str, catalog: str, output: BinaryIO) -> None:
    async with pool(url, application="catalog-export") as engine, moment(engine) as connection:
        head = (await read_heads(connection)).get(catalog)
        if head is None:
            raise NoSuchCatalog(catalog)
        with through_log(catalog, head) as advance:
            async for events in walk(connection, catalog):
                _write(output, events)
                advance(events[-1].position)


def _write(output: BinaryIO, events: Iterable[Recorded]) -> None:
    try:
        output.writelines(f"{exported(event)}\n".encode() for event in events)
        output.flush()
    except OSError as error:
        raise ExportInterrupted(error) from error


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    if path == STANDARD_OUTPUT:
        yield sys.stdout.buffer
    elif path.exists() and not path.is_file():
        with path.open("wb") as pipe_or_device:
            yield pipe_or_device
    else:
        yield from _replaced(path)


def _replaced(path: Path) -> Iterator[BinaryIO]:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("xb") as output:
            yield output
            os.fsync(output.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
