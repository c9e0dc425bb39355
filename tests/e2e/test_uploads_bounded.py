"""A feed comes slowly, or never to its end, or is so large that nobody could hold it."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Mapping

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings
from tests.auth import Service, given_user
from tests.conversation import Caller
from tests.uploading import LAMPS, Room, head, jobs_of, repeated, uploads_in_pieces
from tests.wire import dialled, problems, statuses, until_its_end

pytest_plugins = ("tests.conversation_fixtures",)

ARRIVAL_SECONDS = 3.0
PIECE = LAMPS * 4_000
PIECES = 6


STRICTLY = pytest.mark.parametrize(
    "limits", [{"arrival_seconds": ARRIVAL_SECONDS, "request_seconds": 2.0}], ids=["strictly"]
)


@pytest.fixture
def limits() -> Mapping[str, float]:
    """Longer than anybody waits here."""
    return {"arrival_seconds": 600.0, "request_seconds": 600.0}


@pytest.fixture
def app(settings: Settings, limits: Mapping[str, float]) -> FastAPI:
    return create_app(settings.model_copy(update=limits))


@pytest.fixture
def room(settings: Settings) -> Room:
    return Room(settings.uploads_directory)


@pytest.fixture
async def client(address: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=address, timeout=60) as client:
        yield client


@STRICTLY
async def test_who_sends_slowly_without_a_pause_may_take_his_time(
    anna: Caller, address: str, engine: AsyncEngine, room: Room
) -> None:
    """Longer than any other request may be on its way, or an answer."""
    async with dialled(address) as (reader, writer):
        writer.write(head(anna.token, PIECES * len(PIECE)))
        for _ in range(PIECES):
            writer.write(PIECE)
            await asyncio.sleep(0.6)
        assert statuses(await until_its_end(reader)) == [202]
    assert [each["size"] for each in await jobs_of(engine)] == [PIECES * len(PIECE)]
    assert [each.read_bytes() for each in room.files()] == [PIECES * PIECE]


@STRICTLY
async def test_who_comes_to_no_end_is_let_go_with_what_he_sent(
    anna: Caller, address: str, engine: AsyncEngine, room: Room
) -> None:
    async with dialled(address) as (reader, writer):
        writer.write(head(anna.token, 10 * len(PIECE)) + PIECE)
        await room.has_part()
        assert problems(await until_its_end(reader)) == ["request-timeout"]
    await room.empties()
    assert await jobs_of(engine) == []


async def test_who_goes_away_leaves_nothing(
    anna: Caller, address: str, engine: AsyncEngine, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    async with dialled(address) as (_, writer):
        writer.write(head(anna.token, 10 * len(PIECE)) + PIECE)
        await room.has_part()
    await room.empties()
    assert await jobs_of(engine) == []
    assert not caplog.records


async def test_of_two_at_once_the_first_that_is_whole_is_imported(
    anna: Caller, address: str, engine: AsyncEngine, room: Room
) -> None:
    async with dialled(address) as (reader, writer):
        writer.write(head(anna.token, 2 * len(LAMPS)) + LAMPS)
        await room.has_part()
        job = (await uploads_in_pieces(anna, repeated(LAMPS, 1))).gives(202).body
        writer.write(LAMPS)
        answer = await until_its_end(reader)
    assert problems(answer) == ["import-running"]
    assert job["id"].encode() in answer
    assert [each["size"] for each in await jobs_of(engine)] == [len(LAMPS)]
    assert [each.read_bytes() for each in room.files()] == [LAMPS]


async def test_who_may_not_is_told_before_he_has_sent_anything(address: str, room: Room) -> None:
    async with dialled(address) as (reader, writer):
        writer.write(head(None, 2**30))
        assert problems(await until_its_end(reader)) == ["unauthenticated"]
    assert room.files() == []


@pytest.mark.parametrize("lost", ["session", "role"])
async def test_who_may_no_more_when_it_is_whole_has_sent_it_in_vain(
    lost: str, anna: Caller, address: str, engine: AsyncEngine, room: Room
) -> None:
    await given_user(engine, "carl", {"main": "editor"})
    of_carl = await Service(anna.http).token_of("carl")
    async with dialled(address) as (reader, writer):
        writer.write(head(of_carl, 2 * len(LAMPS)) + LAMPS)
        await room.has_part()
        if lost == "session":
            await Service(anna.http).revoke(of_carl, by=of_carl)
        else:
            roles = {"roles": {"main": "viewer"}}
            (await anna.asks("PATCH", "/v1/users/carl", json=roles)).gives(200)
        writer.write(LAMPS)
        expected = {"session": ["unauthenticated"], "role": ["forbidden"]}
        assert problems(await until_its_end(reader)) == expected[lost]
    await room.empties()
    assert await jobs_of(engine) == []


async def test_it_is_nowhere_whole_in_memory(anna: Caller, room: Room) -> None:
    """Neither here, nor where it comes from: both are this process."""
    piece = b"x" * 2**18
    tracemalloc.start()
    try:
        (await uploads_in_pieces(anna, repeated(piece, 256))).gives(202)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [each.stat().st_size for each in room.files()] == [2**26]
    assert peak < 2**24
