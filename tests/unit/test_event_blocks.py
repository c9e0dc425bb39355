"""What is sent of an event, and who is taken to want it."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from api.streaming.accepting import wants_stream
from api.streaming.wire import block, greeting, heartbeat
from queries.audit.items import LoggedItem

ITEM = LoggedItem(
    position=7,
    version=2,
    type="PriceSet",
    data=msgspec.Raw(b'{"amount":5}'),
    changes=[],
    changes_unknown=None,
    discarded=False,
    actor="anna\r\nevent: forged\r\n\r\n",
    correlation_id="c1",
    causation_id=None,
    occurred_at=datetime(2024, 5, 1, tzinfo=UTC),
    recorded_at=datetime(2024, 5, 1, tzinfo=UTC),
    digest="00",
    product_id=UUID(int=1),
    sku="LAMP-1",
)


def test_an_event_is_three_lines_and_an_empty_one() -> None:
    sent = block(ITEM)
    head, data = sent.split(b"\ndata: ")
    assert head == b"id: 7\nevent: PriceSet"
    assert data.endswith(b"}\n\n")
    assert data.count(b"\n") == 2
    assert b"\r" not in sent
    assert msgspec.json.decode(data)["actor"] == ITEM.actor


def test_whoever_tampers_with_a_log_forges_no_event() -> None:
    spoilt = msgspec.structs.replace(
        ITEM, type="Price\r\ndata: 1\n\n", data=msgspec.Raw(b'{\r"amount":\r5}')
    )
    sent = block(spoilt)
    assert (sent.count(b"\n"), sent.count(b"\r")) == (4, 0)
    assert sent.startswith(b"id: 7\nevent: Pricedata:1\n")
    assert msgspec.json.decode(sent.split(b"\ndata: ")[1])["data"] == {"amount": 5}


def test_what_is_no_event_has_no_data() -> None:
    assert heartbeat(7) == b":\nid: 7\n\n"
    assert greeting(7, 2_000) == b"retry: 2000\nid: 7\n\n"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("text/event-stream", True),
        ("Text/Event-Stream", True),
        ("text/event-stream;charset=utf-8", True),
        ("text/html, text/event-stream;q=0.1", True),
        ("application/json;q=0.5, text/event-stream", True),
        ("application/json, text/event-stream", False),
        ("application/json, text/event-stream;q=0.9", False),
        ("text/event-stream, */*;q=0.5", True),
        ("text/event-stream;q=0.1, */*;q=1", False),
        ("text/event-stream, */*", False),
        ("text/event-stream, application/json;q=0.1, */*", True),
        ("text/event-stream;q=0.5, application/*", False),
        ("text/event-stream;q=0.5, application/*;q=0.4, */*", True),
        ("text/event-stream;q=inf, application/json", False),
        ("text/event-stream;q=1.5, application/json;q=0.1", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream; Q=0.000", False),
        ("text/event-stream;q=much", False),
        ("text/event-streams", False),
        ("text/*", False),
        ("*/*", False),
        ("", False),
        (",;,", False),
    ],
)
def test_a_stream_is_asked_for_by_name(accept: str, wanted: bool) -> None:  # noqa: FBT001
    assert wants_stream(accept) == wanted
