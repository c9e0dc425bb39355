"""What is read of a catalog's products, as a file for other programs."""

from typing import BinaryIO

from sqlalchemy.ext.asyncio import AsyncEngine

from api.reading.filter_parameters import FilterParameters
from cli.errors import NoSuchCatalog
from cli.progress import through
from cli.written import writing
from events.catalogs import CatalogDescription, read_catalogs
from events.database import driver
from projections.projection import Catalog
from queries.exports.content import Kind
from queries.exports.exporting import Format, Wanted, opened


async def export_products(
    engine: AsyncEngine,
    catalog: str,
    output: BinaryIO,
    kind: Kind,
    form: Format,
    chosen: FilterParameters,
) -> None:
    """Raises `NoSuchCatalog`, `OutputInterrupted` and `NumberTooLarge`."""
    found = await _find(engine, catalog)
    wanted = Wanted(
        catalog=Catalog(found.key, found.language),
        filters=chosen.filters(found.default_currency),
        kind=kind,
        form=form,
    )
    async with opened(engine, wanted) as export:
        with through(catalog, await export.count(), "products") as advance:
            done = 0
            async for piece in export.pieces():
                with writing():
                    output.write(piece.body)
                advance(done := done + piece.products)
    with writing():
        output.flush()


async def _find(engine: AsyncEngine, catalog: str) -> CatalogDescription:
    async with driver(engine) as connection:
        found = await read_catalogs(connection, [catalog])
    if not found:
        raise NoSuchCatalog(catalog)
    return found[0]
