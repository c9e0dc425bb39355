"""What an import keeps of a batch that is settled: the next ones are told apart by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from commands.feeds.report import Failure
from commands.feeds.rows import Row
from commands.feeds.run import Run
from events.database import Connection, statement

FAILURES_KEPT = 100_000
TEXT_KEPT = 64 * 2**20

_SEE = statement(__package__, "sql/see.sql")
_OFFER = statement(__package__, "sql/offer.sql")
_WITHDRAW = statement(__package__, "sql/withdraw.sql")
_KEEP_FAILURES = statement(__package__, "sql/keep_failures.sql")


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that a source offers, at the version that its row led to."""

    sku: str
    stream: UUID
    row_digest: bytes
    version: int
    line: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A product that a source offers no more; `version` is that at which it was archived for it."""

    sku: str
    stream: UUID
    version: int | None


async def see(connection: Connection, run: Run, rows: Mapping[str, Row]) -> None:
    """The rows by their SKUs."""
    if rows:
        lines = [row.line for row in rows.values()]
        await connection.execute(_SEE, run.id, [*rows], lines)


async def offer(
    connection: Connection, catalog: str, source: str, run: Run, offers: Sequence[Offer]
) -> None:
    if offers:
        columns = zip(*map(_cells, offers), strict=True)
        await connection.execute(_OFFER, catalog, source, run.id, *map(list, columns))


async def withdraw(
    connection: Connection, catalog: str, source: str, withdrawals: Sequence[Withdrawal]
) -> None:
    if withdrawals:
        columns = zip(*((w.sku, w.stream, w.version) for w in withdrawals), strict=True)
        await connection.execute(_WITHDRAW, catalog, source, *map(list, columns))


def _cells(offer: Offer) -> tuple[object, ...]:
    return offer.sku, offer.stream, offer.row_digest, offer.version, offer.line


async def keep_failures(connection: Connection, run: Run, failures: Sequence[Failure]) -> None:
    """The first `FAILURES_KEPT` of a run, and of their texts `TEXT_KEPT` characters in all."""
    room = max(0, FAILURES_KEPT - (run.counts.failed - len(failures)))
    kept = failures[:room]
    if kept:
        columns = zip(*((f.line, f.sku, _encoded(f), _text(run, f)) for f in kept), strict=True)
        await connection.execute(_KEEP_FAILURES, run.id, *map(list, columns))


def _text(run: Run, failure: Failure) -> str:
    if run.counts.refused_text + len(failure.text) > TEXT_KEPT:
        return ""
    run.counts.refused_text += len(failure.text)
    return failure.text


def _encoded(failure: Failure) -> str:
    return msgspec.json.encode(failure.faults).decode()
