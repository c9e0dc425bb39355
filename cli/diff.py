"""`catalog diff`: what differs between a product at one place of its history and at another."""

import asyncio
from typing import Annotated

import typer
from rich.text import Text

from cli import options
from cli.environment import Database, read
from cli.errors import NoSuchProduct
from cli.harmless import harmless
from cli.named import find_logged_product
from cli.places import VERSION_OR_MOMENT, NumberOrMoment, place
from cli.printer import Printer
from cli.timeline import changed, when
from events.database import driver, pool
from queries.audit.diff import Diff, End, diff
from queries.audit.stand import Place, find_stand, find_version


def diff_command(
    product: options.Product,
    before: Annotated[
        NumberOrMoment | None,
        typer.Option(
            "--from",
            envvar="CATALOG_FROM",
            parser=place,
            metavar=VERSION_OR_MOMENT,
            help="0 is before its first event. The version before the other end unless given.",
        ),
    ] = None,
    after: Annotated[
        NumberOrMoment | None,
        typer.Option(
            "--to",
            envvar="CATALOG_TO",
            parser=place,
            metavar=VERSION_OR_MOMENT,
            help="As of a moment is what had occurred then. The newest version unless given.",
        ),
    ] = None,
    catalog: options.Catalog = "main",
    as_json: options.Json = False,  # noqa: FBT002
) -> None:
    """Tell what differs between two versions of a product, or moments; the newest change by itself.

    Either end may be the older one.
    """
    url = read(Database).database_url.get_secret_value()
    found = asyncio.run(_diff(url, catalog, product, before, after))
    printer = Printer(as_json=as_json)
    if as_json:
        printer.document(found)
    else:
        printer.lines([_ends(product, found), *map(changed, found.changes)])


async def _diff(url: str, catalog: str, name: str, before: Place, after: Place) -> Diff:
    """Raises `NoSuchCatalog` and `NoSuchProduct`, and as `diff` does."""
    async with pool(url, application="catalog-diff") as engine:
        async with driver(engine) as connection:
            product = await find_logged_product(connection, catalog, name)
            if before is None:
                stand = await find_stand(connection, catalog, product)
                reached = await find_version(connection, catalog, product, stand, after)
                before = max(0, reached - 1)
        answer = await diff(engine, catalog, product, before, after)
    if answer.value is None:
        raise NoSuchProduct(name, catalog)
    return answer.value


def _ends(product: str, found: Diff) -> Text:
    ends = f"{_end(found.before)} → {_end(found.after)}"
    return Text.assemble((harmless(product), "bold"), f"  {ends}")


def _end(end: End) -> str:
    return f"v{end.version} ({when(end.occurred_at)})" if end.occurred_at else f"v{end.version}"
