"""One answer as its asker wants it: plain, compressed, or not again (RFC 9110, 8.8 and 13.1.2)."""

import asyncio
from collections.abc import MutableMapping
from hashlib import sha256
from typing import NamedTuple

from api.reading.codings import Coding, acceptable, compressed

COMPRESSED = "-gzip"
"""Ends the ETag of a compressed answer: its bytes are others than those of the plain one."""
_TAG_BYTES = 16
_LONG_BYTES = 65_536
"""What takes longer to compress than a thread to begin: nobody else should wait for it."""


class Preferences(NamedTuple):
    """The headers of a request that choose among representations."""

    if_none_match: str | None = None
    accept_encoding: str | None = None


class Representation(NamedTuple):
    """What is sent, with the headers that depend on which one it is."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def represented(
    body: bytes, tag: str, preferences: Preferences, forms: MutableMapping[str, bytes] | None = None
) -> Representation:
    """`tag` is the plain answer's ETag without its quotes, `forms` what was made of it before.

    Who has one of the forms that he takes is told so by 304, whichever he would be sent now.
    """
    codings = acceptable(preferences.accept_encoding).of(len(body))
    if preferences.if_none_match is not None:
        for coding in codings:
            if matches(preferences.if_none_match, etag := _etag(tag, coding)):
                return Representation(304, {b"etag": etag.encode()}, b"")
    headers = {b"etag": _etag(tag, codings[0]).encode()}
    if codings[0] == "identity":
        return Representation(200, headers, body)
    sent = await _compressed(body, {} if forms is None else forms)
    return Representation(200, headers | {b"content-encoding": b"gzip"}, sent)


async def _compressed(body: bytes, forms: MutableMapping[str, bytes]) -> bytes:
    if "gzip" not in forms:
        long = len(body) > _LONG_BYTES
        forms["gzip"] = await asyncio.to_thread(compressed, body) if long else compressed(body)
    return forms["gzip"]


def digest(body: bytes) -> str:
    """A tag for what has no version of its own."""
    return sha256(body).hexdigest()[: 2 * _TAG_BYTES]


def matches(if_none_match: str, etag: str) -> bool:
    """By weak comparison; a tag of ours has no comma."""
    if if_none_match.strip() == "*":
        return True
    return any(each.strip().removeprefix("W/") == etag for each in if_none_match.split(","))


def _etag(tag: str, coding: Coding) -> str:
    return f'"{tag}"' if coding == "identity" else f'"{tag}{COMPRESSED}"'
