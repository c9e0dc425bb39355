"""How selected events are found in a long log: by its indexes, with a look at few others."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.recorded import reading
from tests.plans import explained, generic_plans, looked_at

EVENTS = 100_000
PRODUCTS = 1_000
WINDOW = 20_000
LAMP = UUID(int=7)
_FILL = f"""
insert into event_store.events
select 'main', n, lpad(to_hex(n % {PRODUCTS}), 32, '0')::uuid, 1 + n / {PRODUCTS}, 'PriceSet', 1,
       '{{"currency":"EUR","amount":1}}', 'user ' || n % 50, 'filled', null, now(), now(), ''
from generate_series(1, {EVENTS}) n
"""
_OF_LOG = "prepare asked (text, bigint, bigint, int, text[], text, timestamptz, timestamptz) as "
_OF_STREAM = _OF_LOG.replace(") as", ", uuid) as")
_SPANS = "prepare asked (text, uuid[], int[], int[], int) as "
FILTERS = (
    "'{}', null, null, null",
    "'{PriceSet}', null, null, null",
    "'{ProductRenamed}', 'nobody', null, null",
    "'{}', 'user 3', '2020-01-01Z', null",
    "'{}', null, null, '2020-01-01Z'",
)
"""Types, actor, since, until."""


@pytest.fixture
async def crowded(engine: AsyncEngine) -> AsyncIterator[Connection]:
    async with driver(engine) as connection:
        await connection.execute(_FILL)
        await connection.execute("analyze event_store.events")
        async with generic_plans(connection):
            yield connection


async def scanned(connection: Connection, prepared: str, arguments: str) -> list[dict[str, Any]]:
    """Each scan of events."""
    found = await explained(connection, prepared, arguments)
    return [node for node in found if node.get("Relation Name") == "events"]


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("after", [0, EVENTS // 2, EVENTS])
async def test_a_page_looks_at_its_window_alone(
    crowded: Connection, filters: str, after: int
) -> None:
    query = _OF_LOG + reading("sql/select_of_log.sql")
    (scan,) = await scanned(crowded, query, f"'main', {after}, {after + WINDOW}, 50, {filters}")
    assert (scan["Node Type"], scan["Index Name"]) == ("Index Scan", "events_pkey")
    assert looked_at(scan) <= WINDOW


@pytest.mark.parametrize("filters", FILTERS)
async def test_a_product_s_events_are_found_in_its_stream(
    crowded: Connection, filters: str
) -> None:
    query = _OF_STREAM + reading("sql/select_of_stream.sql")
    place = f"'main', 0, {EVENTS}, 50, {filters}, '{LAMP}'"
    (scan,) = await scanned(crowded, query, place)
    assert scan["Index Name"] == "events_stream_version"
    assert looked_at(scan) <= EVENTS / PRODUCTS + 1


async def test_what_came_before_is_read_as_far_as_it_is_lacking(crowded: Connection) -> None:
    query = _SPANS + reading("sql/read_spans.sql")
    spans = f"'main', array['{LAMP}', '{UUID(int=8)}']::uuid[], '{{10,0}}', '{{20,5}}', 2000"
    (scan,) = await scanned(crowded, query, spans)
    assert scan["Index Name"] == "events_stream_version"
    assert looked_at(scan) in {15, 16}  # PostgreSQL 17 rounds the 7.5 of a loop
