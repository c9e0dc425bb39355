"""Exported logs that no database wrote: their lines, and lines that are not as they should be."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from events.canonical_event import digest, exported
from events.product import PriceSet, ProductRegistered, ProductRenamed
from events.recorded import Recorded
from tests.given import DESK, LAMP
from tests.stream import stream

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def log(catalog: str = "main") -> list[Recorded]:
    """A lamp's three events, and then a desk's two."""
    lamp = stream(
        ProductRegistered(sku="LAMP-1", name="Lamp “1”\t💡", attributes={"watts": 9}),
        PriceSet(currency="EUR", amount=1900),
        ProductRenamed(name="Sun"),
    )
    desk = stream(
        ProductRegistered(sku="DESK-1", name="Desk", attributes={}),
        PriceSet(currency="EUR", amount=19900),
    )
    lamp = [replace(event, stream_id=LAMP) for event in lamp]
    desk = [replace(event, stream_id=DESK) for event in desk]
    return [
        _placed(event, position, catalog) for position, event in enumerate([*lamp, *desk], start=1)
    ]


def _placed(event: Recorded, position: int, catalog: str) -> Recorded:
    moment = BEGIN + timedelta(seconds=position)
    return hashed(
        event, catalog_id=catalog, position=position, occurred_at=moment, recorded_at=moment
    )


def hashed(event: Recorded, **changes: Any) -> Recorded:  # noqa: ANN401 -- of any column
    """With these changes, and the digest that belongs to them."""
    changed = replace(event, **changes)
    return replace(changed, digest=digest(changed))


def lines(events: Iterable[Recorded]) -> list[str]:
    return [f"{exported(event)}\n" for event in events]
