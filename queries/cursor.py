"""Where a page of a list ended, opaque to the caller."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from queries.errors import InvalidCursor


def encode(cursor: msgspec.Struct) -> str:
    return urlsafe_b64encode(msgspec.json.encode(cursor)).rstrip(b"=").decode()


def decode[C: msgspec.Struct](text: str, type_: type[C]) -> C:
    """Raises `InvalidCursor`."""
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded), type=type_)
    except (ValueError, msgspec.MsgspecError) as error:
        raise InvalidCursor from error
