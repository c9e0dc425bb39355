"""An event in canonical form (RFC 8785), as `event_store.canonical_event` makes it, in Python."""

from datetime import datetime
from hashlib import sha256
from json.encoder import encode_basestring

from events.recorded import Recorded


def canonical_event(event: Recorded) -> str:
    """What the event's digest is the SHA-256 of, as UTF-8."""
    return _until_data(event) + _after_data(event)


def digest(event: Recorded) -> bytes:
    return sha256(canonical_event(event).encode()).digest()


def exported(event: Recorded) -> str:
    """The canonical form with `digest`, in hexadecimal, as one more member in its place.

    One line, even of data that is not canonical: there a line break is no more than white space.
    """
    until_data = _until_data(event).replace("\n", " ")
    return f'{until_data},"digest":"{event.digest.hex()}"{_after_data(event)}'


def _until_data(event: Recorded) -> str:
    return (
        f'{{"actor":{_text(event.actor)},"catalog_id":{_text(event.catalog_id)}'
        f',"causation_id":{_text(event.causation_id)}'
        f',"correlation_id":{_text(event.correlation_id)},"data":{event.data}'
    )


def _after_data(event: Recorded) -> str:
    return (
        f',"occurred_at":{_time(event.occurred_at)},"position":{event.position}'
        f',"recorded_at":{_time(event.recorded_at)},"schema_version":{event.schema_version}'
        f',"stream_id":"{event.stream_id}","type":{_text(event.type)},"version":{event.version}}}'
    )


def _text(value: str | None) -> str:
    return "null" if value is None else encode_basestring(value)


def _time(moment: datetime) -> str:
    """With six digits, in UTC, as PostgreSQL sends it: its offset of nothing becomes a Z."""
    return f'"{moment.isoformat(timespec="microseconds").removesuffix("+00:00")}Z"'
