"""What is told of those who asked."""

from collections.abc import Callable
from math import inf

from benchmarks.asking.asking import Asked

type Measure = Callable[[Asked], float]


def per_second(asked: Asked) -> float:
    return asked.per_second


def request_ms(asked: Asked) -> float:
    """What a request took on average, where one connection asked."""
    return 1_000 / asked.per_second if asked.requests else inf


def p50_ms(asked: Asked) -> float:
    return asked.p50_ms


def p99_ms(asked: Asked) -> float:
    return asked.p99_ms
