"""What is read of a catalog's products, as a file for other programs."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import BinaryIO, Literal

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.exports import prices, products
from cli.exports.content import Content
from cli.exports.formats import Format
from cli.exports.source import Source, source
from cli.exports.varying import Varying
from cli.exports.writers import Write, comma_separated, ndjson
from cli.progress import through

type Kind = Literal["products", "prices"]

CONTENTS: dict[Kind, Content] = {"products": products, "prices": prices}


async def export_products(
    engine: AsyncEngine,
    catalog: str,
    output: BinaryIO,
    kind: Kind,
    form: Format,
    as_of: datetime | None,
) -> None:
    """Raises `NoSuchCatalog` and `OutputInterrupted`."""
    async with source(engine, catalog, as_of) as given:
        varying = await _varying(given) if form == "csv" else Varying()
        with (
            through(catalog, given.about, "products") as advance,
            _writer(output, kind, form, varying) as write,
        ):
            done = 0
            async for page in given.pages():
                write(page)
                advance(done := done + len(page))


async def _varying(given: Source) -> Varying:
    """What all products have: the header comes before them."""
    varying = Varying()
    async for page in given.pages():
        varying = varying.of(page)
    return varying


def _writer(
    output: BinaryIO, kind: Kind, form: Format, varying: Varying
) -> AbstractContextManager[Write]:
    content = CONTENTS[kind]
    match form:
        case "ndjson":
            return ndjson(output, content)
        case "csv":
            return comma_separated(output, content, varying)
        case "parquet":
            from cli.exports.parquet import SCHEMAS, parquet  # noqa: PLC0415 -- it takes a while

            return parquet(output, content, SCHEMAS[kind])
