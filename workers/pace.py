"""How many events a batch takes: as many as are applied in a tenth of a second."""

AIMED_SECONDS = 0.1
FIRST = 500
LEAST = 50


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
