"""`catalog export`: a catalog's log, or what is read of it, as a file."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import typer

from api.reading.filter_parameters import FilterParameters
from cli import options
from cli.environment import Database, read
from cli.exports import options as of
from cli.exports.choosing import EVERYTHING, chosen
from cli.exports.formats import format_of
from cli.exports.log import export_log
from cli.exports.read_models import export_products
from cli.written import STANDARD_OUTPUT, written
from events.database import pool
from queries.exports.exporting import Format

type Kind = Literal["log", "products", "prices"]


def export(  # noqa: PLR0913 -- options of a command
    file: Annotated[
        Path, typer.Argument(envvar="CATALOG_FILE", dir_okay=False, help="- is standard output.")
    ] = STANDARD_OUTPUT,
    catalog: options.Catalog = "main",
    kind: Annotated[
        Kind,
        typer.Option(
            "--of", envvar="CATALOG_OF", metavar="log|products|prices", help="A line or row each."
        ),
    ] = "log",
    asked: Annotated[
        Format | None,
        typer.Option(
            "--format",
            envvar="CATALOG_FORMAT",
            metavar="ndjson|csv|parquet",
            help="As the file is called, else NDJSON; the log is NDJSON alone.",
        ),
    ] = None,
    *,
    as_of: options.AsOf = None,
    q: of.Words = None,
    category: of.Category = None,
    status: of.WithStatus = "any",
    brand: of.Brand = None,
    tags: of.Tags = None,
    attributes: of.Attributes = None,
    currency: of.Currency = None,
    price_min: of.LeastPrice = None,
    price_max: of.MostPrice = None,
    sku: of.OfSku = None,
    updated_since: of.UpdatedSince = None,
) -> None:
    """Write a catalog's log, its products or its prices to a file.

    The log is NDJSON, each event in canonical form (RFC 8785) with its digest. Products are what
    the service answers: as NDJSON byte by byte, as CSV (RFC 4180) with a column for each currency
    and attribute, as Parquet with types; narrowed as lists are. A file is there when it is
    complete, and not before.
    """
    form = format_of(file, asked)
    filters = chosen(
        attributes=attributes or [],
        as_of=as_of,
        q=q,
        category=category,
        status=status,
        brand=brand,
        tag=tags,
        currency=currency,
        price_min=price_min,
        price_max=price_max,
        sku=sku,
        updated_since=updated_since,
    )
    if kind == "log" and (form, filters) != ("ndjson", EVERYTHING):
        raise typer.BadParameter("the log is whole, and NDJSON: for others, add --of products.")
    if form == "parquet" and file == STANDARD_OUTPUT and sys.stdout.isatty():
        raise typer.BadParameter("Parquet is nothing to look at: name a file.")
    url = read(Database).database_url.get_secret_value()
    with written(file) as output:
        asyncio.run(_export(url, catalog, output, kind, form, filters))


async def _export(
    url: str,
    catalog: str,
    output: BinaryIO,
    kind: Kind,
    form: Format,
    filters: FilterParameters,
) -> None:
    async with pool(url, application="catalog-export", command_timeout=None) as engine:
        if kind == "log":
            await export_log(engine, catalog, output)
        else:
            await export_products(engine, catalog, output, kind, form, filters)
