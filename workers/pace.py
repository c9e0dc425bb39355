"""How many events a batch takes: as many as are applied in a tenth of a second."""

AIMED_SECONDS = 0.1
FIRST = 500
LEAST = 50
BULK = 1_000
"""Events of a batch that nobody waits for one by one, such as an import's."""
GATHERED_SECONDS = 0.5


def rest(events: int, age: float) -> float:
    """Seconds after a batch of so many events, when the oldest of the next ones has that age.

    While events come in bulk, whoever appends them needs the machine more than readers do.
    """
    return max(0.0, GATHERED_SECONDS - age) if events >= BULK else 0.0


class Pace:
    def __init__(self, most: int) -> None:
        self._most = most
        self.limit = min(FIRST, most)

    def halve(self) -> None:
        self.limit = min(self._most, max(LEAST, self.limit // 2))

    def took(self, events: int, seconds: float) -> None:
        """Learn from a batch: large ones are doubled while they are quick, halved when slow."""
        if seconds > 2 * AIMED_SECONDS:
            self.halve()
        elif events >= self.limit and seconds < AIMED_SECONDS:
            self.limit = min(self._most, self.limit * 2)
