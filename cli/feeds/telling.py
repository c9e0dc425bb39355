"""What is told of imports: on standard error, but for the counts at their end."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.feeds.refused_rows import write_refused_rows
from cli.feeds.wanted import Wanted
from cli.harmless import brief
from commands.feeds.marks import FAILURES_KEPT
from commands.feeds.refused.rows import read_failures
from commands.feeds.report import Counts, Failure, Report
from events.database import driver

FAILURES_SHOWN = 20
DRY_RUN = "A dry run: this is what would happen, and nothing of it has."


class Telling:
    """Of one file after the other."""

    def __init__(self, console: Console, errors: Path | None = None) -> None:
        """Refused rows are written to the file `errors`."""
        self.console = console
        self._errors = errors
        self._name = ""
        self._report: Report | None = None
        self._before = Counts()

    @property
    def counts(self) -> Counts:
        return self._before + self._report.counts if self._report else self._before

    @property
    def is_begun(self) -> bool:
        """Whether anything has become of the file."""
        return self._report is not None

    def begun(self, name: str) -> None:
        self._before, self._name, self._report = self.counts, name, None

    def told(self, report: Report) -> None:
        if report.resumed_at and not self._report:
            self._say(f"{self._name}: goes on after line {report.resumed_at}, where it broke off.")
        self._report = report

    async def ended(self, engine: AsyncEngine, wanted: Wanted) -> None:
        """Which rows were refused, the first FAILURES_SHOWN of them, and what follows from it."""
        if report := self._report:
            async with driver(engine) as connection:
                failures = await read_failures(connection, report.run_id, limit=FAILURES_SHOWN)
            for line in (*self._refusals(report, failures), *self._remarks(report, wanted)):
                self._say(line)
            if self._errors:
                await write_refused_rows(engine, report.run_id, self._errors)

    def _refusals(self, report: Report, failures: Sequence[Failure]) -> Iterator[str]:
        failed = report.counts.failed
        if failed:
            yield f"{self._name}: {failed} of {report.counts.rows} rows were refused."
        yield from map(_refusal, failures)
        if failed > len(failures):
            yield f"… and {failed - len(failures)} more"
        if failed:
            which = "All of them" if failed <= FAILURES_KEPT else f"The first {FAILURES_KEPT:,}"
            where = self._errors or f"catalog imports errors {report.run_id} FILE"
            yield f"{which}, to be corrected and imported again: {where}"

    def _remarks(self, report: Report, wanted: Wanted) -> Iterator[str]:
        if report.withheld and wanted.mode == "sync":
            yield (
                f"{self._name}: nothing was archived, as nobody knows what is missing: of "
                f"{report.counts.unidentified} rows the SKU can't be told."
            )
        if wanted.dry_run:
            yield DRY_RUN

    def _say(self, line: str) -> None:
        self.console.print(brief(line), markup=False)


def totals(counts: Counts, *, as_json: bool) -> str:
    told = counts.told()
    return json.dumps(told) if as_json else ", ".join(f"{n} {v}" for n, v in told.items())


def _refusal(failure: Failure) -> str:
    reasons = "; ".join(f"{fault['pointer']} {fault['message']}" for fault in failure.faults)
    sku = f" ({failure.sku})" if failure.sku else ""
    return f"line {failure.line}{sku}: {reasons.strip()}"
