"""`catalog revert`: a product put back to what it was at a version, by new events."""

import asyncio
from typing import Annotated
from uuid import uuid4

import typer

from api.settings import Settings
from cli import options
from cli.environment import actor, read
from cli.harmless import harmless
from cli.named import find_logged_product
from cli.printer import Printer
from cli.write_side import write_side
from commands.appending import Circumstances
from commands.handle import Receipt
from commands.revert import revert
from events.database import driver


def revert_command(
    product: options.Product,
    version: Annotated[
        int,
        typer.Argument(
            envvar="CATALOG_VERSION",
            min=1,
            max=options.MOST_VERSIONS,
            help="The one that it is to be like again.",
        ),
    ],
    catalog: options.Catalog = "main",
    as_json: options.Json = False,  # noqa: FBT002
) -> None:
    """Put a product back to what it was at a version, by new events with that one as their cause.

    Nothing that happened is taken away, and where it is like that already nothing happens. Rules
    and claims hold: where one is in the way, that is told, and nothing is written.
    """
    receipt = asyncio.run(_revert(read(Settings), catalog, product, version))
    if as_json:
        names = ("id", "sku", "version", "position")
        Printer(as_json=True).document({name: getattr(receipt, name) for name in names})
    else:
        typer.echo(
            f"{harmless(receipt.sku)} is as it was at version {version}: it has version "
            f"{receipt.version}, at position {receipt.position}."
        )


async def _revert(settings: Settings, catalog: str, name: str, version: int) -> Receipt:
    """Raises `NoSuchCatalog` and `NoSuchProduct`, and as `revert` does."""
    async with write_side(settings, catalog, application="catalog-revert") as side:
        async with driver(side.appender.engine) as connection:
            product = await find_logged_product(connection, catalog, name)
        circumstances = Circumstances(actor=actor(), correlation_id=uuid4().hex)
        return await revert(side, product, version, circumstances)
