"""How far an import has come, how fast it is, and how long it may still take."""

from dataclasses import dataclass, replace
from time import perf_counter

from commands.feeds.jobs import ImportArguments, ImportDetails
from commands.feeds.report import Counts, Report
from commands.feeds.rows import Feed
from workers import job_report, metrics
from workers.job_leases import Details

SHARE_OF_READING = 0.99
"""Of the whole progress; the rest is archiving what is missing."""
OUTCOMES = ("created", "changed", "unchanged", "restored", "failed", "archived")


@dataclass(frozen=True, slots=True)
class Mark:
    """How it stood at some time."""

    seconds: float
    read: int
    """Bytes of the file."""
    counts: Counts


class ImportProgress:
    """What one attempt tells. What was done before it is no part of its speed."""

    def __init__(
        self, catalog: str, asked: ImportArguments, feed: Feed, tell: job_report.Report
    ) -> None:
        self.details: Details = {}
        self._catalog = catalog
        self._asked = asked
        self._feed = feed
        self._tell = tell
        self._began = self._mark(Counts())
        self._counted = Counts()
        self._is_going = False
        for outcome in OUTCOMES:
            metrics.IMPORT_ROWS.labels(catalog, outcome)

    def told(self, report: Report) -> None:
        now = self._mark(report.counts)
        if report.resumed_at and not self._is_going:
            self._began, self._counted = now, report.resumed
        self._is_going = True
        if not self._asked.dry_run:
            self._count(now.counts)
        self.details = self._described(report, now)
        self._tell(SHARE_OF_READING * now.read / max(1, self._feed.size), self.details)

    def _mark(self, counts: Counts) -> Mark:
        return Mark(perf_counter(), self._feed.read, replace(counts))

    def _count(self, now: Counts) -> None:
        for outcome in OUTCOMES:
            more = getattr(now, outcome) - getattr(self._counted, outcome)
            metrics.IMPORT_ROWS.labels(self._catalog, outcome).inc(more)
        self._counted = now

    def _described(self, report: Report, now: Mark) -> Details:
        seconds, read = now.seconds - self._began.seconds, now.read - self._began.read
        rows = now.counts.rows - self._began.counts.rows
        left = self._feed.size - now.read
        return ImportDetails(
            run_id=report.run_id,
            phase=report.phase,
            position=report.position,
            rows_per_second=round(rows / seconds) if seconds else None,
            estimate_seconds=round(left * seconds / read, 1) if read else None,
            withheld=self._asked.mode == "sync" and report.withheld,
            **now.counts.told(),
        ).told()
