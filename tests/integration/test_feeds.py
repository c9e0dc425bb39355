import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.errors import EmptyFeed, ImportRunning, TooManyErrors
from commands.feeds.asked import Asked
from commands.feeds.batches import BATCH, batches
from commands.feeds.missing import Archiving
from commands.feeds.rows import Feed
from commands.feeds.run import LEASE, Run, RunLost, advance
from commands.feeds.runs import run_of
from commands.feeds.settling import Settling
from commands.product.messages import ArchiveProduct, RenameProduct, RestoreProduct
from commands.snapshots import EVERY
from commands.write_side import WriteSide
from events.database import driver
from events.log import find_claims
from events.product import ProductRenamed
from tests.appends import appender, logged
from tests.commanded import commanded, write_side
from tests.fed import counted, fed, refused, row
from tests.feeding import opened

PRICE = {"currency": "EUR", "amount": 1999}


async def types(engine: AsyncEngine) -> list[str]:
    return [event.type for event in await logged(engine)]


async def test_a_feed_registers_the_new_and_changes_what_differs(engine: AsyncEngine) -> None:
    assert counted(await fed(engine, [row("A"), row("B"), b" ", row("C")])) == {"created": 3}
    report = await fed(engine, [row("A"), row("B", name="Sun"), row("D")])
    assert counted(report) == {"created": 1, "changed": 1, "unchanged": 1}
    log = await logged(engine)
    assert report.position == len(log) == 5
    assert {(event.actor, event.correlation_id) for event in log} == {("ann", "feed-1")}


async def test_a_feed_read_twice_appends_nothing(engine: AsyncEngine) -> None:
    feed = [
        row("A", attributes={"a": 2.0, "b": True, "c": [1, 0.5]}, tags=["x", "x"]),
        row("B", prices=[PRICE], status="published", media=[{"url": "https://example.org/b"}]),
    ]
    await fed(engine, feed)
    before = await logged(engine)
    again = await fed(engine, feed)
    assert (counted(again), again.position) == ({"unchanged": 2}, 0)
    assert counted(await fed(engine, feed, source="other")) == {"unchanged": 2}
    assert await logged(engine) == before


async def test_a_row_that_says_the_same_is_decided_again_once_somebody_changed_the_product(
    engine: AsyncEngine,
) -> None:
    feed = [row("A"), row("B")]
    await fed(engine, feed)
    await command(engine, "A", RenameProduct(name="Sun"))
    assert counted(await fed(engine, feed)) == {"changed": 1, "unchanged": 1}
    assert (await types(engine))[-2:] == ["ProductRenamed", "ProductRenamed"]


async def command(
    engine: AsyncEngine, sku: str, told: RenameProduct | ArchiveProduct | RestoreProduct
) -> None:
    async with driver(engine) as connection:
        found = await find_claims(connection, "main", "sku", [sku])
    await commanded(write_side(engine), told, product=found[sku])


async def test_a_bad_row_fails_alone_and_says_where(engine: AsyncEngine) -> None:
    report = await fed(
        engine,
        [
            row("A"),
            b"{no json",
            row("B", prices=[{"currency": "EUR", "amount": 0.5}]),
            b"",
            row("-"),
            row("C", prices=[{"currency": "XXX", "amount": 1}]),
            row("D", status="published"),
            b"7",
            row("E"),
        ],
    )
    assert counted(report) == {"created": 2, "failed": 6}
    failures = await refused(engine, report.run_id)
    assert [(f.line, f.sku, [fault["pointer"] for fault in f.faults]) for f in failures] == [
        (2, None, [""]),
        (3, "B", ["/prices/0/amount"]),
        (5, "-", ["/sku"]),
        (6, "C", ["/prices"]),
        (7, "D", ["/prices"]),
        (8, None, [""]),
    ]
    assert all(fault["message"] for failure in failures for fault in failure.faults)
    assert [failure.text for failure in failures][:2] == [
        "{no json",
        row("B", prices=[{"currency": "EUR", "amount": 0.5}]).decode(),
    ]
    assert len(await logged(engine)) == 2


@pytest.mark.parametrize("apart", [1, BATCH - 1, BATCH, 2 * BATCH + 1])
async def test_of_a_sku_twice_in_a_feed_the_first_row_counts(
    engine: AsyncEngine, apart: int
) -> None:
    others = [row(f"OTHER-{number}") for number in range(apart - 1)]
    feed = [row("A", name="One"), *others, row("A", name="Two"), row("Z")]
    for expected in ({"created": apart + 1}, {"unchanged": apart + 1}):
        report = await fed(engine, feed)
        assert counted(report) == expected | {"failed": 1}
        [failure] = await refused(engine, report.run_id)
        [fault] = failure.faults
        assert (failure.line, failure.sku, fault["pointer"]) == (apart + 1, "A", "/sku")
        assert "line 1 " in fault["message"]
    assert not [e for e in await logged(engine) if isinstance(e.event, ProductRenamed)]


