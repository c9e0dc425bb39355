"""The digest that PostgreSQL computes, against the same computed here."""

import random
from dataclasses import replace
from hashlib import sha256

import msgspec
import rfc8785
from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Append
from events.codec import Encoded, encode
from events.product import AttributesChanged, ProductRenamed
from events.recorded import Recorded
from tests.appends import appended, asked, logged

NASTY = [
    "".join(map(chr, range(1, 0x20))),
    "\x7f\x80\x9f\xa0",
    '"quoted" \\ and / slashed',
    "\u2028\u2029\ufeff\ufffd\uffff\ufffe",
    "é e\u0301 ﬁ ß İ",
    "💡👩‍👩‍👧‍👦\U0010ffff\U00010000",
    "</script>'; drop table events; --",
    "\\u0041 \\n %s {} $1",
    "",
]
NUMBERS = [0, -1, 2**53 - 1, -(2**53) + 1, 0.1, 1e-7, 1.5e-10, -0.5, 123456789.125, 5e-324, True]


def digest(event: Recorded) -> bytes:
    whole = {
        "actor": event.actor,
        "catalog_id": event.catalog_id,
        "causation_id": event.causation_id,
        "correlation_id": event.correlation_id,
        "data": msgspec.json.decode(event.data),
        "occurred_at": event.occurred_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "position": event.position,
        "recorded_at": event.recorded_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "schema_version": event.schema_version,
        "stream_id": str(event.stream_id),
        "type": event.type,
        "version": event.version,
    }
    return sha256(rfc8785.dumps(whole)).digest()


def told_by(text: str) -> Append:
    return replace(
        asked(None, encode(ProductRenamed(name=text))),
        actor=text,
        correlation_id=text,
        causation_id=text,
    )


def anything(chance: random.Random) -> str:
    """Any characters that PostgreSQL keeps: no NUL, no lone surrogates."""
    ranges = [(1, 0x2F), (0x5B, 0xFF), (0x2000, 0x20FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)]
    return "".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(20))


async def agrees(engine: AsyncEngine, appends: list[Append]) -> None:
    await appended(engine, *appends)
    log = await logged(engine)
    assert [event.actor for event in log] == [append.actor for append in appends]
    assert [event.data for event in log] == [append.events[0].data for append in appends]
    assert [event.digest for event in log] == [digest(event) for event in log]


async def test_the_digest_is_that_of_the_canonical_event(engine: AsyncEngine) -> None:
    await agrees(engine, [told_by(text) for text in NASTY])


async def test_the_digest_is_so_for_any_text(engine: AsyncEngine) -> None:
    chance = random.Random(8785)
    await agrees(engine, [told_by(anything(chance)) for _ in range(300)])


async def test_the_digest_is_so_for_numbers(engine: AsyncEngine) -> None:
    events = [encode(AttributesChanged(assigned={"n": number})) for number in NUMBERS]
    await agrees(engine, [asked(None, event) for event in events])


async def test_no_two_events_have_the_same_digest(engine: AsyncEngine) -> None:
    same = Encoded("ProductPublished", 1, "{}")
    await appended(engine, *(asked(None, same, same) for _ in range(10)))
    assert len({event.digest for event in await logged(engine)}) == 20
