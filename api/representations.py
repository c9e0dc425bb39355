"""One answer as its asker wants it: plain, compressed, or not again (RFC 9110, 8.8 and 13.1.2)."""

from hashlib import sha256
from typing import NamedTuple

from api.codings import Coding, acceptable, compressed

COMPRESSED = "-gzip"
"""Ends the ETag of a compressed answer: its bytes are others than those of the plain one."""
_TAG_BYTES = 16


class Asked(NamedTuple):
    """The headers of a request that choose among representations."""

    if_none_match: str | None = None
    accept_encoding: str | None = None


class Representation(NamedTuple):
    """What is sent, with the headers that depend on which one it is."""

    status: int
    headers: dict[str, str]
    body: bytes


def represented(body: bytes, tag: str, asked: Asked) -> Representation:
    """`tag` is the plain answer's ETag without its quotes.

    Who has one of the forms that he takes is told so by 304, whichever he would be sent now.
    """
    codings = acceptable(asked.accept_encoding).of(len(body))
    if asked.if_none_match is not None:
        for coding in codings:
            if matches(asked.if_none_match, etag := _etag(tag, coding)):
                return Representation(304, {"ETag": etag}, b"")
    headers = {"ETag": _etag(tag, codings[0])}
    if codings[0] == "identity":
        return Representation(200, headers, body)
    return Representation(200, headers | {"Content-Encoding": "gzip"}, compressed(body))


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
