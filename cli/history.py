"""`catalog history`: who did what to a product, when, and what stood there before."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime
from typing import Annotated

import msgspec
import typer
from rich.text import Text
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.environment import Database, read
from cli.harmless import harmless
from cli.named import find_logged_product
from cli.places import moment
from cli.printer import Printer
from cli.timeline import told, when
from events.database import driver, pool
from events.selection import Selection
from queries.audit.events import LogReader
from queries.audit.telling import LoggedItem

AT_ONCE = 500
REMEMBERED_BYTES = 16_000_000
"""Of one product, so that no event is read twice."""

_MOMENT = "MOMENT"


def history(  # noqa: PLR0913, PLR0917 -- options of a command
    product: Annotated[str, typer.Argument(envvar="CATALOG_PRODUCT", help="Its SKU or its id.")],
    since: Annotated[
        datetime | None,
        typer.Option(
            envvar="CATALOG_SINCE",
            parser=moment,
            metavar=_MOMENT,
            help="What occurred then or later: 2024-01-20T12:00:00Z, or a date.",
        ),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(
            envvar="CATALOG_UNTIL", parser=moment, metavar=_MOMENT, help="What occurred before."
        ),
    ] = None,
    types: Annotated[
        list[str] | None,
        typer.Option("--type", envvar="CATALOG_TYPE", help="Such events only; repeatable."),
    ] = None,
    actor: Annotated[
        str | None, typer.Option(envvar="CATALOG_ACTOR", help="Events of this actor only.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(envvar="CATALOG_LIMIT", min=1, help="The first so many of them.")
    ] = None,
    catalog: Annotated[str, typer.Option(envvar="CATALOG_CATALOG", help="Which catalog.")] = "main",
    as_json: Annotated[  # noqa: FBT002 -- Typer makes --json of it
        bool, typer.Option("--json", envvar="CATALOG_JSON", help="A JSON object a line.")
    ] = False,
) -> None:
    """Tell what happened to a product, oldest first: when, by whom, and what each event changed.

    When it was recorded is told where that is not when it happened.
    """
    url = read(Database).database_url.get_secret_value()
    wanted = Selection(types=tuple(types or ()), actor=actor, since=since, until=until)
    asyncio.run(_tell(url, catalog, product, wanted, limit or sys.maxsize, as_json=as_json))


async def _tell(
    url: str, catalog: str, product: str, wanted: Selection, limit: int, *, as_json: bool
) -> None:
    printer = Printer(as_json=as_json)
    async with pool(url, application="catalog-history") as engine:
        async with driver(engine) as connection:
            stream = await find_logged_product(connection, catalog, product)
        of_it = msgspec.structs.replace(wanted, stream=stream)
        async with aclosing(_items(engine, catalog, of_it, limit)) as items:
            async for item in items:
                if as_json:
                    printer.document(item)
                else:
                    printer.lines([*told(item), circumstances(item)])


async def _items(
    engine: AsyncEngine, catalog: str, wanted: Selection, limit: int
) -> AsyncGenerator[LoggedItem]:
    """At most `limit`, read as they are taken."""
    reader = LogReader(engine, folded_bytes=REMEMBERED_BYTES)
    position = 0
    while limit > 0:
        stretch = await reader.stretch(catalog, wanted, after=position, limit=min(limit, AT_ONCE))
        for item in stretch.items:
            yield item
        limit -= len(stretch.items)
        position = stretch.upto
        if position >= stretch.head:
            break


def circumstances(item: LoggedItem) -> Text:
    """In which request it came about, caused by what, and when it was recorded if not then."""
    later = item.recorded_at != item.occurred_at
    recorded = f"recorded {when(item.recorded_at)}, " if later else ""
    cause = f", caused by {harmless(item.causation_id)}" if item.causation_id else ""
    return Text(f"    {recorded}in request {harmless(item.correlation_id)}{cause}", "dim")
