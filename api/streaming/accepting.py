"""Whether a request asks for a stream of events (RFC 9110, 12.5.1)."""

from api.streaming.wire import MEDIA_TYPE


def wants_stream(accept: str) -> bool:
    """By its name, and rather than JSON: who takes anything gets a page, which ends."""
    qualities = dict(map(_quality, accept.split(",")))
    stream = qualities.get(MEDIA_TYPE, 0.0)
    return stream > qualities.get("application/json", 0.0)


def _quality(media_range: str) -> tuple[str, float]:
    name, *parameters = media_range.split(";")
    weight = next((each for each in map(str.strip, parameters) if each[:2].lower() == "q="), "q=1")
    try:
        return name.strip().lower(), float(weight[2:])
    except ValueError:
        return name.strip().lower(), 0.0
