"""Events in the form of text/event-stream (WHATWG HTML, 9.2.6)."""

import msgspec

from queries.audit.items import LoggedItem

MEDIA_TYPE = "text/event-stream"

_encode = msgspec.json.Encoder().encode


def block(item: LoggedItem) -> bytes:
    """JSON has neither line feeds nor, in a text, carriage returns; a name has no white space."""
    return event(item.position, "".join(item.type.split()), _encode(item).replace(b"\r", b" "))


def event(number: int, name: str, data: bytes) -> bytes:
    """`data` is one line."""
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (number, name.encode(), data)


def heartbeat(position: int) -> bytes:
    """A comment, and an id without an event: whoever resumes need not look up to there again."""
    return b":\nid: %d\n\n" % position


def greeting(position: int, retry_milliseconds: int) -> bytes:
    """How long to wait before the stream is opened again, should it end."""
    return b"retry: %d\nid: %d\n\n" % (retry_milliseconds, position)
