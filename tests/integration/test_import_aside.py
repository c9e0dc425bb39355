"""Others have the event loop while a feed is read that has much to pass over."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.appending import KIND
from commands.feeds.asked import Asked
from commands.feeds.feed_product import FeedProduct
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.importing import import_feed
from commands.feeds.rows import Feed, Form, Row
from commands.write_side import WriteSide
from events.appender import Appender
from tests.importing import lamp_lines

ASKED = Asked(run_id=UUID(int=1), identity=b"1", actor="ann", correlation_id="r-1")


@dataclass(frozen=True, slots=True)
class Slow:
    """A feed that has no row before somebody else lets it."""

    feed: Feed
    may_begin: Event
    form: Form = "ndjson"
    columns: Sequence[str] = ()
    meaning: bytes = b""
    size: int = 1
    read: int = 1

    def __iter__(self) -> Iterator[Row]:
        assert self.may_begin.wait(timeout=10)
        yield from self.feed

    def product(self, row: Row) -> FeedProduct:
        return self.feed.product(row)


async def test_a_feed_is_read_beside_the_loop(engine: AsyncEngine, tmp_path: Path) -> None:
    path = tmp_path / "feed"
    await asyncio.to_thread(path.write_bytes, b"".join(lamp_lines(2)))
    side = WriteSide(Appender(engine, "main", KIND, queue_limit=100, batch_limit=100))
    may_begin = Event()
    with open_feed(path, Reading()) as feed:
        importing = asyncio.create_task(import_feed(side, Slow(feed, may_begin), ASKED))
        await asyncio.sleep(0.1)
        may_begin.set()
        report = await importing
    assert report.counts.created == 2
