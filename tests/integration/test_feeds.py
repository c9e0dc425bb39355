import asyncio
import json
from collections.abc import Iterable, Iterator
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.appending import Circumstances
from commands.faults import Fault
from commands.feeds import BATCH, Importer, Report
from commands.write_side import WriteSide
from events.product import ProductRenamed
from tests.appends import appender, logged
from tests.commanded import write_side

ANN = Circumstances(actor="ann", correlation_id="feed-1")


def row(sku: str, **fields: object) -> bytes:
    return json.dumps({"sku": sku, "name": sku.title()} | fields).encode()


async def imported(engine: AsyncEngine, lines: Iterable[bytes]) -> Report:
    return await Importer(write_side(engine), ANN).run(lines)


def counts(report: Report) -> tuple[int, int, int, int]:
    assert report.rows == report.created + report.changed + report.unchanged + report.failed
    return report.created, report.changed, report.unchanged, report.failed


async def names(engine: AsyncEngine) -> list[str]:
    return [e.event.name for e in await logged(engine) if isinstance(e.event, ProductRenamed)]


async def test_a_feed_registers_the_new_and_changes_what_differs(engine: AsyncEngine) -> None:
    assert counts(await imported(engine, [row("A"), row("B"), b" \n", row("C")])) == (3, 0, 0, 0)
    report = await imported(engine, [row("A"), row("B", name="Sun"), row("D")])
    assert counts(report) == (1, 1, 1, 0)
    log = await logged(engine)
    assert report.position == len(log) == 5
    assert {(event.actor, event.correlation_id) for event in log} == {("ann", "feed-1")}


async def test_a_feed_read_twice_appends_nothing(engine: AsyncEngine) -> None:
    price = {"currency": "EUR", "amount": 1999}
    feed = [
        row("A", attributes={"a": 2.0, "b": True, "c": [1, 0.5]}, tags=["x", "x"]),
        row("B", prices=[price], status="published", media=[{"url": "https://example.org/b"}]),
    ]
    await imported(engine, feed)
    before = await logged(engine)
    assert counts(await imported(engine, feed)) == (0, 0, 2, 0)
    assert await logged(engine) == before


async def test_a_bad_row_fails_alone_and_says_where(engine: AsyncEngine) -> None:
    report = await imported(
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
    assert counts(report) == (2, 0, 0, 6)
    told = [(each.line, each.sku, _pointers(each.faults)) for each in report.failures]
    assert sorted(told, key=lambda failure: failure[0]) == [
        (2, None, [""]),
        (3, "B", ["/prices/0/amount"]),
        (5, "-", ["/sku"]),
        (6, "C", [""]),
        (7, "D", [""]),
        (8, None, [""]),
    ]
    assert all(fault["message"] for failure in report.failures for fault in failure.faults)
    assert len(await logged(engine)) == 2


def _pointers(faults: list[Fault]) -> list[str]:
    return [fault["pointer"] for fault in faults]


async def test_of_a_sku_twice_in_a_feed_the_last_row_counts(engine: AsyncEngine) -> None:
    feed = [row("A", name="One"), row("A", name="Two"), row("B"), row("A", name="Three")]
    assert counts(await imported(engine, feed)) == (2, 2, 0, 0)
    assert await names(engine) == ["Two", "Three"]


async def test_the_last_row_counts_even_if_it_says_what_was(engine: AsyncEngine) -> None:
    feed = [row("A", name="Other"), row("A")]
    await imported(engine, [row("A")])
    assert counts(await imported(engine, feed)) == (0, 2, 0, 0)
    assert await names(engine) == ["Other", "A"]


@pytest.mark.parametrize("apart", [1, BATCH - 1, BATCH, BATCH + 1])
async def test_the_last_row_counts_however_far_apart(engine: AsyncEngine, apart: int) -> None:
    others = [row(f"OTHER-{number}") for number in range(apart - 1)]
    await imported(engine, [row("A")])
    report = await imported(engine, [row("A", name="Other"), *others, row("A")])
    assert counts(report) == (apart - 1, 2, 0, 0)
    assert await names(engine) == ["Other", "A"]


async def test_a_row_of_a_feed_changes_only_what_it_names(engine: AsyncEngine) -> None:
    price = {"currency": "EUR", "amount": 1999}
    await imported(engine, [row("A", prices=[price], brand="Sun", status="published")])
    assert counts(await imported(engine, [row("A")])) == (0, 0, 1, 0)
    assert counts(await imported(engine, [row("A", brand=None, prices=[])])) == (0, 1, 0, 0)
    assert [e.type for e in await logged(engine)][-2:] == ["ProductBranded", "PriceRemoved"]


async def test_two_imports_at_once_make_each_product_once(engine: AsyncEngine) -> None:
    feed = [row(f"SKU-{number}", brand="Sun") for number in range(BATCH)]
    one, other = await asyncio.gather(imported(engine, feed), imported(engine, feed[::-1]))
    assert one.created + other.created == one.unchanged + other.unchanged == BATCH
    assert len({event.stream_id for event in await logged(engine)}) == BATCH
    assert {event.version for event in await logged(engine)} == {1}


async def test_a_feed_that_was_cut_is_finished_by_doing_it_again(engine: AsyncEngine) -> None:
    feed = [row(f"SKU-{number}") for number in range(3 * BATCH)]
    writer = appender(engine)
    with pytest.raises(EOFError):
        await Importer(WriteSide(writer), ANN).run(_cut(feed, 2 * BATCH + 7))
    await writer.drain()
    done = len({event.stream_id for event in await logged(engine)})
    assert 0 < done < len(feed)
    assert counts(await imported(engine, feed)) == (len(feed) - done, 0, done, 0)
    streams: dict[UUID, list[int]] = {}
    for event in await logged(engine):
        streams.setdefault(event.stream_id, []).append(event.version)
    assert list(streams.values()) == [[1]] * len(feed)


def _cut(lines: list[bytes], after: int) -> Iterator[bytes]:
    yield from lines[:after]
    raise EOFError


async def test_a_small_queue_makes_small_batches(engine: AsyncEngine) -> None:
    importer = Importer(WriteSide(appender(engine, queue_limit=10)), ANN)
    assert counts(await importer.run([row(f"S{n}") for n in range(35)])) == (35, 0, 0, 0)


async def test_what_is_no_text_in_utf_8_is_refused_by_its_line(engine: AsyncEngine) -> None:
    latin = '{"sku": "B", "name": "Stehlampe f\u00fcr"}'.encode("latin-1")
    report = await imported(engine, [b"\xef\xbb\xbf" + row("A"), latin, row("C")])
    assert counts(report) == (2, 0, 0, 1)
    assert report.failures[0].line == 2
