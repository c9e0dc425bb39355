"""Feeds that are imported in this process, as lines of NDJSON."""

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from commands.feeds.asked import Asked
from commands.feeds.importing import import_feed
from commands.feeds.refused.rows import read_failures
from commands.feeds.report import Failure, Mode, Report
from commands.write_side import WriteSide
from events.database import driver
from tests.commanded import write_side
from tests.feeding import opened


class Said(TypedDict, total=False):
    mode: Mode
    source: str
    dry_run: bool
    max_errors: int


def row(sku: str, **fields: object) -> bytes:
    return json.dumps({"sku": sku, "name": sku.title()} | fields).encode()


async def fed(
    engine: AsyncEngine,
    lines: Iterable[bytes],
    side: WriteSide | None = None,
    **said: Unpack[Said],
) -> Report:
    """Ann's feed. Raises what `import_feed` does."""
    content = b"\n".join(lines)
    asked = Asked(
        run_id=uuid7(),
        identity=sha256(content + repr(said).encode()).digest(),
        actor="ann",
        correlation_id="feed-1",
        **said,
    )
    with opened(content) as feed:
        return await import_feed(side or write_side(engine), feed, asked)


async def refused(engine: AsyncEngine, run_id: UUID) -> list[Failure]:
    async with driver(engine) as connection:
        return await read_failures(connection, run_id)


def counted(report: Report) -> dict[str, Any]:
    """Those that are not 0."""
    counts = report.counts.told()
    taken = ("created", "changed", "unchanged", "restored", "failed")
    assert counts["rows"] == sum(counts[name] for name in taken)
    return {name: count for name, count in counts.items() if count and name != "rows"}
