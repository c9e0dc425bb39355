"""What a superuser does to events with the triggers off is found, and named."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.codec import Encoded
from tests.appends import appended, asked
from tests.audited import STREAMS, Verify, audited, price_at
from tests.signing import REHASHED, rewritten, signed

pytest_plugins = ("tests.verify_fixtures",)

type Findings = list[tuple[object, ...]]

FIFTH, SIXTH = price_at(12, 5), price_at(12, 6)
FIRST, LAST = STREAMS[0], price_at(25, 12)
assert (FIFTH[0], SIXTH[0], LAST[0]) == (137, 138, 300)

PRICED = """update event_store.events set data = '{"amount":1,"currency":"EUR"}'"""
MOVED = """
    update event_store.events set position = case position when 137 then -138 else -137 end
    where position in (137, 138)
"""
BACK = "update event_store.events set position = -position where position < 0"
LATER = "update event_store.events set occurred_at = occurred_at + interval '1 us'"
UNKEYED = "alter table event_store.events drop constraint"
AGAIN = "insert into event_store.events select * from event_store.events where position = 300"

NODE = ("tree-node", 1, 0, "1-256")
ROOT = ("root", "97-204", 204)
AT_137, AT_138 = "where position = 137", "where position in (137, 138)"


@pytest.mark.parametrize(
    ("statements", "findings"),
    [
        pytest.param([f"{PRICED} {AT_137}"], [("digest", *FIFTH)], id="data"),
        pytest.param(
            ["update event_store.events set actor = 'eve' where position = 300"],
            [("digest", *LAST)],
            id="an actor",
        ),
        pytest.param(
            [f"{LATER} where position = 1"],
            [("digest", 1, str(FIRST), 1), ("time", 1, str(FIRST), 1), ("time", 2, str(FIRST), 2)],
            id="when it occurred",
        ),
        pytest.param(
            [f"update event_store.events set recorded_at = 'infinity' {AT_137}"],
            [("digest", *FIFTH), ("time", *FIFTH), ("time", *SIXTH)],
            id="recorded never",
        ),
        pytest.param(
            [f"update event_store.events set recorded_at = '0044-03-15 BC' {AT_137}"],
            [("digest", *FIFTH), ("time", *FIFTH), ("time", *FIFTH)],
            id="recorded before Christ, which is before it occurred and before the others",
        ),
        pytest.param(
            [
                "update event_store.events set recorded_at = '9999-01-01Z' where position = 300",
                f"{REHASHED} where position = 300",
            ],
            [("time", *LAST), ("head",), ("root", "205-300", 300)],
            id="recorded in the future, and the digest to match",
        ),
        pytest.param(
            [f"update event_store.events set digest = sha256('') {AT_137}"],
            [("digest", *FIFTH), ROOT, NODE],
            id="a digest",
        ),
        pytest.param(
            [f"{PRICED} {AT_137}", f"{REHASHED} {AT_137}"],
            [ROOT, NODE],
            id="data, and the digest to match",
        ),
        pytest.param(
            [f"delete from event_store.events {AT_137}"],
            [
                ("gap", "137"),
                ("version", *price_at(13, 5)),
                ("root", "137-204", 204),
            ],
            id="an event deleted",
        ),
        pytest.param(
            ["delete from event_store.events where position < 13"],
            [
                ("gap", "1-12"),
                *(("version", *price_at(3, number)) for number in range(1, 7)),
                ("root", "1-96", 96),
                *(("unreadable", *price_at(3, number)) for number in range(1, 7)),
                *(("claim", f"'SKU-{number}'") for number in range(1, 7)),
            ],
            id="the first events deleted",
        ),
        pytest.param(
            [MOVED, BACK],
            [("digest", 137, *SIXTH[1:]), ("digest", 138, *FIFTH[1:]), ROOT, NODE],
            id="a pair swapped",
        ),
        pytest.param(
            [MOVED, BACK, f"{REHASHED} {AT_138}"],
            [ROOT, NODE],
            id="a pair swapped, and the digests to match",
        ),
        pytest.param(
            [f"{UNKEYED} events_pkey", f"{UNKEYED} events_stream_version", AGAIN],
            [("gap", "301"), ("version", *LAST)],
            id="an event repeated",
        ),
        pytest.param(
            ["delete from event_store.events where position > 299"],
            [("tail", "300", 300), ("head",), ("stream", LAST[1])],
            id="the tail cut off",
        ),
    ],
)
async def test_a_change_of_the_log_is_found_and_named(
    engine: AsyncEngine, verify: Verify, statements: list[str], findings: Findings
) -> None:
    await audited(engine)
    for statement in statements:
        await rewritten(engine, "events", statement)
    told = await verify()
    assert sorted(map(str, told.findings)) == sorted(map(str, findings))
    assert told.code == 1


@pytest.mark.parametrize(
    "column",
    [
        "position",
        "stream_id",
        "version",
        "type",
        "schema_version",
        "data",
        "actor",
        "correlation_id",
        "occurred_at",
        "recorded_at",
        "digest",
    ],
)
async def test_what_was_taken_from_an_event_is_missed(
    engine: AsyncEngine, verify: Verify, column: str
) -> None:
    await audited(engine)
    for key in ("events_pkey", "events_stream_version"):
        await rewritten(engine, "events", f"{UNKEYED} {key}")
    nullable = f"alter table event_store.events alter column {column} drop not null"
    await rewritten(engine, "events", nullable)
    await rewritten(engine, "events", f"update event_store.events set {column} = null {AT_137}")
    told = await verify()
    place = 0 if column == "position" else 137
    assert told.code == 1
    assert [finding[1] for finding in told.findings if finding[0] == "digest"] == [place]
    roots = [finding for finding in told.findings if finding[0] == "root"]
    assert len(roots) <= 1


@pytest.mark.parametrize(
    "data",
    [
        '{"amount":1, "currency":"EUR"}',
        '{"currency":"EUR","amount":1}',
        '{"amount":1,"amount":1,"currency":"EUR"}',
        '{"amount":1,"currency":"\\u0045UR"}',
        '{"amount":1,"currency":"EUR","more":1.0}',
        '{"amount":1,"currency":"EUR","more":123456789012345678901234567890}',
    ],
)
async def test_data_that_auditors_would_hash_differently_is_named(
    engine: AsyncEngine, verify: Verify, data: str
) -> None:
    await audited(engine)
    await appended(engine, asked(STREAMS[0], Encoded("PriceSet", 1, data)))
    await signed(engine)
    told = await verify()
    assert (told.code, told.findings) == (1, [("form", 301, str(FIRST), 26)])


@pytest.mark.parametrize("data", ["{", '{"amount":1e999}', '"\\ud800"', "[" * 5_000 + "]" * 5_000])
async def test_data_that_cannot_be_parsed_has_no_canonical_form(
    engine: AsyncEngine, verify: Verify, data: str
) -> None:
    await audited(engine)
    await rewritten(engine, "events", "alter table event_store.events alter data type text")
    await rewritten(engine, "events", f"update event_store.events set data = $1 {AT_137}", data)
    await rewritten(engine, "events", f"{REHASHED} {AT_137}")
    found = {finding[0] for finding in (await verify()).findings}
    assert {"form", "unreadable", "root"} <= found
