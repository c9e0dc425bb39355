"""Whether a request asks for a stream of events (RFC 9110, 12.5.1)."""

import re

from api.streaming.wire import MEDIA_TYPE

JSON_RANGES = ("application/json", "application/*", "*/*")
"""The most precise one that is there says how welcome a page is."""

_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def wants_stream(accept: str) -> bool:
    """By its name, and rather than a page, which ends."""
    named = weights(accept)
    stream = named.get(MEDIA_TYPE, 0.0)
    page = next((named[each] for each in JSON_RANGES if each in named), 0.0)
    return stream > page


def weights(accept: str) -> dict[str, float]:
    """By media range."""
    return dict(map(_weight, accept.lower().split(",")))


def _weight(media_range: str) -> tuple[str, float]:
    """0 where it is not well-formed."""
    name, *parameters = (part.strip() for part in media_range.split(";"))
    weight = next((each for each in parameters if each.startswith("q=")), "q=1")
    found = _WEIGHT.fullmatch(weight)
    return name, float(found[1]) if found else 0.0
