"""Compression of answers, for those who take it: `Accept-Encoding` (RFC 9110, 12.5.3)."""

import gzip
import re
from functools import lru_cache
from typing import Literal, NamedTuple

type Coding = Literal["gzip", "identity"]

LARGE_BYTES = 8192
"""Below this an answer fits into what TCP sends at first, and to compress it saves nobody time."""
LEVEL = 3
"""Measured on a page of 50 products, 21.6 kB: 5.1 kB after 0.13 ms; level 6: 4.7 after 0.2."""

_MEMBER = re.compile(r"([^\s;,]+)[ \t]*(?:;[ \t]*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?")


class Acceptable(NamedTuple):
    """What a client takes, never nothing: what to send it, then what else it may have already."""

    small: tuple[Coding, ...]
    large: tuple[Coding, ...]

    def of(self, size: int) -> tuple[Coding, ...]:
        return self.large if size >= LARGE_BYTES else self.small


PLAIN = Acceptable(("identity",), ("identity",))
SQUEEZED = Acceptable(("gzip",), ("gzip",))
EITHER = Acceptable(("identity", "gzip"), ("gzip", "identity"))
RATHER_PLAIN = Acceptable(("identity", "gzip"), ("identity", "gzip"))


@lru_cache(maxsize=64)
def acceptable(accept_encoding: str | None) -> Acceptable:
    weights = _weights(accept_encoding or "")
    others = weights.get("*")
    squeezed = weights.get("gzip", weights.get("x-gzip", others)) or 0.0
    plain = weights.get("identity")
    if squeezed == 0:
        return PLAIN
    if plain == 0 or (plain is None and others == 0):
        return SQUEEZED
    return RATHER_PLAIN if plain is not None and plain > squeezed else EITHER


def _weights(field: str) -> dict[str, float]:
    """By coding; what is not well-formed is passed over."""
    members = (_MEMBER.fullmatch(member.strip()) for member in field.lower().split(","))
    return {member[1]: float(member[2] or 1) for member in members if member}


def compressed(body: bytes) -> bytes:
    """The same bytes for the same body, whenever it is asked for."""
    return gzip.compress(body, LEVEL, mtime=0)
