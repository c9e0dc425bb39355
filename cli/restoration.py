"""Restores one catalog from the lines of its exported log, in a transaction that is open."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from asyncpg import ObjectNotInPrerequisiteStateError
from pydantic import ValidationError

from api.catalogs import NewCatalog
from cli.errors import (
    CatalogNotEmpty,
    NothingToRestore,
    NotToBeOpened,
    RestoreRunning,
    UnsoundLog,
)
from cli.lines import Lines, reading
from commands.faults import faults
from commands.verify_rules import RESTORED
from events.catalogs import open_catalog
from events.checkpoints import origin
from events.database import Connection
from events.exported_line import MalformedLine, parsed
from events.log import read_heads
from events.notes import VerifierKey
from events.restore import Restored, is_alone, restore, stage
from events.verify.audit import Audit
from events.verify.finding import Finding
from events.verify.signed import Signed, read_note

UNREADABLE = (
    " Restore it with the version that wrote it; or as it is, without what unreadable events "
    "claim, by --accept-unreadable."
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a catalog is opened with that is not there yet; the log does not tell."""

    name: str | None
    currency: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    opening: Opening
    checkpoints: Sequence[Path]
    key: VerifierKey | None
    """By which the checkpoints are signed."""
    accept_unreadable: bool


async def restore_log(
    connection: Connection, lines: Lines, wanted: Wanted, advance: Callable[[int], None]
) -> tuple[str, Restored]:
    """The catalog, and what it has now.

    Raises `UnreadableFile`, `NothingToRestore`, `RestoreRunning`, `CatalogNotEmpty`,
    `NotToBeOpened`, `UnsoundLog`. Others can open the catalog and write to it until the end.
    """
    events = map(parsed, lines)
    try:
        if (first := next(events, None)) is None:
            raise NothingToRestore
        catalog = first.catalog_id
        new = await _opening(connection, catalog, wanted.opening)
        audit = Audit(
            rules=RESTORED,
            key=wanted.key,
            given=list(_kept(catalog, wanted.checkpoints, wanted.key)) if wanted.key else (),
            found=_refusing(lines, accept_unreadable=wanted.accept_unreadable),
            advance=advance,
        )
        staged = await stage(connection, catalog, chain([first], events), audit)
    except MalformedLine as fault:
        raise UnsoundLog(lines.place, fault) from fault
    if new:
        await open_catalog(connection, new.key, new.name, new.default_currency, new.language)
    try:
        await restore(connection, catalog, RESTORED.kind)
    except ObjectNotInPrerequisiteStateError:
        raise CatalogNotEmpty(catalog) from None
    return catalog, staged


async def _opening(connection: Connection, catalog: str, opening: Opening) -> NewCatalog | None:
    """None where the catalog is there, and empty."""
    if not await is_alone(connection, catalog):
        raise RestoreRunning(catalog)
    head = (await read_heads(connection)).get(catalog)
    if head:
        raise CatalogNotEmpty(catalog)
    return _new(catalog, opening) if head is None else None


def _new(catalog: str, opening: Opening) -> NewCatalog:
    given = {
        "key": catalog,
        "name": opening.name,
        "default_currency": opening.currency,
        "language": opening.language,
    }
    try:
        return NewCatalog.model_validate({name: given[name] for name in given if given[name]})
    except ValidationError as error:
        found = faults(error.errors(), given)
        raise NotToBeOpened(
            catalog, [f"{fault['pointer'][1:]}: {fault['message']}" for fault in found]
        ) from None


def _kept(catalog: str, files: Iterable[Path], key: VerifierKey) -> Iterator[Signed]:
    for path in files:
        with reading(path):
            read = read_note(path, key)
        if isinstance(read, Finding):
            raise UnsoundLog(path, read)
        if read.head.origin != origin(key.name, catalog):
            raise UnsoundLog(path, f"a checkpoint of {read.head.origin}, the log is of {catalog}")
        yield read


def _refusing(lines: Lines, *, accept_unreadable: bool) -> Callable[[Finding], None]:
    def found(finding: Finding) -> None:
        if finding.is_warning and accept_unreadable:
            return
        place = "the whole log" if "checkpoint" in finding.place else lines.place
        raise UnsoundLog(place, finding, UNREADABLE if finding.is_warning else "")

    return found
