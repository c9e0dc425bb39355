"""The ways into the log: over HTTP to a process of the API, and this process's own appender."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import httpx

from events.append import Appended, Claim, ClaimTaken, KeyReused, Outcome, Replayed, VersionMismatch
from events.appender import Appender
from events.errors import AppendQueueFull, AppendUnconfirmed, DatabaseUnavailable
from tests.appends import asked
from tests.auth import bearer
from tests.conversation import PRODUCTS
from tests.torture.history import Acknowledged, Heard, Refused, Unanswered, Write

AWAY_SECONDS = 0.03
"""How long a writer leaves a process alone that it could not reach."""


class Door(Protocol):
    async def ask(self, write: Write, patience: float | None) -> Heard: ...


@dataclass(frozen=True, slots=True)
class HttpDoor:
    http: httpx.AsyncClient
    token: str

    async def ask(self, write: Write, patience: float | None) -> Heard:
        try:
            async with asyncio.timeout(patience):
                answer = await self._send(write)
        except TimeoutError:
            return Unanswered("caller gone")
        except httpx.ConnectError:
            await asyncio.sleep(AWAY_SECONDS)
            return _not_done(write, "unreachable")
        except (httpx.NetworkError, httpx.RemoteProtocolError):
            return Unanswered("cut off")
        return _heard(write, answer)

    async def _send(self, write: Write) -> httpx.Response:
        headers = bearer(self.token)
        if write.key:
            headers["Idempotency-Key"] = write.key
        if write.expected is not None and write.stream:
            headers["If-Match"] = f'"{write.expected}"'
        method, path, body = _request(write)
        return await self.http.request(method, PRODUCTS + path, json=body, headers=headers)


def _request(write: Write) -> tuple[str, str, object]:
    first, *others = [json.loads(fact.data) for fact in write.facts]
    match write.facts[0].type:
        case "ProductRegistered":
            return "POST", "", first | {"prices": others}
        case "PriceSet":
            path = f"/{write.stream}/prices/{first['currency']}"
            return "PUT", path, {"amount": first["amount"]}
        case _:
            changed: dict[str, Any] = first
            for other in others:
                changed |= other
            return "PATCH", f"/{write.stream}", changed


def _heard(write: Write, answer: httpx.Response) -> Heard:
    body = answer.json()
    if answer.is_success:
        replayed = "Idempotent-Replayed" in answer.headers
        return Acknowledged(UUID(body["id"]), body["version"], body["position"], replayed)
    problem = str(body["type"]).removeprefix("/problems/")
    match answer.status_code, problem:
        case 503, "append-unconfirmed":
            return Unanswered(problem)
        case 503, _:
            return _not_done(write, problem)
        case 409 | 412 | 422, "sku-taken" | "version-conflict" | "idempotency-key-reused":
            return Refused(problem)
        case _:
            return Unanswered(problem)


def _not_done(write: Write, why: str) -> Heard:
    """What has a key may be there all the same, by an earlier try that nobody answered."""
    return Unanswered(why) if write.key else Refused(why)


@dataclass(frozen=True, slots=True)
class OwnDoor:
    appender: Appender

    async def ask(self, write: Write, patience: float | None) -> Heard:
        append = asked(
            write.stream,
            *write.facts,
            expected=write.expected,
            claims=[Claim(kind="sku", value=v, held=held) for v, held in write.claims.items()],
            key=write.key,
            request=write.facts[0].data.encode(),
        )
        try:
            async with asyncio.timeout(patience):
                outcome = await self.appender.append(append)
        except TimeoutError:
            return Unanswered("cancelled")
        except AppendUnconfirmed:
            await asyncio.sleep(AWAY_SECONDS)
            return Unanswered("append-unconfirmed")
        except DatabaseUnavailable:
            await asyncio.sleep(AWAY_SECONDS)
            return _not_done(write, "database-unavailable")
        except AppendQueueFull:
            return _not_done(write, "append-queue-full")
        except Exception as error:  # noqa: BLE001 -- it is judged after the storm
            return Unanswered(repr(error))
        return _told(outcome)


def _told(outcome: Outcome) -> Heard:
    match outcome:
        case Appended(stream, version, position):
            return Acknowledged(stream, version, position)
        case Replayed(stream, version, position):
            return Acknowledged(stream, version, position, replayed=True)
        case VersionMismatch():
            return Refused("version-conflict")
        case ClaimTaken():
            return Refused("sku-taken")
        case KeyReused():
            return Refused("idempotency-key-reused")
        case _:
            raise AssertionError(outcome)
