"""Writes before FastAPI, by somebody hostile or unlucky: as their routes would have it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.types import Message
from structlog.testing import capture_logs

from api.main import create_app
from api.settings import Settings
from api.writing import routes
from api.writing.write import Write
from tests.auth import Service, bearer, given_user
from tests.both_ways import DIRECT, PRICE, ROUTED, sent, told
from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller
from tests.lifespan import alive

pytest_plugins = ("tests.conversation_fixtures",)
BODY = b'{"amount": 5}'
FORMS = pytest.mark.parametrize("form", [DIRECT, ROUTED])


async def in_pieces(between: Callable[[], Awaitable[object]]) -> AsyncIterator[bytes]:
    yield BODY[:4]
    await between()
    yield BODY[4:]


async def put_in_pieces(
    caller: Caller, product: str, form: str, between: Callable[[], Awaitable[object]]
) -> int:
    headers = {**bearer(str(caller.token)), "Content-Type": form, "Content-Length": str(len(BODY))}
    answer = await caller.http.put(
        PRICE.format(id=product), content=in_pieces(between), headers=headers
    )
    return answer.status_code


@FORMS
async def test_a_body_may_come_in_pieces(anna: Caller, form: str) -> None:
    receipt = await anna.given()

    async def nothing() -> None:
        await asyncio.sleep(0)

    assert await put_in_pieces(anna, receipt["id"], form, nothing) == 200


@FORMS
async def test_who_logs_out_while_his_body_comes_writes_nothing(
    anna: Caller, engine: AsyncEngine, form: str
) -> None:
    receipt = await anna.given()
    await given_user(engine, "bert", {"main": "editor"})
    bert = Caller(anna.http, await Service(anna.http).token_of("bert"))
    product = receipt["id"]
    (await sent(bert, "PUT", PRICE.format(id=product), {"amount": 4})).gives(200)

    async def log_out() -> None:
        assert (await Service(anna.http).revoke(str(bert.token), str(bert.token))).is_success

    assert await put_in_pieces(bert, product, form, log_out) == 401
    unchanged = await sent(anna, "PUT", PRICE.format(id=product), {"amount": 4})
    assert unchanged.gives(200).body["version"] == receipt["version"] + 1


@pytest.mark.parametrize(
    ("changed", "fault", "status"),
    [
        ({"writes_per_minute": 1}, None, 429),
        ({"requests_per_minute": 3}, None, 429),
        ({}, RuntimeError("planted"), 500),
        ({"request_seconds": 0.2}, TimeoutError(), 503),
    ],
    ids=["quota", "rate", "fault", "time"],
)
@pytest.mark.usefixtures("a_minute_that_lasts")
async def test_what_fails_fails_alike(
    settings: Settings,
    token: str,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, Any],
    fault: Exception | None,
    status: int,
) -> None:
    answers = []
    for form in (DIRECT, ROUTED):
        async with (
            alive(create_app(settings.model_copy(update=changed))) as app,
            AsyncClient(
                transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://c.test"
            ) as http,
        ):
            anna = Caller(http, token)
            await sent(anna, "PUT", PRICE.format(id=NOBODY), {"amount": 1})
            with capture_logs(), monkeypatch.context() as planted:
                if fault:
                    planted.setattr(routes, "to_register", _fails(fault))
                    planted.setattr(Write, "register", _lasts(fault))
                asked = [
                    await sent(anna, "POST", PRODUCTS, LAMP, {"Content-Type": form})
                    for _ in range(3)
                ]
            answers.append(told(asked[-1].gives(status), {"id": NOBODY, "sku": "LAMP-1"}))

    direct, routed = answers
    assert direct == routed


def _fails(fault: Exception) -> Callable[..., list[object]]:
    def fails(_: object) -> list[object]:
        if isinstance(fault, TimeoutError):
            return []
        raise fault

    return fails


def _lasts(fault: Exception) -> Callable[..., Awaitable[None]]:
    async def lasts(*_: object) -> None:
        await asyncio.sleep(30 if isinstance(fault, TimeoutError) else 0)

    return lasts


@FORMS
async def test_a_process_that_ends_says_so_to_whom_it_has_not_heard_out(
    app: FastAPI, anna: Caller, form: str
) -> None:
    receipt = await anna.given()
    answered: list[Message] = []

    async def receive() -> Message:
        if not answered and not asked:
            asked.append(True)
            return {"type": "http.request", "body": BODY[:4], "more_body": True}
        raise asyncio.CancelledError

    async def send(message: Message) -> None:
        answered.append(message)

    asked: list[bool] = []
    headers = {
        "host": "catalog.test",
        "authorization": f"Bearer {anna.token}",
        "content-type": form,
        "content-length": str(len(BODY)),
    }
    async with alive(app) as living:
        with pytest.raises(asyncio.CancelledError):
            await living(
                {
                    "type": "http",
                    "http_version": "1.1",
                    "method": "PUT",
                    "scheme": "http",
                    "path": PRICE.format(id=receipt["id"]),
                    "query_string": b"",
                    "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
                },
                receive,
                send,
            )

    begun, body = answered
    assert begun["status"] == 503
    assert json.loads(body["body"])["type"] == "/problems/took-too-long"
    assert (b"x-content-type-options", b"nosniff") in begun["headers"]
