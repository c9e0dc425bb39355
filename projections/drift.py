"""Is what is read what the log says? Products are folded again, and their rows compared."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import randint
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from events.database import Connection, statement
from events.log import read_streams
from events.recorded import Recorded
from projections.folding import Change, fold
from projections.generations import schema_of
from projections.parking import read_held_back
from projections.past import UNTIL
from projections.projection import Catalog, Row
from projections.read_models import READ_MODELS, READ_TABLES
from projections.writing import Rows, read_catalog, written

_SAMPLE = statement(__package__, "sql/sample_streams.sql")
_FIND_BESIDE = statement(__package__, "sql/find_beside.sql")
_FIND_CHECKPOINT = statement(__package__, "sql/find_checkpoint.sql")
_READ_ROWS = statement(__package__, "sql/read_rows.sql")


@dataclass(frozen=True, slots=True)
class Place:
    catalog: str
    generation: int

    def named(self, table: Table) -> str:
        return f"{schema_of(self.generation)}.{table.name}"


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
    for table in READ_TABLES:
        query = _FIND_BESIDE.format(table=place.named(table))
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
    rows = {table: await _read_rows(connection, place, table, products) for table in READ_TABLES}
    checked = []
    for product, history in histories.items():
        if product in held_back.parked:
            continue
        events = [each for each in history if each.position <= checkpoint]
        change = fold(None, events, held_back.discarded) if events else None
        drifted = [
            table.name
            for table, expected in _expected(catalog, change)
            if expected != rows[table].get(product, [])
        ]
        checked.append(Checked(product, events, held_back.discarded, drifted))
    return checked


async def _read_rows(
    connection: Connection, place: Place, table: Table, products: Collection[UUID]
) -> Mapping[UUID, list[Row]]:
    columns = ", ".join(written(table))
    query = _READ_ROWS.format(columns=columns, table=place.named(table), intact=_intact(table))
    found: dict[UUID, list[Row]] = {}
    for row in await connection.fetch(query, place.catalog, list(products)):
        found.setdefault(row["product_id"], []).append(_comparable(table, row))
    return {product: sorted(rows, key=repr) for product, rows in found.items()}


def _intact(table: Table) -> str:
    computed = [(each.name, each.computed) for each in table.columns]
    as_now = [f"{name} is not distinct from {how.sqltext}" for name, how in computed if how]
    endless = [] if UNTIL in written(table) else [f"{UNTIL} = 'infinity'"]
    return " and ".join(["true", *as_now, *endless])


def _expected(catalog: Catalog, change: Change | None) -> Iterator[tuple[Table, list[Row]]]:
    for model in READ_MODELS:
        rows = Rows([], [])
        rows.take(model, catalog, change.steps_of(model) if change else ())
        for table, made in ((model.table, rows.holding), (model.past, rows.held)):
            yield table, sorted((_comparable(table, row) for row in made), key=repr)


def _comparable(table: Table, row: Iterable[object]) -> Row:
    """Values in one form: sequences differ by type, and JSONB comes back in an order of its own."""
    types = (table.columns[name].type for name in written(table))
    return tuple(_plain(type_, value) for type_, value in zip(types, row, strict=True))


def _plain(type_: object, value: Any) -> object:  # noqa: ANN401 -- of any column
    match type_:
        case JSONB():
            return msgspec.json.encode(msgspec.json.decode(value), order="sorted")
        case ARRAY():
            return None if value is None else list(value)
        case _:
            return value
