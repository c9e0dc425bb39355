import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.append import Append, Appended
from events.codec import Encoded
from events.database import create_engine
from events.errors import AppendUnconfirmed
from tests.appends import appender, asked, logged
from tests.held_log import blocked, log_held, terminate


@pytest.mark.parametrize(
    "bad",
    [
        asked(None, Encoded("ProductRenamed", 1, "{no json")),
        asked(None, Encoded("ProductRenamed", 1, '"\x00"')),
        asked(None, Encoded("ProductRenamed", 2**40, "{}")),
        replace(asked(), actor="\ud800"),
    ],
)
async def test_what_the_log_cannot_take_fails_alone(engine: AsyncEngine, bad: Append) -> None:
    writer = appender(engine)
    good = [asked() for _ in range(4)]
    outcomes = await asyncio.gather(
        *(writer.append(each) for each in [*good[:2], bad, *good[2:]]), return_exceptions=True
    )
    assert isinstance(outcomes.pop(2), Exception)
    assert outcomes == [Appended(each.stream_id, 1, n) for n, each in enumerate(good, 1)]


async def test_a_lost_connection_is_told_and_forgotten(engine: AsyncEngine) -> None:
    writer = appender(engine)
    async with log_held(engine):
        waiting = [asyncio.create_task(writer.append(asked())) for _ in range(2)]
        await terminate(engine, await blocked(engine))
        lost = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(error) for error in lost} == {AppendUnconfirmed}
    assert isinstance(await writer.append(asked()), Appended)
    assert len(await logged(engine)) == 1


async def test_a_log_that_keeps_silent_has_confirmed_nothing(
    engine: AsyncEngine, settings: Settings
) -> None:
    url = settings.database_url.get_secret_value()
    impatient = create_engine(url, pool_size=1, application="impatient", command_timeout=2)
    writer = appender(impatient)
    async with log_held(engine):
        with pytest.raises(AppendUnconfirmed):
            await writer.append(asked())
    assert isinstance(await writer.append(asked()), Appended)
    await impatient.dispose()


@pytest.mark.parametrize("turns", range(0, 40, 2))
async def test_who_gives_up_alone_spoils_the_connection_for_nobody(
    engine: AsyncEngine, settings: Settings, turns: int
) -> None:
    """Wherever it is in the transaction: what comes after it is committed, and seen by others."""
    url = settings.database_url.get_secret_value()
    narrow = create_engine(url, pool_size=1, application="narrow")
    writer = appender(narrow)

    async def write_alone() -> None:
        async with writer.alone():
            pass

    giving_up = asyncio.create_task(write_alone())
    for _ in range(turns):
        await asyncio.sleep(0)
    giving_up.cancel()
    await asyncio.wait([giving_up])
    assert isinstance(await writer.append(asked()), Appended)
    assert len(await logged(engine)) == 1
    await narrow.dispose()
