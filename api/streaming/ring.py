"""The newest events of a log as they are sent, for all who follow it."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from api.streaming.wire import block
from queries.audit.items import LoggedItem

RECORD_BYTES = 500
"""That an event takes in memory beside what is sent of it."""


class Ready(NamedTuple):
    """The bytes that are sent of an event, and by what it is selected."""

    position: int
    stream_id: UUID
    type: str
    actor: str
    occurred_at: datetime
    block: bytes


def ready(item: LoggedItem) -> Ready:
    return Ready(
        item.position, item.product_id, item.type, item.actor, item.occurred_at, block(item)
    )


class Ring:
    """All events behind `start`, until they weigh too much: then the oldest make room."""

    def __init__(self, start: int) -> None:
        self.position = start
        """Up to which it has them."""
        self._start = start
        self._kept: list[Ready] = []
        self._weight = 0

    def put(self, newest: Sequence[Ready], upto: int, *, limit_bytes: int) -> None:
        """All that came up to that position; afterwards there is no more than may be."""
        self._kept.extend(newest)
        self._weight += sum(map(_weight, newest))
        self.position = upto
        self.shrink(limit_bytes)

    def shrink(self, limit_bytes: int) -> None:
        """To less than what there may be, so that it need not be done for each."""
        if self._weight <= limit_bytes:
            return
        dropped = 0
        while self._weight > limit_bytes // 2:
            self._weight -= _weight(self._kept[dropped])
            dropped += 1
        self._start = self._kept[dropped - 1].position
        del self._kept[:dropped]

    def reaches(self, after: int) -> bool:
        """Whether it has all that came behind that position."""
        return after >= self._start

    def behind(self, after: int) -> Iterator[Ready]:
        for index in range(self._index(after), len(self._kept)):
            yield self._kept[index]

    def _index(self, after: int) -> int:
        """Nearly all who ask are at the end, or close to it."""
        if after >= self.position:
            return len(self._kept)
        return bisect_right(self._kept, after, key=lambda each: each.position)


def _weight(ready: Ready) -> int:
    return len(ready.block) + RECORD_BYTES