async def test_a_row_of_a_feed_changes_only_what_it_names(engine: AsyncEngine) -> None:
    await fed(engine, [row("A", prices=[PRICE], brand="Sun", status="published")])
    assert counted(await fed(engine, [row("A")])) == {"unchanged": 1}
    assert counted(await fed(engine, [row("A", brand=None, prices=[])])) == {"changed": 1}
    assert (await types(engine))[-2:] == ["ProductBranded", "PriceRemoved"]


async def test_a_sync_archives_what_is_missing_and_restores_what_returns(
    engine: AsyncEngine,
) -> None:
    await fed(engine, [row("A"), row("B"), row("C")], mode="sync")
    assert counted(await fed(engine, [row("A")], mode="sync")) == {"unchanged": 1, "archived": 2}
    assert counted(await fed(engine, [row("A")], mode="sync")) == {"unchanged": 1}
    report = await fed(engine, [row("A"), row("B"), row("C", name="Sun")], mode="sync")
    assert counted(report) == {"unchanged": 1, "restored": 2}
    assert (await types(engine))[-5:] == [
        "ProductArchived",
        "ProductArchived",
        "ProductRestored",
        "ProductRestored",
        "ProductRenamed",
    ]


async def test_a_sync_leaves_what_others_offer_and_what_people_did(engine: AsyncEngine) -> None:
    await fed(engine, [row("A"), row("B"), row("C"), row("D")], mode="sync", source="one")
    await fed(engine, [row("B")], source="two")
    await command(engine, "C", ArchiveProduct(reason="recall"))
    report = await fed(engine, [row("A"), row("C")], mode="sync", source="one")
    assert counted(report) == {"unchanged": 1, "failed": 1, "archived": 1}
    [failure] = await refused(engine, report.run_id)
    assert failure.sku == "C"
    assert "archived" in failure.faults[0]["message"]


async def test_what_was_archived_again_by_hand_stays_archived(engine: AsyncEngine) -> None:
    await fed(engine, [row("A"), row("B")], mode="sync")
    await fed(engine, [row("A")], mode="sync")
    await command(engine, "B", RestoreProduct())
    await command(engine, "B", ArchiveProduct(reason="recall"))
    assert counted(await fed(engine, [row("A"), row("B")])) == {"unchanged": 1, "failed": 1}


async def test_a_feed_without_a_good_row_archives_nothing(engine: AsyncEngine) -> None:
    await fed(engine, [row("A")], mode="sync")
    for feed in ([], [row("A", name="")]):
        with pytest.raises(EmptyFeed):
            await fed(engine, feed, mode="sync")
    assert await types(engine) == ["ProductRegistered"]


async def test_nobody_knows_what_is_missing_where_a_row_has_no_sku(engine: AsyncEngine) -> None:
    await fed(engine, [row("A"), row("B")], mode="sync")
    report = await fed(engine, [row("A"), b'{"name": "B"}'], mode="sync")
    assert report.withheld
    assert counted(report) == {"unchanged": 1, "failed": 1}
    named = await fed(engine, [row("A"), row("B", name="")], mode="sync")
    assert counted(named) == {"unchanged": 1, "failed": 1}


async def test_a_dry_run_tells_what_would_happen_and_appends_nothing(engine: AsyncEngine) -> None:
    feed = [row("A"), row("B", name="Sun"), row("D"), row("D")]
    first = [row("A"), row("B"), row("C")]
    await fed(engine, first, mode="sync")
    before = await logged(engine)
    dry = await fed(engine, feed, mode="sync", dry_run=True)
    assert counted(await fed(engine, first, mode="sync", dry_run=True)) == {"unchanged": 3}
    assert await logged(engine) == before
    assert counted(dry) == counted(await fed(engine, feed, mode="sync"))
    assert counted(dry)["archived"] == 1


async def test_too_many_errors_end_an_import_early(engine: AsyncEngine) -> None:
    feed = [row(f"A-{number}") for number in range(10)] + [b"x"] * 3 * BATCH + [row("B")]
    with pytest.raises(TooManyErrors):
        await fed(engine, feed, max_errors=2)
    assert await types(engine) == ["ProductRegistered"] * 10
    assert counted(await fed(engine, [row("B"), b"x"], max_errors=1)) == {"created": 1, "failed": 1}


async def test_two_imports_of_a_source_at_a_time_are_refused(engine: AsyncEngine) -> None:
    async with holding(engine, "default"):
        with pytest.raises(ImportRunning):
            await fed(engine, [row("A")])
        assert counted(await fed(engine, [row("A")], source="other")) == {"created": 1}
    assert counted(await fed(engine, [row("A")])) == {"unchanged": 1}


