"""A feed of products, a JSON document a line, through the same decisions as any write."""

import asyncio
import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from pydantic import ValidationError
from uuid_utils.compat import uuid7

from commands.appending import Circumstances, to_append
from commands.claims import SKU
from commands.faults import Fault, faults
from commands.handle import handle
from commands.input import NewProduct, to_align, to_register
from commands.load import Unfolded, load_all
from commands.loaded import NEW
from commands.product import product
from commands.write_side import WriteSide
from events.append import Appended
from events.database import driver
from events.errors import AppendQueueFull, AppendUnconfirmed, DatabaseUnavailable, Refused
from events.log import find_claims
from events.product import ProductEvent

BATCH = 500
BATCH_BYTES = 8 * 2**20
"""After which no more rows are put to a batch: what is read takes several times its length."""
FAILURES_KEPT = 1_000
RETRYABLE = (AppendQueueFull, AppendUnconfirmed, DatabaseUnavailable)


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that was refused: its line, from 1, its SKU where it has one, and why."""

    line: int
    sku: str | None
    faults: list[Fault]


@dataclass(slots=True)
class Report:
    """What became of the rows. `failures` holds the first FAILURES_KEPT of those that `failed`."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    failures: list[Failure] = field(default_factory=list)
    position: int = 0
    """Where the last event of the feed stands in the log; 0 when it had none."""

    def fail(self, line: int, sku: str | None, found: list[Fault]) -> None:
        self.failed += 1
        if len(self.failures) < FAILURES_KEPT:
            self.failures.append(Failure(line, sku, found))


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    size: int
    """In bytes, as it came."""
    product: NewProduct


@dataclass(frozen=True, slots=True)
class Decision:
    row: Row
    stream: UUID
    version: int
    """The stream's version that the events were decided on."""
    events: list[ProductEvent]


class Importer:
    """Brings a catalog's products to what a feed says; what the feed leaves out stays."""

    def __init__(
        self, side: WriteSide, circumstances: Circumstances, report: Report | None = None
    ) -> None:
        self._side = side
        self._circumstances = circumstances
        self._report = report or Report()
        self._batch_limit = min(BATCH, side.appender.queue_limit)

    async def run(
        self, lines: Iterable[bytes], progressed: Callable[[Report], None] = lambda _: None
    ) -> Report:
        """Appends in batches: while one commits the next is read and decided.

        Raises `DatabaseUnavailable` and `AppendUnconfirmed`. Doing it again is harmless.
        """
        before: dict[str, Row] = {}
        committing = asyncio.create_task(self._append([]))
        try:
            for batch in self._batches(lines):
                if not before.keys().isdisjoint(batch):
                    await committing
                decisions = await self._decide(list(batch.values()))
                await committing
                committing, before = asyncio.create_task(self._append(decisions)), batch
                progressed(self._report)
            await committing
        finally:
            committing.cancel()
        progressed(self._report)
        return self._report

    def _batches(self, lines: Iterable[bytes]) -> Iterator[dict[str, Row]]:
        """Rows by SKU. One that comes again is decided on what became of it before."""
        batch: dict[str, Row] = {}
        size = 0
        for row in self._rows(enumerate(lines, 1)):
            is_full = len(batch) == self._batch_limit or size > BATCH_BYTES
            if is_full or row.product.sku in batch:
                yield batch
                batch, size = {}, 0
            batch[row.product.sku] = row
            size += row.size
        yield batch

    def _rows(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[Row]:
        for number, line in lines:
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)  # noqa: PLW2901 -- the same line
            if not line.strip():
                continue
            self._report.rows += 1
            try:
                yield Row(number, len(line), NewProduct.model_validate_json(line))
            except ValidationError as error:
                document = _parsed(line)
                self._report.fail(number, _sku(document), faults(error.errors(), document))

    async def _decide(self, rows: Sequence[Row]) -> list[Decision]:
        known = await self._products([row.product.sku for row in rows])
        decisions = []
        for row in rows:
            try:
                decision = _decided(row, known.get(row.product.sku))
            except Refused as refusal:
                self._refuse(row, refusal)
            else:
                decisions.append(decision)
        return decisions

    async def _products(self, skus: Sequence[str]) -> dict[str, tuple[UUID, Unfolded]]:
        catalog = self._side.catalog
        async with driver(self._side.appender.engine) as connection:
            streams = await find_claims(connection, catalog, SKU, skus)
            unfolded = await load_all(connection, catalog, streams.values())
        return {sku: (stream, unfolded[stream]) for sku, stream in streams.items()}

    async def _append(self, decisions: Sequence[Decision]) -> None:
        await asyncio.gather(*(self._settle(decision) for decision in decisions))

    async def _settle(self, decision: Decision) -> None:
        if not decision.events:
            self._report.unchanged += 1
            return
        outcome = await self._side.appender.append(
            to_append(decision.stream, decision.events, decision.version, self._circumstances)
        )
        if isinstance(outcome, Appended):
            self._count(decision.version, outcome.position)
        else:
            await self._settle_alone(decision.row)

    async def _settle_alone(self, row: Row) -> None:
        """Somebody else was faster with this product: decide again, on what there is now."""
        try:
            known = await self._products([row.product.sku])
            if found := known.get(row.product.sku):
                stream, version, commands = found[0], found[1].fold().version, to_align
            else:
                stream, version, commands = uuid7(), NEW, to_register
            receipt = await handle(self._side, stream, commands(row.product), self._circumstances)
        except RETRYABLE:
            raise
        except Refused as refusal:
            self._refuse(row, refusal)
        else:
            if receipt.version == version:
                self._report.unchanged += 1
            else:
                self._count(version, receipt.position)

    def _count(self, version: int, position: int) -> None:
        self._report.position = max(self._report.position, position)
        if version == NEW:
            self._report.created += 1
        else:
            self._report.changed += 1

    def _refuse(self, row: Row, refusal: Refused) -> None:
        self._report.fail(row.line, row.product.sku, [{"pointer": "", "message": str(refusal)}])


def _decided(row: Row, known: tuple[UUID, Unfolded] | None) -> Decision:
    if known is None:
        events = product.decide_all(to_register(row.product), product.initial)
        return Decision(row, uuid7(), NEW, events)
    stream, unfolded = known
    loaded = unfolded.fold()
    events = product.decide_all(to_align(row.product), loaded.state)
    return Decision(row, stream, loaded.version, events)


def _parsed(line: bytes) -> object:
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _sku(document: object) -> str | None:
    sku = document.get("sku") if isinstance(document, dict) else None
    return sku if isinstance(sku, str) else None
