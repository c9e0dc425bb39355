"""What arq has the worker do is timed, and counted by what came of it."""

from collections.abc import Awaitable, Callable
from functools import wraps
from time import perf_counter
from typing import Any, Literal

from arq.typing import WorkerCoroutine

from workers import metrics

type Function = Callable[[dict[str, Any]], Awaitable[None]]
type State = Literal["succeeded", "failed", "interrupted"]


def measured(function: Function) -> WorkerCoroutine:
    """Interrupted is what ends with the worker: arq begins it again."""
    name = function.__name__
    states: tuple[State, ...] = ("succeeded", "failed", "interrupted")
    runs = {state: metrics.ARQ_JOBS.labels(name, state) for state in states}
    seconds = metrics.ARQ_JOB_SECONDS.labels(name)

    @wraps(function)
    async def run(ctx: dict[str, Any]) -> None:
        began = perf_counter()
        state: State = "interrupted"
        try:
            await function(ctx)
            state = "succeeded"
        except Exception:
            state = "failed"
            raise
        finally:
            runs[state].inc()
            seconds.observe(perf_counter() - began)

    return run
