"""Requests that are answered before FastAPI, and how they are made to take its routes instead."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from prometheus_client import REGISTRY
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.typing import EventDict

from api.settings import Settings
from api.writing.direct import DirectWrites
from tests.conversation import PRODUCTS, Answer, Caller

DIRECT, ROUTED = "application/json", "application/json; charset=utf-8"
"""The second says the same, but has to be understood: such requests take the routes."""
VARYING = {"x-request-id", "catalog-position", "content-length", "location", "ratelimit"}
PRICE = f"{PRODUCTS}/{{id}}/prices/USD"
type Headers = Mapping[str, str]
NO_HEADERS: Headers = MappingProxyType({})


class Asked(NamedTuple):
    method: str
    path: str
    body: object
    headers: Headers = NO_HEADERS

    def __str__(self) -> str:
        return f"{self.method} {str(self.body)[:60]} {self.headers}"


class Entrances:
    """Counts the requests that came to FastAPI."""

    def __init__(self) -> None:
        self.routed = 0

    def __call__(self, app: ASGIApp, settings: Settings) -> DirectWrites:
        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.routed += 1
            await app(scope, receive, send)

        return DirectWrites(counted, settings)


async def sent(
    caller: Caller, method: str, path: str, body: object, headers: Headers = NO_HEADERS
) -> Answer:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await caller.asks(method, path, content=content, headers=headers)


def told(answer: Answer, lamp: Mapping[str, Any]) -> tuple[int, list[tuple[str, str]], str]:
    """Of a product whose names don't matter."""
    steady = {"retry-after": ""}  # it counts down
    headers = sorted((k, steady.get(k, v)) for k, v in answer.headers.items() if k not in VARYING)
    body = {**answer.body} | {"position": 0, "request_id": ""}
    if "id" in body and body["id"] != lamp["id"]:
        body["id"] = "new"
    told = json.dumps(body, sort_keys=True)
    told = re.sub(r'"(position": \d+|occurred_at": "[^"]+")', "", told)
    for name in ("id", "sku"):
        told = told.replace(lamp[name], f"<{name}>")
    return answer.response.status_code, headers, told.replace("LAMP-8", "LAMP-9")


def counted() -> Counter[tuple[str, ...]]:
    """What the write side counts, by name and labels; times only how often they were taken."""
    return Counter(
        {
            (sample.name, *sorted(sample.labels.values())): int(sample.value)
            for family in REGISTRY.collect()
            for sample in family.samples
            if sample.name.startswith("catalog_command_")
            and sample.name.endswith(("_total", "_count"))
        }
    )


def lines(logged: Iterable[EventDict], lamp: Mapping[str, Any]) -> list[dict[str, str]]:
    """But for what differs from request to request."""
    return [
        {
            name: str(value).replace(lamp["id"], "<id>")
            for name, value in line.items()
            if name not in {"ms", "request_id"}
        }
        for line in logged
    ]
