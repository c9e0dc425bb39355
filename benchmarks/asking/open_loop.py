"""Callers who do not wait for each other: a slow answer keeps nobody from asking.

Who was kept waiting before the request was even made counts too: latencies are told from the
moment when a request was due, not from when it was sent.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any


@dataclass(slots=True)
class Ending:
    """When no more calls are due: it may be set while they are made."""

    moment: float = inf


async def at_rate(
    per_second: float, act: Callable[[float], Coroutine[Any, Any, None]], ending: Ending
) -> None:
    """Call `act` with the moment at which each call was due, so often on average.

    The moments are those of independent callers (a Poisson process). What was begun is finished.
    """
    due = monotonic()
    async with asyncio.TaskGroup() as acting:
        while (due := due + random.expovariate(per_second)) < ending.moment:
            await asyncio.sleep(max(0.0, due - monotonic()))
            acting.create_task(act(due))
