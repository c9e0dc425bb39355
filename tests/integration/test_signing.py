"""The worker signs what each log has come to, at the price of what is new."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events import merkle
from events.checkpoints import TreeHead, find_newest
from events.database import Connection, create_engine, driver
from events.frontier import PAGE
from events.log_keys import NoLogKey, ensure_log_key, read_signer
from events.merkle import Span, leaf_hash
from events.tree import read_leaves, read_roots
from tests.given import LAMP, Log, opened, registered
from tests.signing import grown, signed
from workers import signing
from workers.schedule import sign_checkpoints
from workers.signing import sign_next


async def root_of(engine: AsyncEngine, size: int, catalog: str = "main") -> bytes:
    """From the digests alone."""
    async with driver(engine) as connection:
        rows = await connection.fetch(
            "select digest from event_store.events where catalog_id = $1 and position <= $2"
            " order by position",
            catalog,
            size,
        )
    assert len(rows) == size
    return merkle.root([leaf_hash(digest) for (digest,) in rows])


async def sizes(engine: AsyncEngine, catalog: str = "main") -> list[int]:
    async with driver(engine) as connection:
        rows = await connection.fetch(
            "select size from event_store.checkpoints where catalog_id = $1 order by size", catalog
        )
    return [size for (size,) in rows]


async def test_what_was_appended_is_signed(engine: AsyncEngine) -> None:
    head = await Log(engine).given(LAMP, registered)

    kept = await signed(engine)

    assert (kept.size, kept.root) == (head, await root_of(engine, head))
    assert TreeHead.of(kept.note, kept.key) == TreeHead("catalog.local/main", head, kept.root)


async def test_each_catalog_has_checkpoints_of_its_own(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    await opened(engine, "empty")
    await grown((await opened(engine, "outlet")).engine, 3, "outlet")

    assert (await signed(engine, "outlet")).size == 3

    assert [await sizes(engine, each) for each in ("main", "outlet", "empty")] == [[1], [3], []]


async def test_nothing_new_is_not_signed_again(engine: AsyncEngine) -> None:
    await grown(engine, 5)

    first, second = await signed(engine), await signed(engine)

    assert first == second
    assert await sizes(engine) == [5]


async def test_a_log_that_grew_is_signed_where_it_is(engine: AsyncEngine) -> None:
    for count in (1, PAGE - 2, 1, 1, 3 * PAGE, 7):
        await grown(engine, count)
        kept = await signed(engine)
        assert kept.root == await root_of(engine, kept.size)
    assert await sizes(engine) == [1, 255, 256, 257, 1025, 1032]


async def test_a_long_log_is_signed_step_by_step(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "STEP", 300)
    monkeypatch.setattr(signing, "READ", 70)
    await grown(engine, 700)

    await signed(engine)

    assert await sizes(engine) == [300, 600, 700]
    async with driver(engine) as connection:
        roots = await read_roots(connection, "main", [Span(0, 300), Span(0, 600), Span(0, 700)])
    assert roots == [await root_of(engine, size) for size in (300, 600, 700)]


async def test_other_work_goes_on_meanwhile(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is given the loop after each part that is hashed."""
    monkeypatch.setattr(signing, "READ", 50)
    await grown(engine, 120)
    parts: list[int] = []

    async def reading(connection: Connection, catalog: str, span: Span) -> list[bytes]:
        parts.append(span.stop - span.start)
        return await read_leaves(connection, catalog, span)

    monkeypatch.setattr(signing, "read_leaves", reading)
    await signed(engine)

    assert parts == [50, 50, 20]


async def test_two_workers_at_once_sign_each_size_once(
    engine: AsyncEngine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "STEP", 100)
    other = create_engine(database_url, pool_size=2, application="catalog-tests")
    try:
        for _ in range(5):
            await grown(engine, 420)
            with capture_logs() as logs:
                await asyncio.gather(
                    sign_checkpoints({"engine": engine}), sign_checkpoints({"engine": other})
                )
            assert {entry["event"] for entry in logs} == {"signed"}
    finally:
        await other.dispose()

    kept = await signed(engine)

    assert (kept.size, kept.root) == (2_100, await root_of(engine, 2_100))
    assert len(await sizes(engine)) == len({*await sizes(engine)})


async def test_a_log_that_another_worker_signs_is_left_to_it(engine: AsyncEngine) -> None:
    await grown(engine, 1)
    async with driver(engine) as connection:
        signer = await read_signer(connection)
        async with connection.transaction():
            await connection.execute(signing._TAKE, "main")  # noqa: SLF001 -- as that worker would
            assert await sign_next(engine, signer, "main", 1) is None
    assert await sign_next(engine, signer, "main", 1) == 1


@pytest.fixture
async def lone(database_url: str) -> AsyncIterator[AsyncEngine]:
    """One connection, so that it counts what it read."""
    engine = create_engine(database_url, pool_size=1, application="catalog-tests")
    yield engine
    await engine.dispose()


async def rows_read(engine: AsyncEngine) -> int:
    async with driver(engine) as connection:
        await connection.execute("select pg_stat_force_next_flush()")
        count = await connection.fetchval(
            "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_user_tables"
            " where relname in ('events', 'tree_nodes', 'checkpoints')"
        )
    return int(count)


async def test_a_checkpoint_costs_what_is_new(lone: AsyncEngine) -> None:
    """And the rows of a frontier, which here has 40 leaves before and after."""
    costs = []
    for count in (2 * PAGE + 40, PAGE**2 // 2):
        await grown(lone, count)
        await signed(lone)
        await grown(lone, 10)
        before = await rows_read(lone)
        await signed(lone)
        costs.append(await rows_read(lone) - before)
        await grown(lone, PAGE - 10)
    short, long = costs
    assert 50 < short < 100
    assert long <= short + PAGE


async def test_without_a_key_nothing_is_signed(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        await connection.execute("delete from event_store.log_keys")
    with pytest.raises(NoLogKey):
        await sign_checkpoints({"engine": engine})


async def test_a_database_that_is_away_postpones_it() -> None:
    away = create_engine("postgresql://x@127.0.0.1:1/none", pool_size=1, application="tests")
    with capture_logs() as logs:
        await sign_checkpoints({"engine": away})
    assert [entry["event"] for entry in logs] == ["signing_postponed"]


async def test_a_database_that_goes_away_meanwhile_postpones_it(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await grown(engine, 1)
    with monkeypatch.context() as patched, capture_logs() as logs:
        patched.setattr(signing, "_TAKE", "select pg_terminate_backend(pg_backend_pid()), $1::text")
        await sign_checkpoints({"engine": engine})
    assert [entry["event"] for entry in logs] == ["signing_postponed"]
    assert (await signed(engine)).size == 1


async def test_the_key_keeps_its_first_name(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await ensure_log_key(connection, "log.example.org/catalog")
        names = await connection.execute(text("select name from event_store.log_keys"))
        assert list(names.scalars()) == ["catalog.local"]
        await connection.execute(text("delete from event_store.log_keys"))
        await ensure_log_key(connection, "log.example.org/catalog")
    await grown(engine, 1)

    kept = await signed(engine)

    assert TreeHead.of(kept.note, kept.key).origin == "log.example.org/catalog/main"
    async with driver(engine) as database:
        assert await find_newest(database, "other") is None
