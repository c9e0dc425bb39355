"""`catalog prices`: which price of a product held when, and the lowest before a reduction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.ext.asyncio import AsyncEngine

from cli import options, price_table
from cli.environment import Database, read
from cli.errors import NoSuchProduct
from cli.named import find_logged_product
from cli.places import MOMENT, moment
from cli.printer import NOTHING, Printer
from events.database import driver, pool
from events.money import minor_digits
from queries.audit.price_history import HeldPrice, LowestPrice, Prices, held_prices, lowest_price

MOST_DAYS = 3_650
DAYS = 30


def known(currency: str) -> str:
    if minor_digits(currency) is None:
        raise typer.BadParameter(f"{currency} is no code of ISO 4217 such as EUR.")
    return currency


def prices_command(  # noqa: PLR0913, PLR0917 -- options of a command
    product: options.Product,
    currency: Annotated[
        str, typer.Argument(envvar="CATALOG_CURRENCY", parser=known, help="ISO 4217, such as EUR.")
    ],
    since: options.Since = None,
    until: options.Until = None,
    lowest: Annotated[  # noqa: FBT002 -- Typer makes --lowest of it
        bool,
        typer.Option(
            "--lowest",
            envvar="CATALOG_LOWEST",
            help="The lowest in the days before a moment (directive 98/6/EC, article 6a), instead.",
        ),
    ] = False,
    days: Annotated[
        int | None,
        typer.Option(
            envvar="CATALOG_DAYS", min=1, max=MOST_DAYS, help=f"Of --lowest; {DAYS} if not given."
        ),
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            envvar="CATALOG_AT",
            parser=moment,
            metavar=MOMENT,
            help="Of --lowest: when the reduction is announced; now if not given.",
        ),
    ] = None,
    catalog: options.Catalog = "main",
    as_json: options.Json = False,  # noqa: FBT002
) -> None:
    """Tell which price of a product held when, oldest first, each with all of its time.

    An archived product is not offered, so no price of it holds; a draft has its price already.
    """
    if lowest and (since or until):
        raise typer.BadParameter("--lowest is of --days before --at, not of --since and --until.")
    if not lowest and (days or at):
        raise typer.BadParameter("--days and --at go with --lowest.")
    url, printer = read(Database).database_url.get_secret_value(), Printer(as_json=as_json)
    if lowest:
        asked = days or DAYS, at or datetime.now(UTC)
        _print_lowest(asyncio.run(_lowest(url, catalog, product, currency, *asked)), printer)
    else:
        found = _history(url, catalog, product, currency, since, until)
        _print_history(asyncio.run(found), printer)


async def _history(
    url: str,
    catalog: str,
    name: str,
    currency: str,
    since: datetime | None,
    until: datetime | None,
) -> list[HeldPrice]:
    async with _product(url, catalog, name) as (engine, product):
        wanted = Prices(product, currency, since, until)
        answer = await held_prices(engine, catalog, wanted)
    return _there(answer.value, name, catalog)


async def _lowest(
    url: str, catalog: str, name: str, currency: str, days: int, at: datetime
) -> LowestPrice:
    async with _product(url, catalog, name) as (engine, product):
        answer = await lowest_price(engine, catalog, product, currency, days=days, at=at)
    return _there(answer.value, name, catalog)


@asynccontextmanager
async def _product(url: str, catalog: str, name: str) -> AsyncIterator[tuple[AsyncEngine, UUID]]:
    """Raises `NoSuchCatalog` and `NoSuchProduct`."""
    async with pool(url, application="catalog-prices") as engine:
        async with driver(engine) as connection:
            product = await find_logged_product(connection, catalog, name)
        yield engine, product


def _there[T](found: T | None, name: str, catalog: str) -> T:
    if found is None:
        raise NoSuchProduct(name, catalog)
    return found


def _print_history(prices: list[HeldPrice], printer: Printer) -> None:
    if not prices:
        typer.echo(NOTHING, err=True)
    if not printer.as_json:
        printer.lines(price_table.table(prices, printer.width))
    else:
        for each in prices:
            printer.document(each)


def _print_lowest(found: LowestPrice, printer: Printer) -> None:
    if printer.as_json:
        printer.document(found)
    else:
        printer.lines(price_table.told(found))
