"""Requests for a token, counted by what came of them."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.measuring.metrics import LOGINS
from api.refusals import STATUS
from events.errors import Refused


@contextmanager
def counted(grant: str) -> Iterator[None]:
    """Granted, or refused with a problem of that name."""
    try:
        yield
    except Refused as refusal:
        _, problem = STATUS[type(refusal)]
        LOGINS.labels(grant, problem).inc()
        raise
    LOGINS.labels(grant, "granted").inc()
