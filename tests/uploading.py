"""Feeds on their way to the API, whole or in pieces, and what is left of them on disk."""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.feeds.report import Failure
from events.database import driver
from tests.conversation import Answer, Caller
from tests.eventually import eventually
from tests.wire import HOST

IMPORTS = "/v1/catalogs/main/imports"
NDJSON = {"Content-Type": "application/x-ndjson"}
LAMPS = b'{"sku":"LAMP-1","name":"Lamp"}\n{"sku":"LAMP-2","name":"Lamp"}\n'


async def uploads(
    caller: Caller, feed: bytes = LAMPS, query: str = "", headers: dict[str, str] = NDJSON
) -> Answer:
    return await caller.asks("POST", f"{IMPORTS}{query}", content=feed, headers=headers)


async def uploads_in_pieces(caller: Caller, pieces: AsyncIterator[bytes]) -> Answer:
    """Of an undeclared length."""
    headers = {**NDJSON, "Authorization": f"Bearer {caller.token}"}
    return Answer(await caller.http.post(IMPORTS, content=pieces, headers=headers))


async def repeated(piece: bytes, times: int) -> AsyncIterator[bytes]:
    for _ in range(times):
        yield piece


def head(token: str | None, length: int, query: str = "") -> bytes:
    """Of a feed that comes by hand."""
    lines = (
        f"POST {IMPORTS}{query} HTTP/1.1",
        *([f"Authorization: Bearer {token}"] if token else []),
        "Content-Type: application/x-ndjson",
        f"Content-Length: {length}",
        "Connection: close",
    )
    return "\r\n".join(lines).encode() + b"\r\n" + HOST + b"\r\n"


async def jobs_of(engine: AsyncEngine) -> list[dict[str, Any]]:
    """What they are asked for, the oldest first."""
    async with driver(engine) as connection:
        rows = await connection.fetch("select arguments from jobs.jobs order by job_id")
    return [json.loads(row["arguments"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Room:
    """Where uploads lie."""

    path: Path

    def files(self) -> Sequence[Path]:
        return sorted(self.path.iterdir()) if self.path.exists() else []

    async def has_part(self) -> None:
        """Of a feed that is coming."""

        async def is_there() -> bool:
            return any(each.suffix == ".part" for each in self.files())

        await eventually(is_there)

    async def empties(self) -> None:
        async def is_empty() -> bool:
            return not self.files()

        await eventually(is_empty)


async def refused(engine: AsyncEngine, job_id: UUID, rows: Sequence[Failure]) -> None:
    """By the import that the job is, of a feed in NDJSON."""
    async with driver(engine) as connection, connection.transaction():
        await connection.execute(
            """
            insert into feeds.runs (run_id, catalog_id, source, mode, dry_run, identity, form,
                columns, actor, correlation_id, counts, ended_at, outcome, head)
            values ($1, 'main', $2, 'upsert', false, '', 'ndjson', '{}', 'bert', 'r-1', '{}',
                now(), 'succeeded', 0)
            """,
            job_id,
            str(job_id),
        )
        await connection.executemany(
            "insert into feeds.failures (run_id, line, sku, faults, text)"
            " values ($1, $2, $3, $4, $5)",
            [(job_id, each.line, each.sku, json.dumps(each.faults), each.text) for each in rows],
        )
        details = json.dumps({"run_id": str(job_id), "failed": len(rows)})
        await connection.execute(
            "update jobs.jobs set details = $2 where job_id = $1", job_id, details
        )