@asynccontextmanager
async def holding(engine: AsyncEngine, source: str) -> AsyncIterator[None]:
    """Somebody else who imports a feed of the source all the while."""
    asked = Asked(
        run_id=uuid4(), identity=b"other", actor="bob", correlation_id="feed-0", source=source
    )

    async def renew(run: Run) -> None:
        while True:
            async with driver(engine) as connection:
                await advance(connection, run)
            await asyncio.sleep(0.05)

    with opened(b"") as feed:
        async with run_of(engine, "main", feed, asked, "elsewhere:1") as run:
            renewing = asyncio.create_task(renew(run))
            yield
            renewing.cancel()


async def test_two_sources_at_once_make_each_product_once(engine: AsyncEngine) -> None:
    feed = [row(f"SKU-{number}", brand="Sun") for number in range(BATCH)]
    one, other = await asyncio.gather(
        fed(engine, feed, source="one"), fed(engine, feed[::-1], source="two")
    )
    assert one.counts.created + other.counts.created == BATCH
    assert one.counts.unchanged + other.counts.unchanged == BATCH
    assert {event.version for event in await logged(engine)} == {1}


async def test_a_small_queue_makes_small_batches(engine: AsyncEngine) -> None:
    side = WriteSide(appender(engine, queue_limit=10))
    feed = [row(f"S{number:02}") for number in range(35)]
    assert counted(await fed(engine, feed, side, mode="sync")) == {"created": 35}
    assert counted(await fed(engine, feed[:1], side, mode="sync")) == {
        "unchanged": 1,
        "archived": 34,
    }


async def test_a_lease_that_ran_out_keeps_who_slept_from_appending(engine: AsyncEngine) -> None:
    asked = Asked(run_id=uuid4(), identity=b"one", actor="bob", correlation_id="feed-0")
    with opened(row("A")) as feed, pytest.raises(RunLost):
        await sleeping(engine, feed, asked)
    assert await types(engine) == []


async def sleeping(engine: AsyncEngine, feed: Feed, asked: Asked) -> None:
    """Between its decision and what it appends."""
    async with run_of(engine, "main", feed, asked, "elsewhere:1") as run:
        settling = Settling(write_side(engine), feed, asked, run)
        [batch] = batches(feed, 0, 10)
        decided = await settling.decide(batch)
        await taken_over(engine)
        run.held_at -= LEASE.total_seconds()
        await settling.append(decided)


async def taken_over(engine: AsyncEngine) -> None:
    """By somebody who saw that nobody held the run."""
    async with driver(engine) as connection:
        await connection.execute("update feeds.runs set epoch = epoch + 1")


async def test_what_was_appended_and_not_kept_is_known_when_another_feed_comes(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed(engine, [row("A"), row("B")], mode="sync")
    with monkeypatch.context() as patched:
        patched.setattr(Settling, "keep", broken_off)
        with pytest.raises(ConnectionError):
            await fed(engine, [row("A"), row("B"), row("X")], mode="sync")
    report = await fed(engine, [row("A")], mode="sync")
    assert counted(report) == {"unchanged": 1, "archived": 2}
    assert counted(await fed(engine, [row("A"), row("X")])) == {"unchanged": 1, "restored": 1}


async def broken_off(*_: object) -> None:
    raise ConnectionError


async def test_what_was_archived_and_not_kept_comes_back(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fed(engine, [row("A"), row("B")], mode="sync")
    with monkeypatch.context() as patched:
        patched.setattr(Archiving, "keep", broken_off)
        with pytest.raises(ConnectionError):
            await fed(engine, [row("A")], mode="sync")
    assert (await types(engine))[-1] == "ProductArchived"
    assert counted(await fed(engine, [row("A"), row("B"), row("C")])) == {
        "created": 1,
        "unchanged": 1,
        "restored": 1,
    }


async def test_what_one_source_archived_another_may_bring_back(engine: AsyncEngine) -> None:
    await fed(engine, [row("A"), row("X")], mode="sync", source="one")
    await fed(engine, [row("B"), row("X")], mode="sync", source="two")
    await fed(engine, [row("A")], mode="sync", source="one")
    await fed(engine, [row("B")], mode="sync", source="two")
    assert (await types(engine))[-1] == "ProductArchived"
    report = await fed(engine, [row("A"), row("X")], mode="sync", source="one")
    assert counted(report) == {"unchanged": 1, "restored": 1}


async def test_a_long_story_told_by_feeds_alone_has_snapshots(engine: AsyncEngine) -> None:
    for number in range(EVERY + 2):
        await fed(engine, [row("A", name=f"Lamp {number}")])
    async with driver(engine) as connection:
        assert await connection.fetchval("select version from event_store.snapshots") >= EVERY


async def test_a_refusal_says_which_member_is_to_be_corrected(engine: AsyncEngine) -> None:
    price = {"currency": "XXX", "amount": 1}
    report = await fed(engine, [row("A", prices=[price]), row("B", status="published")])
    faults = [failure.faults[0] for failure in await refused(engine, report.run_id)]
    assert [fault["pointer"] for fault in faults] == ["/prices", "/prices"]
    assert ["XXX" in faults[0]["message"], "prices." in faults[1]["message"]] == [True, True]
