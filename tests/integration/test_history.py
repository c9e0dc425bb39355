"""A product's history: every event, and what it changed."""

from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.codec import Encoded
from events.database import driver
from events.product import ProductEvent
from events.selection import Selection
from queries.audit.changes import Change
from queries.audit.folded import FoldedProducts
from queries.errors import InvalidCursor
from tests.given import DESK, LAMP, TELEPORTED, Log, opened, registered
from tests.histories import answered, told
from tests.signing import rewritten

pytest_plugins = ("tests.folds_fixtures",)

EURO = {"currency": "EUR", "amount": 1999, "decimal": "19.99"}
CHEAP = {"currency": "EUR", "amount": 5, "decimal": "0.05"}
PICTURE = {"url": "https://example.org/1.png", "alt": None}
priced = facts.PriceSet(currency="EUR", amount=1999)
colored = facts.AttributesChanged(assigned={"color": "red", "watts": 1})


@pytest.mark.parametrize(
    ("before", "event", "changes"),
    [
        ([], facts.ProductRenamed(name="Sun"), [("name", "Lamp", "Sun")]),
        ([], facts.ProductDescribed(description="Bright"), [("description", None, "Bright")]),
        ([], facts.ProductBranded(brand="Acme"), [("brand", None, "Acme")]),
        (
            [facts.ProductBranded(brand="Acme")],
            facts.ProductBranded(brand=None),
            [("brand", "Acme", None)],
        ),
        ([], facts.ProductCategorised(category="light"), [("category", None, "light")]),
        ([], facts.ProductTagged(tags=("new",)), [("tags", None, ["new"])]),
        (
            [facts.ProductTagged(tags=("new",))],
            facts.ProductTagged(tags=()),
            [("tags", ["new"], None)],
        ),
        ([], colored, [("attributes.color", None, "red"), ("attributes.watts", None, 1)]),
        (
            [colored],
            facts.AttributesChanged(assigned={"watts": True}, removed=("color",)),
            [("attributes.watts", 1, True), ("attributes.color", "red", None)],
        ),
        (
            [],
            facts.MediaArranged(media=(facts.Medium(url="https://example.org/1.png"),)),
            [("media", None, [PICTURE])],
        ),
        ([], priced, [("prices.EUR", None, EURO)]),
        ([priced], facts.PriceSet(currency="EUR", amount=5), [("prices.EUR", EURO, CHEAP)]),
        ([priced], facts.PriceRemoved(currency="EUR"), [("prices.EUR", EURO, None)]),
        ([], facts.ProductPublished(), [("status", "draft", "published")]),
        (
            [facts.ProductPublished()],
            facts.ProductUnpublished(),
            [("status", "published", "draft")],
        ),
        ([], facts.ProductArchived(reason="recall"), [("status", "draft", "archived")]),
        (
            [facts.ProductArchived()],
            facts.ProductRestored(status="published"),
            [("status", "archived", "published")],
        ),
    ],
)
async def test_an_event_tells_what_it_changed(
    engine: AsyncEngine,
    before: list[ProductEvent],
    event: ProductEvent,
    changes: list[tuple[str, object, object]],
) -> None:
    await Log(engine).given(LAMP, registered, *before, event)
    last = (await told(engine)).items[-1]
    assert last.type == type(event).__name__
    assert msgspec.json.decode(msgspec.json.encode(last.changes)) == [
        {"field": field, "before": old, "after": new} for field, old, new in changes
    ]


