"""Log lines of a library that says the same for as long as something is wrong."""

import logging
from math import inf
from time import monotonic

SECONDS = 60.0


class Seldom(logging.Handler):
    """Lets a line from each place of the code pass once a minute."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        super().__init__()
        self._seconds = seconds
        self._passed_at: dict[tuple[str, int], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        place, now = (record.pathname, record.lineno), monotonic()
        if now - self._passed_at.get(place, -inf) >= self._seconds:
            self._passed_at[place] = now
            logging.getLogger().handle(record)
