"""A log that can't keep up turns writers away instead of losing what it took."""

import asyncio
import itertools

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.appends import logged
from tests.conversation import LAMP, PRODUCTS, Answer, Caller
from tests.held_log import blocked, log_held

pytest_plugins = ("tests.conversation_fixtures",)

QUEUE = 2


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"append_queue_limit": QUEUE, "append_batch_limit": 1})


def registration(anna: Caller, number: int) -> asyncio.Task[Answer]:
    product = LAMP | {"sku": f"LAMP-{number}"}
    return asyncio.create_task(anna.posts(PRODUCTS, product, Idempotency_Key=f"lamp-{number}"))


async def test_a_full_queue_turns_away_and_a_key_tells_who_was_written(
    anna: Caller, engine: AsyncEngine
) -> None:
    async with log_held(engine):
        first = registration(anna, 0)
        await blocked(engine)
        others = [registration(anna, number) for number in range(1, 6)]
        for answer in itertools.islice(asyncio.as_completed(others), len(others) - QUEUE):
            turned_away = await answer
            turned_away.refused(503, "append-queue-full")
            assert turned_away.headers["Retry-After"] == "1"

    answers = await asyncio.gather(first, *others)
    statuses = [answer.response.status_code for answer in answers]
    assert statuses.count(201) == 1 + QUEUE
    assert statuses.count(503) == len(others) - QUEUE
    assert len({event.stream_id for event in await logged(engine)}) == 1 + QUEUE

    metrics = (await anna.gets("/metrics")).gives(200).response.text
    assert 'catalog_command_refusals_total{problem="append-queue-full"}' in metrics
    assert 'catalog_command_appends_waiting{catalog="main"} 0.0' in metrics

    again = [await registration(anna, number) for number in range(6)]
    replayed = ["Idempotent-Replayed" in answer.gives(201).headers for answer in again]
    assert replayed == [status == 201 for status in statuses]
