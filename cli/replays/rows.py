"""What a read table would hold at a place of the log."""

from collections.abc import AsyncGenerator, Mapping

import msgspec
import typer
from sqlalchemy import JSON
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.replays.part import Part
from events.walk import moment
from projections.projection import ReadModel, Row
from projections.read_models import READ_MODELS
from projections.writing import read_catalog
from queries.audit.then import products_then

MODELS: Mapping[str, ReadModel] = {model.table.name: model for model in READ_MODELS}


def read_model(table: str) -> ReadModel:
    """As it is typed."""
    if table not in MODELS:
        raise typer.BadParameter(f"{table} is none of {', '.join(MODELS)}.")
    return MODELS[table]


async def rows(engine: AsyncEngine, part: Part, model: ReadModel) -> AsyncGenerator[Row]:
    """By the ids of their products; values of JSON as they are."""
    async with moment(engine) as connection:
        catalog = await read_catalog(connection, part.catalog)
        async for products in products_then(
            connection, part.catalog, part.until, product=part.wanted.stream
        ):
            for product in products:
                for row in model.rows(catalog, product):
                    yield _told(model, row)


def _told(model: ReadModel, row: Row) -> Row:
    return tuple(
        msgspec.Raw(str(value).encode()) if isinstance(column.type, JSON) else value
        for column, value in zip(model.columns, row, strict=True)
    )
