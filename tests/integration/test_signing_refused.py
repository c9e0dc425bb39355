"""What was signed once is not signed differently: a log that changed behind it is left unsigned."""

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events.database import driver
from events.frontier import PAGE
from events.log_keys import WrongLogKey
from tests.given import DESK, LAMP, Log, opened, registered
from tests.signing import forged, grown, rewritten, signed

FAILURES = "catalog_projection_signing_failures_total"


def failures(reason: str) -> float:
    return REGISTRY.get_sample_value(FAILURES, {"reason": reason}) or 0


async def refused(
    engine: AsyncEngine, catalog: str = "main", *, event: str = "log_forked", reason: str = "forked"
) -> None:
    """Whether the next checkpoint is, of this catalog and of no other, and what is told."""
    other = await opened(engine, "other")
    await other.given(DESK, registered)
    before, refusals = await signed_size(engine, catalog), failures(reason)
    with capture_logs() as logs:
        assert (await signed(engine, "other")).size == 1
    assert await signed_size(engine, catalog) == before
    (told,) = [entry for entry in logs if entry["event"] != "signed"]
    assert (told["event"], told["catalog"], told["signed"]) == (event, catalog, before)
    assert told["log_level"] == "error"
    assert failures(reason) == refusals + 1


async def signed_size(engine: AsyncEngine, catalog: str) -> int:
    async with driver(engine) as connection:
        size: int = await connection.fetchval(
            "select coalesce(max(size), 0) from event_store.checkpoints where catalog_id = $1",
            catalog,
        )
    return size


@pytest.fixture
async def log(engine: AsyncEngine) -> Log:
    """Signed with its last page begun, and one event more."""
    await grown(engine, PAGE + 3)
    log = Log(engine)
    await log.given(LAMP, registered)
    await signed(engine)
    await log.given(DESK, registered)
    return log


async def test_a_changed_event(log: Log) -> None:
    await forged(log.engine, PAGE + 4)
    await refused(log.engine)


async def test_a_deleted_event(log: Log) -> None:
    delete = "delete from event_store.events where position = $1"
    await rewritten(log.engine, "events", delete, PAGE + 2)
    await refused(log.engine)


async def test_a_deleted_new_event(log: Log) -> None:
    await grown(log.engine, 3)
    delete = "delete from event_store.events where position = $1"
    await rewritten(log.engine, "events", delete, PAGE + 6)
    await refused(log.engine)


async def test_a_truncated_tail(log: Log) -> None:
    delete = "delete from event_store.events where position > $1"
    await rewritten(log.engine, "events", delete, PAGE)
    await rewritten(log.engine, "catalogs", "update event_store.catalogs set head = $1", PAGE)
    await refused(log.engine)


async def test_a_swapped_pair(log: Log) -> None:
    swap = (
        "update event_store.events e set digest = o.digest from event_store.events o"
        " where e.position - $1::bigint in (0, 1) and o.position = 2 * $1 + 1 - e.position"
    )
    await rewritten(log.engine, "events", swap, PAGE + 1)
    await refused(log.engine)


async def test_a_changed_node(log: Log) -> None:
    await rewritten(log.engine, "tree_nodes", "update event_store.tree_nodes set hash = sha256('')")
    await refused(log.engine)


async def test_a_deleted_node(log: Log) -> None:
    await rewritten(log.engine, "tree_nodes", "delete from event_store.tree_nodes")
    await refused(log.engine, event="tree_nodes_missing", reason="missing")


@pytest.mark.parametrize("reason", ["database", "error", "forked", "missing"])
def test_a_first_failure_is_an_increase(reason: str) -> None:
    assert REGISTRY.get_sample_value(FAILURES, {"reason": reason}) is not None


async def test_forgotten_checkpoints(log: Log) -> None:
    """The nodes are still there, which a first checkpoint would write."""
    await rewritten(log.engine, "checkpoints", "delete from event_store.checkpoints")
    await refused(log.engine)


async def test_another_private_key(log: Log) -> None:
    other = "update event_store.log_keys set private_key = sha256('')"
    await rewritten(log.engine, "log_keys", other)
    with pytest.raises(WrongLogKey):
        await signed(log.engine)
