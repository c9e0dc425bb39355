"""`catalog history`: who did what to a product, when, and what stood there before."""

import asyncio
import sys
from contextlib import aclosing
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from cli import options
from cli.environment import Database, read
from cli.event_types import wanted
from cli.harmless import harmless
from cli.logged import logged
from cli.named import find_head, find_logged_product
from cli.printer import Printer, noted
from cli.timeline import told, when
from events.database import driver, pool
from events.selection import Selection
from queries.audit.items import LoggedItem


def history(  # noqa: PLR0913, PLR0917 -- options of a command
    product: options.Product,
    since: options.Since = None,
    until: options.Until = None,
    types: options.Types = None,
    actor: options.Actor = None,
    limit: Annotated[
        int | None, typer.Option(envvar="CATALOG_LIMIT", min=1, help="The first so many of them.")
    ] = None,
    catalog: options.Catalog = "main",
    as_json: options.Json = False,  # noqa: FBT002
) -> None:
    """Tell what happened to a product, oldest first: when, by whom, and what each event changed.

    When it was recorded is told where that is not when it happened.
    """
    url = read(Database).database_url.get_secret_value()
    selection = Selection(types=wanted(types), actor=actor, since=since, until=until)
    printer = Printer(as_json=as_json)
    asyncio.run(_tell(url, catalog, product, selection, limit or sys.maxsize, printer))


async def _tell(
    url: str, catalog: str, product: str, selection: Selection, limit: int, printer: Printer
) -> None:
    async with pool(url, application="catalog-history") as engine:
        async with driver(engine) as connection:
            head = await find_head(connection, catalog)
            stream = await find_logged_product(connection, catalog, product)
        of_it = msgspec.structs.replace(selection, stream=stream)
        found = logged(engine, catalog, of_it, upto=head, limit=limit)
        async with aclosing(noted(found)) as items:
            async for item in items:
                if printer.as_json:
                    printer.document(item)
                else:
                    printer.lines([*told(item), circumstances(item)])


def circumstances(item: LoggedItem) -> Text:
    """In which request it came about, caused by what, and when it was recorded if not then."""
    later = item.recorded_at != item.occurred_at
    recorded = f"recorded {when(item.recorded_at)}, " if later else ""
    cause = f", caused by {harmless(item.causation_id)}" if item.causation_id else ""
    return Text(f"    {recorded}in request {harmless(item.correlation_id)}{cause}", "dim")
