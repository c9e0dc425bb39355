"""How audit reads are found and removed where there are many: by indexes, with a look at few."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement
from tests.plans import explained, generic_plans, looked_at

READS = 100_000
ACTORS = 1_000
PAGE = 51
_FILL = f"""
insert into access.audit_reads (
    catalog_id, recorded_at, actor, operation, path, query, correlation_id
)
select 'main', now() - n * interval '1 minute', 'user' || n % {ACTORS}, 'get_history',
       '/v1/catalogs/main/products/' || md5(n::text) || '/history', '', 'filled'
from generate_series(1, {READS}) n
"""
_ASKED = "prepare asked (text, timestamptz, timestamptz, timestamptz, uuid, int) as "
_ASKED_OF_ACTOR = _ASKED.replace(") as", ", text) as")
PLACES = (
    "null, null, null, null",
    "now() - interval '30 days', now() - interval '20 days', null, null",
    "null, null, now() - interval '50 days', gen_random_uuid()",
)
"""Since, until, and where the last page ended."""


@pytest.fixture
async def crowded(engine: AsyncEngine) -> AsyncIterator[Connection]:
    async with driver(engine) as connection:
        await connection.execute(_FILL)
        await connection.execute("analyze access.audit_reads")
        async with generic_plans(connection):
            yield connection


async def scanned(connection: Connection, prepared: str, arguments: str) -> list[dict[str, Any]]:
    """Each scan."""
    found = await explained(connection, prepared, arguments)
    return [node for node in found if "Scan" in node["Node Type"]]


@pytest.mark.parametrize("place", PLACES)
async def test_a_page_looks_at_no_more_than_it_shows(crowded: Connection, place: str) -> None:
    query = _ASKED + statement("api.auth", "sql/list_audit_reads.sql")
    (scan,) = await scanned(crowded, query, f"'main', {place}, {PAGE}")
    assert scan["Index Name"] == "audit_reads_pkey"
    assert looked_at(scan) <= PAGE


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("actor", ["user7", "nobody"])
async def test_nor_does_a_page_of_what_somebody_read(
    crowded: Connection, actor: str, place: str
) -> None:
    query = _ASKED_OF_ACTOR + statement("api.auth", "sql/list_audit_reads_of_actor.sql")
    (scan,) = await scanned(crowded, query, f"'main', {place}, {PAGE}, '{actor}'")
    assert scan["Index Name"] == "audit_reads_actor"
    assert looked_at(scan) <= PAGE


async def test_those_that_go_are_found_among_the_oldest(crowded: Connection) -> None:
    query = "prepare asked (text, interval, int) as "
    query += statement("workers", "sql/prune_audit_reads.sql")
    scans = await scanned(crowded, query, "'main', '60 days', 500")
    assert {scan["Index Name"] for scan in scans} == {"audit_reads_pkey"}
    assert max(map(looked_at, scans)) <= 500
