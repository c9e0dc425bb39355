"""The events of one product as the log would hold them, without a log."""

from datetime import UTC, datetime, timedelta

from events.codec import Encoded, encode
from events.product import ProductEvent
from events.recorded import Recorded
from tests.given import LAMP


def stream(*events: ProductEvent | Encoded) -> list[Recorded]:
    """The lamp's, from its first: positions are versions."""
    return [_recorded(event, version) for version, event in enumerate(events, 1)]


def _recorded(event: ProductEvent | Encoded, version: int) -> Recorded:
    encoded = event if isinstance(event, Encoded) else encode(event)
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=version)
    return Recorded(
        catalog_id="main",
        position=version,
        stream_id=LAMP,
        version=version,
        type=encoded.type,
        schema_version=encoded.schema_version,
        data=encoded.data,
        actor="tests",
        correlation_id="tests",
        causation_id=None,
        occurred_at=moment,
        recorded_at=moment,
        digest=b"",
    )
