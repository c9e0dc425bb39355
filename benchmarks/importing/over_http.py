"""`POST …/imports`, through a process of the API and the worker."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.asking.http_client import Client
from benchmarks.asking.shop import Shop
from benchmarks.harness.installation import Installation
from benchmarks.importing.ways import Import
from benchmarks.material.story import CATALOG

LOOK_SECONDS = 0.05
PACKED = {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}


@asynccontextmanager
async def over_http(installation: Installation) -> AsyncIterator[Import]:
    """Beside the worker, which is there already."""
    with installation.api("commands") as address:
        shop = Shop(installation.database_url, address, address)
        headers = {"Authorization": f"Bearer {await shop.token()}"}
        with closing(Client(address.host, address.port, headers)) as client:
            yield partial(_imported, client)


async def _imported(client: Client, feed: Path, known_since: datetime) -> None:
    asked = urlencode({"mode": "sync", "occurred_at": known_since.isoformat()})
    target = f"/v1/catalogs/{CATALOG}/imports?{asked}"
    body = await asyncio.to_thread(feed.read_bytes)
    answer = await client.ask("POST", target, body, PACKED)
    if answer.status != HTTPStatus.ACCEPTED:
        raise RuntimeError(answer)
    job = await _ended(client, answer.headers["location"])
    if job["state"] != "succeeded":
        raise RuntimeError(job)


async def _ended(client: Client, location: str) -> dict[str, Any]:
    while True:
        answer = await client.ask("GET", location)
        job: dict[str, Any] = json.loads(answer.body)
        if answer.status != HTTPStatus.OK or job["state"] not in ("queued", "running"):
            return job
        await asyncio.sleep(LOOK_SECONDS)
