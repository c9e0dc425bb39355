"""One subscriber's place in a log: what is to be sent to him next."""

import asyncio
from itertools import islice
from typing import Literal

from api.streaming.catching_up import CatchingUp, Given
from api.streaming.ring import Ready, Ring
from api.streaming.tail import Tail
from events.selection import Selection

SENT_AT_ONCE = 65_536
"""Bytes that one message is filled up to."""
LOOKED_AT_ONCE = 2_000
"""Events of a ring: then others have their turn."""
READ_AT_ONCE = 50
"""Events that are read for somebody who is behind: mostly no more than are sent at once."""
AGAIN_SECONDS = 1.0


class Subscription:
    """Nothing is kept for who reads slowly: only how far he has come."""

    def __init__(
        self, tail: Tail, catching_up: CatchingUp, wanted: Selection, *, after: int
    ) -> None:
        self.position = after
        """Up to which all that is wanted was given out."""
        self._tail = tail
        self._losses = tail.losses
        self._catching_up = catching_up
        self._wanted = wanted
        self._read_at_once = READ_AT_ONCE

    @property
    def ended(self) -> Literal["positions_lost"] | None:
        """What was given out may be in the log no more: others have, or will have, its place."""
        return "positions_lost" if self._tail.losses != self._losses else None

    async def next(self, within: float) -> Given:
        """What is wanted of the events that come next, if that many seconds bring any."""
        ring = self._tail.ring
        if ring is None or (ring.reaches(self.position) and ring.position <= self.position):
            await self._tail.grows(self.position, within)
            ring = self._tail.ring
        given = None
        if ring is not None:
            given = self._of(ring) if ring.reaches(self.position) else await self._read(within)
        if given is None:
            return Given(b"", 0, self.position)
        self.position = given.upto
        return given

    def _of(self, ring: Ring) -> Given:
        looked = list(islice(ring.behind(self.position), LOOKED_AT_ONCE))
        upto = looked[-1].position if looked else max(self.position, ring.position)
        wanted: list[Ready] = []
        size = 0
        for each in filter(self._wanted.takes, looked):
            if size >= SENT_AT_ONCE:
                return Given.of(wanted, upto=wanted[-1].position)
            wanted.append(each)
            size += len(each.block)
        return Given.of(wanted, upto=upto)

    async def _read(self, within: float) -> Given | None:
        """What is under way when the time is over is shared by who asks for it again.

        After large events, of which few came at once, few are asked for.
        """
        try:
            async with asyncio.timeout(within):
                given = await self._catching_up.read(
                    self._tail.catalog, self._wanted, self.position, self._read_at_once
                )
        except TimeoutError:
            return None
        if given is None:
            await asyncio.sleep(min(within, AGAIN_SECONDS))
        else:
            self._read_at_once = min(READ_AT_ONCE, 2 * given.events or READ_AT_ONCE)
        return given
