"""How fast an import is."""

from time import monotonic

from commands.feeds.report import Report


class Pace:
    """Of the rows that come now: what an interrupted attempt had read before is not counted."""

    def __init__(self) -> None:
        self._began = monotonic()
        self._before = 0

    def rate(self, report: Report) -> float:
        """Rows a second."""
        if report.resumed_at and not self._before:
            self._began, self._before = monotonic(), report.counts.rows
        elapsed = monotonic() - self._began
        return (report.counts.rows - self._before) / elapsed if elapsed else 0.0
