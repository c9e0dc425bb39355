"""What is kept beside the events is held against them."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.snapshots import EVERY
from events.append import Claim
from events.codec import Encoded, encode
from events.product import PriceSet, ProductRegistered
from tests.appends import appended, asked
from tests.audited import STREAMS, Verify, audited
from tests.commanded import write_side
from tests.signing import rewritten

pytest_plugins = ("tests.verify_fixtures",)

FIFTH, SIXTH = str(STREAMS[4]), str(STREAMS[5])
NEVER = str(UUID(int=99))


@pytest.mark.parametrize(
    ("table", "statement", "finding"),
    [
        pytest.param(
            "claims",
            f"update event_store.claims set stream_id = '{SIXTH}' where value = 'SKU-5'",
            ("claim", "'SKU-5'"),
            id="a claim stolen",
        ),
        pytest.param(
            "claims",
            "delete from event_store.claims where value = 'SKU-5'",
            ("claim", "'SKU-5'"),
            id="a claim deleted",
        ),
        pytest.param(
            "claims",
            f"insert into event_store.claims values ('main', 'sku', 'SKU-0', '{FIFTH}')",
            ("claim", "'SKU-0'"),
            id="a claim added",
        ),
        pytest.param(
            "streams",
            f"update event_store.streams set version = 26 where stream_id = '{FIFTH}'",
            ("stream", FIFTH),
            id="a stream's version",
        ),
        pytest.param(
            "streams",
            f"update event_store.streams set last_occurred_at = now() where stream_id = '{FIFTH}'",
            ("stream", FIFTH),
            id="a stream's time",
        ),
        pytest.param(
            "streams",
            f"delete from event_store.streams where stream_id = '{FIFTH}'",
            ("stream", FIFTH),
            id="a stream forgotten",
        ),
        pytest.param(
            "streams",
            f"insert into event_store.streams values ('main', '{NEVER}', 'product', 1, 1, now())",
            ("stream", NEVER),
            id="a stream without events",
        ),
        pytest.param(
            "streams",
            f"update event_store.streams set kind = 'order' where stream_id = '{FIFTH}'",
            ("stream", FIFTH),
            id="a stream's kind",
        ),
        pytest.param(
            "catalogs",
            "update event_store.catalogs set last_recorded_at = '2999-01-01Z'",
            ("head",),
            id="when the last event was recorded",
        ),
        pytest.param(
            "catalogs",
            "update event_store.catalogs set head = 301",
            ("head",),
            id="the head",
        ),
        pytest.param(
            "catalogs",
            "delete from event_store.catalogs",
            ("head",),
            id="the catalog",
        ),
        pytest.param(
            "idempotency",
            "insert into event_store.idempotency values"
            f" ('main', 'once', '', '{FIFTH}', 12, 138, now())",
            ("receipt", "'once'", FIFTH, 12),
            id="a receipt of another position",
        ),
        pytest.param(
            "idempotency",
            "insert into event_store.idempotency values"
            f" ('main', 'once', '', '{FIFTH}', 26, 301, now())",
            ("receipt", "'once'", FIFTH, 26),
            id="a receipt of no event",
        ),
    ],
)
async def test_a_change_beside_the_log_is_found_and_named(
    engine: AsyncEngine, verify: Verify, table: str, statement: str, finding: tuple[object, ...]
) -> None:
    await audited(engine)
    await rewritten(engine, table, statement)
    told = await verify()
    assert (told.code, told.findings) == (1, [finding])


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("streams", f"'{NEVER}', 'product', 1, 1, now()"),
        ("claims", f"'sku', 'LAMP-1', '{NEVER}'"),
        ("idempotency", f"'once', '', '{NEVER}', 0, 0, now()"),
        ("snapshots", f"'{NEVER}', '', 1, 1, '{{}}', now()"),
        ("tree_nodes", "1, 0, ''"),
        ("checkpoints", "300, '', ''"),
    ],
)
async def test_a_row_of_no_catalog_is_found(
    engine: AsyncEngine, verify: Verify, table: str, row: str
) -> None:
    await rewritten(engine, table, f"insert into event_store.{table} values ('gone', {row})")
    told = await verify()
    found = [finding["catalog"] for finding in told.document["findings"]]
    assert (told.code, {*found}) == (1, {"gone"})
    assert ("head",) in told.findings


async def test_receipts_of_what_happened_are_as_they_should_be(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    nothing = replace(asked(STREAMS[4], key="nothing"), events=[])
    never = replace(asked(UUID(int=99), key="never"), events=[])
    await appended(engine, asked(STREAMS[4], key="something"), nothing, never)
    told = await verify()
    assert (told.code, told.findings) == (0, [])


async def test_a_sku_is_registered_once(engine: AsyncEngine, verify: Verify) -> None:
    await audited(engine)
    again = encode(ProductRegistered(sku="SKU-5", name="Lamp", attributes={}))
    await appended(engine, asked(UUID(int=99), again))
    told = await verify()
    assert (told.code, told.findings) == (1, [("claim", "'SKU-5'")])
    assert "position 301" in told.document["findings"][0]["found"]


async def test_what_only_an_unreadable_event_can_have_claimed_is_told_but_is_no_fault(
    engine: AsyncEngine, verify: Verify
) -> None:
    await audited(engine)
    later = asked(
        STREAMS[4],
        Encoded("ProductRegistered", 2, "{}"),
        claims=[Claim(kind="ean", value="4006381")],
    )
    await appended(engine, later)
    told = await verify()
    warnings = [("unreadable", 301, FIFTH, 26), ("unreadable", "'4006381'")]
    assert (told.code, told.findings) == (0, warnings)


async def with_snapshot(engine: AsyncEngine) -> None:
    """Of the first stream, which becomes long enough to have one."""
    await audited(engine)
    prices = [encode(PriceSet(currency="EUR", amount=amount)) for amount in range(EVERY)]
    await appended(engine, asked(STREAMS[0], *prices))
    side = write_side(engine)
    await side.load(STREAMS[0])
    await side.drain()


async def test_a_snapshot_is_what_its_stream_amounts_to(
    engine: AsyncEngine, verify: Verify
) -> None:
    await with_snapshot(engine)
    told = await verify()
    assert (told.code, told.findings) == (0, [])
    assert told.document["catalogs"]["main"]["snapshots"] == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("state = replace(state::text, '99', '98')::json", id="another state"),
        pytest.param("state = '{}'", id="no state"),
        pytest.param("version = version - 1", id="another version"),
        pytest.param("version = -1", id="no version"),
        pytest.param("version = version + 1", id="a version that is not there"),
        pytest.param("position = position - 1", id="another position"),
        pytest.param(f"stream_id = '{NEVER}'", id="of another stream"),
    ],
)
async def test_a_wrong_snapshot_is_found_and_named(
    engine: AsyncEngine, verify: Verify, change: str
) -> None:
    await with_snapshot(engine)
    await rewritten(engine, "snapshots", f"update event_store.snapshots set {change}")
    told = await verify()
    stream = NEVER if NEVER in change else str(STREAMS[0])
    assert (told.code, told.findings) == (1, [("snapshot", stream)])


async def test_the_snapshots_of_other_code_are_nobody_s_business(
    engine: AsyncEngine, verify: Verify
) -> None:
    await with_snapshot(engine)
    foreign = "update event_store.snapshots set code_digest = '', state = '{}'"
    await rewritten(engine, "snapshots", foreign)
    assert (await verify()).code == 0


async def test_a_snapshot_of_what_cannot_be_read_is_told_as_unreadable(
    engine: AsyncEngine, verify: Verify
) -> None:
    await with_snapshot(engine)
    await rewritten(
        engine,
        "events",
        "update event_store.events set type = 'ProductTeleported' where position = 1",
    )
    first = str(STREAMS[0])
    assert (await verify()).findings == [
        ("digest", 1, first, 1),
        ("unreadable", 1, first, 1),
        ("unreadable", "'SKU-1'"),
        ("unreadable", first),
    ]
