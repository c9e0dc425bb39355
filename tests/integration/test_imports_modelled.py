"""Whatever feeds come, in whatever order and however often they break off, a plain model agrees."""

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    rule,
    run_state_machine_as_test,
)
from uuid_utils.compat import uuid7

from commands.errors import EmptyFeed
from commands.feeds.asked import Asked
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.importing import import_feed
from commands.feeds.refused.rows import read_failures
from commands.feeds.report import Counts
from commands.feeds.rows import Feed, Row
from commands.product.messages import ArchiveProduct, RenameProduct, RestoreProduct
from commands.write_side import WriteSide
from events.database import driver
from events.product import (
    ProductArchived,
    ProductEvent,
    ProductRegistered,
    ProductRenamed,
    ProductRestored,
)
from events.recorded import Recorded
from tests.appends import appender, logged
from tests.commanded import commanded
from tests.feed_model import CatalogModel, ToldFeed, ToldRow
from tests.machine import CatalogMachine

BATCH = 2
"""Rows, so that a feed has several."""
SKUS, NAMES = ["A", "B", "C"], ["one", "two"]

rows = st.builds(
    ToldRow,
    sku=st.sampled_from([*SKUS, *SKUS, None]),
    name=st.sampled_from([*NAMES, *NAMES, ""]),
    archived=st.sampled_from([False, False, False, True]),
)
feeds = st.builds(
    ToldFeed,
    source=st.sampled_from(["mill", "mine"]),
    mode=st.sampled_from(["sync", "sync", "upsert"]),
    rows=st.lists(rows, max_size=6),
    dry_run=st.sampled_from([False, False, False, True]),
)
rows_read = st.none() | st.integers(0, 6)
"""Of a feed that breaks off."""


class BrokenOffError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class BreakingOff:
    feed: Feed
    rows: int

    def __iter__(self) -> Iterator[Row]:
        yield from islice(self.feed, self.rows)
        raise BrokenOffError

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever a feed has
        return getattr(self.feed, name)


class Machine(CatalogMachine):
    """A catalog of its own, and the model of it."""

    pool_size = 4

    def __init__(self) -> None:
        super().__init__()
        self.side = WriteSide(appender(self.engine, queue_limit=BATCH, catalog=self.catalog))
        self.model = CatalogModel()
        self.log: list[Recorded] = []

    @rule(told=feeds, rows_read=rows_read)
    def imports(self, told: ToldFeed, rows_read: int | None) -> None:
        """What breaks off is asked for again."""
        model = deepcopy(self.model) if told.dry_run else self.model
        expected, failed = model.imports(told)
        run_id, before = uuid7(), len(self.log)
        try:
            counts = self.does(self._import(told, run_id, run_id, rows_read))
        except BrokenOffError:
            counts = self.does(self._import(told, run_id, uuid7(), None))
        says_nothing = told.mode == "sync" and expected.rows == expected.failed
        assert counts == (None if says_nothing else expected)
        assert self.does(self._failed(run_id)) == failed
        self.log = self.does(logged(self.engine, self.catalog))
        assert {event.correlation_id for event in self.log[before:]} <= {str(run_id)}

    @rule(sku=st.sampled_from(SKUS))
    def archives(self, sku: str) -> None:
        if thing := self.model.things.get(sku):
            self.does(commanded(self.side, ArchiveProduct(), product=self._stream(sku)))
            thing.archives()

    @rule(sku=st.sampled_from(SKUS))
    def restores(self, sku: str) -> None:
        if thing := self.model.things.get(sku):
            self.does(commanded(self.side, RestoreProduct(), product=self._stream(sku)))
            thing.restores()

    @rule(sku=st.sampled_from(SKUS), name=st.sampled_from(NAMES))
    def renames(self, sku: str, name: str) -> None:
        thing = self.model.things.get(sku)
        if thing and not thing.is_archived:
            self.does(commanded(self.side, RenameProduct(name=name), product=self._stream(sku)))
            thing.renames(name)

    @invariant()
    def has_the_events_of_the_model(self) -> None:
        self.log = self.does(logged(self.engine, self.catalog))
        assert stories(self.log) == self.model.stories

    async def _import(
        self, told: ToldFeed, identity: UUID, run_id: UUID, rows_read: int | None
    ) -> Counts | None:
        """None when there was nothing in it to go by."""
        asked = Asked(
            run_id=run_id,
            identity=identity.bytes,
            actor="tests",
            correlation_id=str(run_id),
            mode=told.mode,
            source=told.source,
            dry_run=told.dry_run,
        )
        with TemporaryDirectory() as directory:
            path = Path(directory) / "feed"
            path.write_text("\n".join(row.line() for row in told.rows), encoding="utf-8")
            with open_feed(path, Reading()) as feed, suppress(EmptyFeed):
                read = feed if rows_read is None else cast("Feed", BreakingOff(feed, rows_read))
                return (await import_feed(self.side, read, asked)).counts
        return None

    async def _failed(self, run_id: UUID) -> list[int]:
        async with driver(self.engine) as connection:
            return [failure.line for failure in await read_failures(connection, run_id)]

    def _stream(self, sku: str) -> UUID:
        return next(each.stream_id for each in self.log if is_about(each.event, sku))


def is_about(event: ProductEvent, sku: str) -> bool:
    return isinstance(event, ProductRegistered) and event.sku == sku


def stories(log: list[Recorded]) -> dict[str, list[str]]:
    """By SKU."""
    found: dict[UUID, list[str]] = {}
    skus = {}
    for each in log:
        found.setdefault(each.stream_id, []).append(word_of(each.event))
        if isinstance(each.event, ProductRegistered):
            skus[each.stream_id] = each.event.sku
    return {skus[stream]: story for stream, story in found.items()}


def word_of(event: ProductEvent) -> str:
    match event:
        case ProductRegistered(name=name):
            return f"registered {name}"
        case ProductRenamed(name=name):
            return f"renamed {name}"
        case ProductArchived():
            return "archived"
        case ProductRestored():
            return "restored"
        case _:
            return type(event).__name__


def test_feeds_do_what_a_plain_model_does(database_url: str) -> None:
    machine = type("Machine", (Machine,), {"database_url": database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=8,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
