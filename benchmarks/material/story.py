"""What a writer asks for: a product after the other, registered with its SKU, then priced."""

from collections.abc import Iterator
from uuid import UUID

from uuid_utils.compat import uuid7

from events.append import Append, Claim
from events.codec import Encoded, encode
from events.product import PriceSet, ProductRegistered

CATALOG = "main"
EVENTS_A_PRODUCT = 10
ACTOR, CORRELATION_ID = "benchmark", "0198c0de-0000-7000-8000-000000000000"
REGISTERED = encode(
    ProductRegistered(
        sku="LAMP-1", name="Desk lamp", brand="Lumen", category="home/lamps", attributes={"watt": 7}
    )
)
PRICED = encode(PriceSet(currency="USD", amount=1999))


def told() -> Iterator[Append]:
    """One event an append, each with the version that it expects."""
    while True:
        stream = uuid7()
        yield asked(stream, REGISTERED, 0)
        for version in range(1, EVENTS_A_PRODUCT):
            yield asked(stream, PRICED, version)


def asked(stream: UUID, event: Encoded, expected_version: int) -> Append:
    """Who registers a product claims a SKU."""
    claims = [] if expected_version else [Claim(kind="sku", value=str(stream))]
    return Append(
        stream_id=stream,
        events=[event],
        actor=ACTOR,
        correlation_id=CORRELATION_ID,
        expected_version=expected_version,
        claims=claims,
    )
