"""Where a page of a list ended: opaque to the caller, and of use to that list alone."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec

from queries.errors import InvalidCursor

TAG_BYTES = 16


class Cursors:
    """Cursors under a key: authenticated by HMAC-SHA-256 (RFC 2104), cut to its first 16 bytes.

    A cursor is bound to what it is a place `of`: a list's name, its catalog and all that it was
    asked for, as anything that has one form in JSON.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, cursor: msgspec.Struct, *, of: object) -> str:
        place = msgspec.json.encode(cursor)
        return _as_text(self._tag(place, of) + place)

    def open[C: msgspec.Struct](self, text: str, type_: type[C], *, of: object) -> C:
        """Raises `InvalidCursor` for all that was not sealed so."""
        try:
            sealed = _as_bytes(text)
            tag, place = sealed[:TAG_BYTES], sealed[TAG_BYTES:]
            if hmac.compare_digest(tag, self._tag(place, of)):
                return msgspec.json.decode(place, type=type_)
        except (ValueError, msgspec.MsgspecError) as error:
            raise InvalidCursor from error
        raise InvalidCursor

    def _tag(self, place: bytes, of: object) -> bytes:
        bound = msgspec.json.encode(of, order="deterministic")
        return hmac.digest(self._key, bound + b"\n" + place, "sha256")[:TAG_BYTES]


def _as_text(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _as_bytes(text: str) -> bytes:
    """Raises `ValueError`, also for a text that is another spelling of the same bytes."""
    sealed = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    if _as_text(sealed) != text:
        raise ValueError("not as it was written")
    return sealed
