"""What a floor may be set for: the log beside those whom the quick mode lets write, too."""

from collections.abc import Iterator

from benchmarks.appending.contestants.lineup import ONE_EACH, OURS, PLAIN
from benchmarks.appending.results import Results, p50_ms
from benchmarks.harness.figures import Figure

TIMES = ((16, ONE_EACH), (64, PLAIN))
"""What is the quicker, the more appends share a commit."""


def ratios(results: Results) -> Iterator[tuple[str, Figure]]:
    """Without a delay of commits, of those who took part."""
    for writers, other in TIMES:
        if times := results.ratio(OURS.name, other.name, writers, 0):
            yield f"append, {writers} writers: times {other.name}", times
    if times := results.ratio(PLAIN.name, OURS.name, 1, 0, p50_ms):
        yield f"append, a lone writer: {PLAIN.name}'s p50 over ours", times
