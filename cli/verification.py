"""Verifies catalogs one after the other, each at one moment, while writers go on."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.errors import NoSuchCatalog
from cli.progress import through
from commands.verify_rules import RULES
from commands.verify_snapshots import verify_snapshots
from events.checkpoints import origin
from events.notes import VerifierKey
from events.verify.audit import Audit
from events.verify.finding import ANY, Finding
from events.verify.guards import verify_guards
from events.verify.log import Scope, read_known_catalogs, verify_log
from events.verify.signed import Signed, read_key, read_note
from events.walk import moment

TOLD = 1_000
"""Findings of a kind that are told one by one; all are counted."""


@dataclass(slots=True)
class Report:
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    warnings: int = 0
    accused: set[str] = field(default_factory=set)
    scopes: dict[str, Scope] = field(default_factory=dict)

    def add(self, finding: Finding) -> None:
        self.counts[finding.kind] += 1
        if finding.is_warning:
            self.warnings += 1
        else:
            self.accused.add(finding.catalog)
        if self.counts[finding.kind] <= TOLD:
            self.findings.append(finding)

    @property
    def is_clean(self) -> bool:
        return not self.accused

    def accuses(self, catalog: str) -> bool:
        """Whether a finding but a warning is of this catalog, or of no single one."""
        return not self.accused.isdisjoint((catalog, ANY))


async def verify_catalogs(
    engine: AsyncEngine, only: Sequence[str], files: Sequence[Path], insisted: VerifierKey | None
) -> Report:
    """Those named, or all; and those that the checkpoints in `files` are of.

    Raises NoSuchCatalog.
    """
    report = Report()
    async with moment(engine) as connection:
        heads = await read_known_catalogs(connection)
        own = await read_key(connection)
        for lost in await verify_guards(connection):
            report.add(lost)
    if unknown := set(only) - heads.keys():
        raise NoSuchCatalog(min(unknown))
    key = insisted or own
    if key is None or key != own:
        report.add(_wrong_key(key, own))
    given: dict[str, list[Signed]] = {catalog: [] for catalog in only or heads}
    for catalog, note in _read_notes(files, key, report) if key else ():
        given.setdefault(catalog, []).append(note)
    for catalog, signed in given.items():
        with through(catalog, heads.get(catalog) or 0) as advance:
            audit = Audit(rules=RULES, key=key, given=signed, found=report.add, advance=advance)
            report.scopes[catalog] = await _verify(engine, catalog, audit)
    return report


async def _verify(engine: AsyncEngine, catalog: str, audit: Audit) -> Scope:
    async with moment(engine) as connection:
        scope = await verify_log(connection, catalog, audit)
        snapshots = await verify_snapshots(connection, catalog, audit.found)
        return replace(scope, snapshots=snapshots)


def _read_notes(
    files: Sequence[Path], key: VerifierKey, report: Report
) -> Iterator[tuple[str, Signed]]:
    """Those that the key signed, each after its catalog."""
    for path in files:
        read = read_note(path, key)
        if isinstance(read, Finding):
            report.add(read)
        else:
            yield read.head.origin.removeprefix(origin(key.name, "")), read


def _wrong_key(expected: VerifierKey | None, found: VerifierKey | None) -> Finding:
    return Finding(
        kind="key", catalog=ANY, expected=str(expected or "a key"), found=str(found or "none")
    )
