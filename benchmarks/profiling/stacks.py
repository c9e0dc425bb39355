"""What py-spy saw: stacks of calls, and in how many samples each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_FRAME = re.compile(r"(?P<function>.+) \((?P<module>.+):\d+\)")
_LOOP = "asyncio/runners.py:Runner.run"
_POOLED = "threading.py:Thread._bootstrap"
"""A thread beside the event loop's: on these paths it has nothing to do, and waits."""


@dataclass(frozen=True, slots=True)
class Stack:
    frames: Sequence[str]
    """From the outermost that the event loop called to the innermost, `module.py:function`."""
    samples: int


def stacks(raw: str) -> Iterator[Stack]:
    """Of the event loop's thread; `raw` is what `py-spy record --format raw` writes."""
    for line in raw.splitlines():
        called, _, samples = line.rpartition(" ")
        frames = [_named(each) for each in called.split(";")]
        if frames[0] != _POOLED:
            yield Stack(_within_loop(frames), int(samples))


def _named(frame: str) -> str:
    found = _FRAME.fullmatch(frame)
    return f"{found['module']}:{found['function']}" if found else frame


def _within_loop(frames: Sequence[str]) -> Sequence[str]:
    """What a greenlet runs has a stack of its own, in which the loop is not to be seen."""
    return frames[frames.index(_LOOP) :] if _LOOP in frames else frames
