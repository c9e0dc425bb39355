"""A log of 300 events that was signed three times, and what `catalog verify` says of it."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.appending import Circumstances, to_append
from events.checkpoints import KeptCheckpoint
from events.product import PriceSet, ProductEvent, ProductRegistered
from tests.appends import appended
from tests.command import Catalog
from tests.signing import signed

STREAMS = [UUID(int=number) for number in range(1, 13)]
SIGNED = (96, 204, 300)
ANN = Circumstances(actor="ann", correlation_id="audited")


async def audited(engine: AsyncEngine) -> list[KeptCheckpoint]:
    """Each product in two events, at positions 1 to 24, then 23 rounds of a price for each.

    So the one with number n has its version v, from 3 on, at position 12 v + n - 12.
    """
    await _appended(engine, 0, [[_registered(n), _priced(n)] for n in range(1, 13)])
    kept: list[KeptCheckpoint] = []
    for version in range(2, 25):
        await _appended(engine, version, [[_priced(n * version)] for n in range(1, 13)])
        if 12 * version + 12 in SIGNED:
            kept.append(await signed(engine))
    return kept


async def _appended(
    engine: AsyncEngine, version: int, events: Sequence[Sequence[ProductEvent]]
) -> None:
    appends = [
        to_append(stream, each, version, ANN) for stream, each in zip(STREAMS, events, strict=True)
    ]
    await appended(engine, *appends)


def _registered(number: int) -> ProductEvent:
    return ProductRegistered(sku=f"SKU-{number}", name=f"Lamp “{number}”\t💡", attributes={})


def _priced(amount: int) -> ProductEvent:
    return PriceSet(currency="EUR", amount=amount)


def price_at(version: int, number: int) -> tuple[int, str, int]:
    """Where that price is: position, stream, version."""
    return 12 * version + number - 12, str(STREAMS[number - 1]), version


@dataclass(frozen=True, slots=True)
class Verification:
    """What the command tells: its exit code, and its findings as kind and place."""

    code: int
    findings: list[tuple[object, ...]]
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verify:
    """The command, as its users call it."""

    catalog: Catalog
    capsys: pytest.CaptureFixture[str]

    async def __call__(self, *arguments: str) -> Verification:
        code, out, _ = await self.told("--json", *arguments)
        document = json.loads(out)
        findings = [(each["kind"], *each["place"].values()) for each in document["findings"]]
        return Verification(code, findings, document)

    async def told(self, *arguments: str) -> tuple[int, str, str]:
        """The exit code, what was printed, and what was complained of."""
        self.capsys.readouterr()
        code = await asyncio.to_thread(self.catalog, "verify", *arguments)
        return code, *self.capsys.readouterr()
