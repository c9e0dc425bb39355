"""What takes too long is given up, and nobody is told that nothing came of it."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.appends import logged
from tests.conversation import LAMP, PRODUCTS, Caller
from tests.eventually import eventually
from tests.held_log import log_held

pytest_plugins = ("tests.conversation_fixtures",)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """So much that nobody else runs into it on a busy machine."""
    return settings.model_copy(update={"request_seconds": 5.0, "append_batch_limit": 1})


async def test_a_write_that_takes_too_long_may_be_there_and_its_key_tells(
    anna: Caller, engine: AsyncEngine
) -> None:
    """One is being written when it is given up, the other waits for that one's commit."""
    async with log_held(engine):
        registrations = (
            anna.posts(PRODUCTS, LAMP | {"sku": sku}, Idempotency_Key=sku) for sku in "AB"
        )
        for answer in await asyncio.gather(*registrations):
            refused = answer.refused(503, "took-too-long")
            assert "may or may not" in refused["detail"]
            assert answer.headers["Retry-After"] == "1"

    async def one_is_written() -> bool:
        return bool(await logged(engine))

    await eventually(one_is_written)
    again = [
        (await anna.posts(PRODUCTS, LAMP | {"sku": sku}, Idempotency_Key=sku)).gives(201)
        for sku in "AB"
    ]
    replayed = ["Idempotent-Replayed" in answer.headers for answer in again]
    assert sorted(replayed) == [False, True]
    assert len({event.stream_id for event in await logged(engine)}) == 2


async def test_a_process_that_gave_up_a_request_goes_on(anna: Caller, engine: AsyncEngine) -> None:
    async with log_held(engine):
        given_up = [anna.posts(PRODUCTS, LAMP | {"sku": f"L-{n}"}) for n in range(30)]
        for answer in await asyncio.gather(*given_up):
            answer.refused(503, "took-too-long")
    (await anna.posts(PRODUCTS, LAMP)).gives(201)