async def test_a_registration_tells_what_was_set(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    (first,) = (await told(engine)).items
    assert first.changes == [
        Change("sku", None, "LAMP-1"),
        Change("name", None, "Lamp"),
        Change("status", None, "draft"),
    ]


async def test_an_event_comes_with_its_circumstances(engine: AsyncEngine) -> None:
    moment = datetime(2024, 5, 1, tzinfo=UTC)
    other = await opened(engine, "other")
    await other.given(LAMP, registered, occurred_at=moment)
    position = await Log(engine).given(LAMP, registered, priced, occurred_at=moment)
    item = (await told(engine)).items[1]
    assert (item.position, item.version, item.occurred_at) == (position, 2, moment)
    assert (item.actor, item.correlation_id, item.causation_id) == ("tests", "given", None)
    assert msgspec.json.decode(item.data) == {"currency": "EUR", "amount": 1999}
    async with driver(engine) as connection:
        digest, recorded_at = await connection.fetchrow(
            "select digest, recorded_at from event_store.events"
            " where catalog_id = 'main' and position = $1",
            position,
        ) or (b"", None)
    assert (item.digest, item.recorded_at) == (digest.hex(), recorded_at)
    assert len(digest) == sha256().digest_size


async def test_pages_end_where_the_history_does(engine: AsyncEngine) -> None:
    changes = [facts.ProductRenamed(name=f"Lamp {number}") for number in range(6)]
    await Log(engine).given(LAMP, registered, *changes)
    versions, cursor = [], None
    for _ in range(3):
        page = await told(engine, limit=3, cursor=cursor)
        versions.append([item.version for item in page.items])
        cursor = page.next_cursor
    assert versions == [[1, 2, 3], [4, 5, 6], [7]]
    assert cursor is None


async def test_a_later_page_knows_what_was_before_it(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered, facts.ProductRenamed(name="Sun"))
    first = await told(engine, limit=1)
    second = await told(engine, limit=1, cursor=first.next_cursor)
    assert second.items[0].changes == [Change("name", "Lamp", "Sun")]


async def test_it_needs_no_projection_and_knows_the_log_s_head(engine: AsyncEngine) -> None:
    head = await Log(engine).given(LAMP, registered)
    assert (await answered(engine)).position == head
    unknown = await answered(engine, Selection(stream=DESK))
    assert (unknown.value, unknown.position) == (None, head)


async def test_a_cursor_of_another_history_is_refused(engine: AsyncEngine) -> None:
    for log in (Log(engine), await opened(engine, "other")):
        await log.given(LAMP, registered, colored)
        await log.given(DESK, registered, colored)
    cursor = (await told(engine, limit=1)).next_cursor
    for catalog, product in (("main", DESK), ("other", LAMP)):
        with pytest.raises(InvalidCursor):
            await answered(engine, Selection(stream=product), catalog=catalog, cursor=cursor)


async def test_from_an_event_that_can_t_be_read_on_nobody_knows_what_changed(
    engine: AsyncEngine,
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await log.given_stored(LAMP, Encoded("ProductTeleported", 3, '{"to":["Mars"]}'))
    await log.given(LAMP, facts.ProductRenamed(name="Sun"))
    first, unread, behind = (await told(engine)).items
    assert first.changes_unknown is None
    assert (unread.type, bytes(unread.data)) == ("ProductTeleported", b'{"to":["Mars"]}')
    assert (unread.changes, behind.changes) == ([], [])
    assert unread.changes_unknown
    assert unread.changes_unknown.startswith("version 2 can't be read: ")
    assert behind.changes_unknown == unread.changes_unknown
    assert bytes(behind.data) == b'{"name":"Sun"}'


async def test_a_history_may_begin_with_what_can_t_be_read(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, registered)
    await log.given(DESK, priced)
    items = (await told(engine)).items
    assert [item.changes for item in items] == [[], []]
    page = await told(engine, limit=1, cursor=None)
    later = await told(engine, limit=1, cursor=page.next_cursor)
    assert later.items == items[1:]


async def test_a_history_says_from_where_on_an_event_is_missing(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered, priced, facts.ProductRenamed(name="Sun"))
    await rewritten(engine, "events", "delete from event_store.events where version = 2")
    first, behind = (await told(engine)).items
    assert first.changes_unknown is None
    assert (behind.changes, behind.changes_unknown) == ([], "version 2 is missing")


async def test_who_goes_on_has_each_event_folded_once(
    engine: AsyncEngine, folds: list[int]
) -> None:
    changes = [facts.ProductRenamed(name=f"Lamp {number}") for number in range(8)]
    await Log(engine).given(LAMP, registered, *changes)
    remembered, cursor = FoldedProducts(100_000), None
    for _ in range(3):
        cursor = (await told(engine, limit=3, cursor=cursor, remembered=remembered)).next_cursor
    assert cursor is None
    assert folds == [*range(1, 10)]


async def test_a_change_of_no_product_says_so(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, priced)
    (item,) = (await told(engine)).items
    assert item.changes == []
    assert item.changes_unknown == "version 1 can't be read: no product was registered before it"
