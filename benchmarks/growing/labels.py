"""Names at the ends of curves, none of which lies on another."""

from collections.abc import Sequence

LINE = 16.0
"""From one to the next at least, in pixels."""


def apart(wanted: Sequence[float], top: float, bottom: float) -> list[float]:
    """Where each is written, near to where it is wanted: pushed down by others, then up again."""
    places: dict[int, float] = {}
    least = top
    for n in sorted(range(len(wanted)), key=lambda n: wanted[n]):
        places[n] = max(wanted[n], least)
        least = places[n] + LINE
    most = bottom
    for n in reversed(places):
        places[n] = min(places[n], most)
        most = places[n] - LINE
    return [places[n] for n in range(len(wanted))]
