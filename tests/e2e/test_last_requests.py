"""What a process that is told to stop answers to those who asked it last."""

import re
from functools import partial

import pytest

from api.main import create_app
from api.serving import stopping
from api.serving.stopping import Server
from api.settings import Settings
from tests.eventually import eventually
from tests.serving import serving
from tests.wire import HOST, dialled, problems, statuses, until_its_end

LIVE = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
HALF = (
    b"POST /v1/auth/token HTTP/1.1\r\n"
    + HOST
    + b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na"
)


async def has_heard(server: Server) -> bool:
    return any(connection.cycle for connection in server.connections())


async def test_whom_it_can_wait_for_no_longer_it_tells_so(settings: Settings) -> None:
    async with (
        serving(create_app(settings), grace_seconds=1) as (address, server),
        dialled(address) as (reader, writer),
    ):
        writer.write(HALF)
        await eventually(partial(has_heard, server))
        server.should_exit = True
        received = await until_its_end(reader)
    assert (statuses(received), problems(received)) == ([503], ["took-too-long"])
    assert re.findall(rb"\r\n(retry-after|connection): ([^\r]+)", received) == [
        (b"connection", b"close"),
        (b"retry-after", b"1"),
    ]


async def test_who_does_not_go_on_is_let_go_while_it_waits_for_the_others(
    settings: Settings,
) -> None:
    app = create_app(settings.model_copy(update={"arrival_seconds": 1.0}))
    async with (
        serving(app, grace_seconds=60) as (address, server),
        dialled(address) as (reader, writer),
    ):
        writer.write(HALF)
        await eventually(partial(has_heard, server))
        server.should_exit = True
        assert statuses(await until_its_end(reader)) == [408]


async def test_whom_it_accepted_last_it_hears(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "FIRST_SECONDS", 30.0)
    async with (
        serving(create_app(settings), drain_seconds=0.5) as (address, server),
        dialled(address) as (reader, writer),
    ):
        server.should_exit = True

        async def listens_no_more() -> bool:
            try:
                async with dialled(address):
                    return False
            except ConnectionError:
                return True

        await eventually(listens_no_more)
        writer.write(LIVE)
        assert statuses(await until_its_end(reader)) == [200]
