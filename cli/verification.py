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
from events.verify.log import Asked, Scope, read_heads, verify_log
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
        heads = await read_heads(connection)
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
        scope = report.scopes[catalog] = Scope()
        with through_log(catalog, heads.get(catalog) or 0) as advance:
            asked = Asked(claims_of=claims_of, key=key, given=signed, advance=advance)
            async for finding in _verify(engine, catalog, asked, scope):
                report.add(finding)
    return report


async def _verify(
    engine: AsyncEngine, catalog: str, asked: Asked, scope: Scope
) -> AsyncIterator[Finding]:
    async with moment(engine) as connection:
        async for finding in verify_log(connection, catalog, asked, scope):
            yield finding
        async for finding in verify_snapshots(connection, catalog, scope):
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
