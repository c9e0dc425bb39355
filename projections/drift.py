"""Is what is read what the log says? Products are folded again, and their rows compared."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import randint
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from events.database import Connection, statement
from events.log import read_streams
from events.recorded import Recorded
from projections.folding import Change, fold
from projections.generations import schema_of
from projections.parking import read_held_back
from projections.projection import Catalog, ReadModel, Row
from projections.read_models import READ_MODELS
from projections.writing import read_catalog

_SAMPLE = statement(__package__, "sql/sample_streams.sql")
_FIND_BESIDE = statement(__package__, "sql/find_beside.sql")
_FIND_CHECKPOINT = statement(__package__, "sql/find_checkpoint.sql")
_READ_ROWS = statement(__package__, "sql/read_rows.sql")


@dataclass(frozen=True, slots=True)
class Place:
    catalog: str
    generation: int

    def table(self, model: ReadModel) -> str:
        return f"{schema_of(self.generation)}.{model.table.name}"


@dataclass(frozen=True, slots=True)
class Checked:
    """A product at a checkpoint: what its events lead to, and the tables that say otherwise."""

    product_id: UUID
    events: Sequence[Recorded]
    discarded: Collection[int]
    drifted: Sequence[str]

    def at_version(self, version: int) -> Change | None:
        events = [each for each in self.events if each.version <= version]
        return fold(None, events, self.discarded) if events else None

    def version_at(self, position: int) -> int:
        return max((each.version for each in self.events if each.position <= position), default=0)


async def sample(connection: Connection, place: Place, size: int) -> Collection[UUID]:
    """Products at random, by their events, and those that the tables have next to them."""
    checkpoint = await read_checkpoint(connection, place)
    if not checkpoint:
        return []
    positions = [randint(1, checkpoint) for _ in range(size)]  # noqa: S311 -- nothing to guess
    streams = [row[0] for row in await connection.fetch(_SAMPLE, place.catalog, positions)]
    products = set(streams)
    for model in READ_MODELS:
        query = _FIND_BESIDE.format(table=place.table(model))
        products.update(row[0] for row in await connection.fetch(query, place.catalog, streams))
    return products


async def read_checkpoint(connection: Connection, place: Place) -> int:
    return await connection.fetchval(_FIND_CHECKPOINT, place.catalog, place.generation) or 0


async def check(
    connection: Connection, place: Place, products: Collection[UUID]
) -> Sequence[Checked]:
    """All of them but those that stand still.

    The connection has to see one moment, or to hold the checkpoint.
    """
    catalog = await read_catalog(connection, place.catalog)
    checkpoint = await read_checkpoint(connection, place)
    histories = await read_streams(connection, place.catalog, dict.fromkeys(products, 0))
    held_back = await read_held_back(connection, place.catalog, place.generation, products)
    rows = {model: await _read_rows(connection, place, model, products) for model in READ_MODELS}
    checked = []
    for product, history in histories.items():
        if product in held_back.parked:
            continue
        events = [each for each in history if each.position <= checkpoint]
        change = fold(None, events, held_back.discarded) if events else None
        drifted = [
            model.table.name
            for model in READ_MODELS
            if _expected(catalog, model, change) != rows[model].get(product, [])
        ]
        checked.append(Checked(product, events, held_back.discarded, drifted))
    return checked


async def _read_rows(
    connection: Connection, place: Place, model: ReadModel, products: Collection[UUID]
) -> Mapping[UUID, list[Row]]:
    columns = ", ".join(column.name for column in model.columns)
    query = _READ_ROWS.format(columns=columns, table=place.table(model), intact=_intact(model))
    found: dict[UUID, list[Row]] = {}
    for row in await connection.fetch(query, place.catalog, list(products)):
        found.setdefault(row["product_id"], []).append(_comparable(model, row))
    return {product: sorted(rows, key=repr) for product, rows in found.items()}


def _intact(model: ReadModel) -> str:
    computed = [(each.name, each.computed) for each in model.table.columns]
    as_now = [f"{name} is not distinct from {how.sqltext}" for name, how in computed if how]
    return " and ".join(["true", *as_now])


def _expected(catalog: Catalog, model: ReadModel, change: Change | None) -> list[Row]:
    if change is None or change.after is None:
        return []
    rows = model.rows(catalog, change.after)
    return sorted((_comparable(model, row) for row in rows), key=repr)


def _comparable(model: ReadModel, row: Iterable[object]) -> Row:
    """Values in one form: sequences differ by type, and JSONB comes back in an order of its own."""
    return tuple(
        _plain(column.type, value) for column, value in zip(model.columns, row, strict=True)
    )


def _plain(type_: object, value: Any) -> object:  # noqa: ANN401 -- of any column
    match type_:
        case JSONB():
            return msgspec.json.encode(msgspec.json.decode(value), order="sorted")
        case ARRAY():
            return None if value is None else list(value)
        case _:
            return value
