"""Verifies catalogs one after the other, each at one moment, while writers go on."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.errors import NoSuchCatalog
from cli.progress import through_log
from commands.claims import claims_of
from commands.verify_snapshots import verify_snapshots
from events.checkpoints import origin
from events.notes import VerifierKey
from events.verify.finding import Finding
from events.verify.log import Asked, LogRow, Scope, read_logs, verify_log
from events.verify.signed import ANY, Signed, read_key, read_note
from events.walk import moment

TOLD = 1_000
"""Findings of a kind that are told one by one; all are counted."""


@dataclass(slots=True)
class Report:
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    warnings: int = 0
    scopes: dict[str, Scope] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        self.counts[finding.kind] += 1
        self.warnings += finding.is_warning
        if self.counts[finding.kind] <= TOLD:
            self.findings.append(finding)

    @property
    def is_clean(self) -> bool:
        return self.counts.total() == self.warnings


async def verify_catalogs(
    engine: AsyncEngine, only: Sequence[str], files: Sequence[Path], insisted: VerifierKey | None
) -> Report:
    """Those named, or all; and those that the checkpoints in `files` are of.

    Raises NoSuchCatalog.
    """
    report = Report()
    async with moment(engine) as connection:
        heads = {log.catalog: log.head for log in await read_logs(connection)}
        own = await read_key(connection)
    if unknown := set(only) - heads.keys():
        raise NoSuchCatalog(min(unknown))
    key = insisted or own
    if key is None or key != own:
        report.add(_wrong_key(key, own))
    given: dict[str, list[Signed]] = {catalog: [] for catalog in only or heads}
    for catalog, note in _read_notes(files, key, report) if key else ():
        given.setdefault(catalog, []).append(note)
    for catalog, signed in given.items():
        log = LogRow(catalog, heads.get(catalog))
        async for finding in _verify(engine, log, key, signed, report):
            report.add(finding)
    return report


async def _verify(
    engine: AsyncEngine,
    log: LogRow,
    key: VerifierKey | None,
    given: Sequence[Signed],
    report: Report,
) -> AsyncIterator[Finding]:
    scope = report.scopes[log.catalog] = Scope()
    with through_log(log.catalog, log.head or 0) as advance:
        asked = Asked(claims_of=claims_of, key=key, given=given, advance=advance)
        async with moment(engine) as connection:
            async for finding in verify_log(connection, log, asked, scope):
                yield finding
            async for finding in verify_snapshots(connection, log.catalog):
                yield finding


def _read_notes(
    files: Sequence[Path], key: VerifierKey, report: Report
) -> Iterator[tuple[str, Signed]]:
    """Those that the key signed, each after its catalog."""
    for path in files:
        read = read_note(path.read_text(encoding="utf-8"), str(path), key)
        if isinstance(read, Finding):
            report.add(read)
        else:
            yield read.head.origin.removeprefix(origin(key.name, "")), read


def _wrong_key(expected: VerifierKey | None, found: VerifierKey | None) -> Finding:
    return Finding(
        kind="key", catalog=ANY, expected=str(expected or "a key"), found=str(found or "none")
    )
