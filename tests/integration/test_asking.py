"""What an operator asks for in vain is refused at once, by what is read now."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.asking import NotParked, ParkedElsewhere, ask
from projections.interventions import Action, Intervention
from tests.acting import acting_as
from tests.given import (
    DESK,
    LAMP,
    TELEPORTED,
    Log,
    another_generation,
    opened,
    projected,
    registered,
)
from tests.interventions import kept


async def asked(
    engine: AsyncEngine,
    action: Action,
    product: UUID = LAMP,
    *,
    catalog: str = "main",
    position: int | None = None,
) -> Intervention | None:
    async with driver(engine) as connection:
        return await ask(
            connection,
            catalog,
            product,
            action,
            actor="ann",
            correlation_id="r-1",
            position=position,
        )


@pytest.fixture
async def at_fault(engine: AsyncEngine) -> int:
    await Log(engine).given(LAMP, registered)
    position = await Log(engine).given_stored(LAMP, TELEPORTED)
    await projected(engine)
    return position


@pytest.mark.parametrize("action", ["retry", "discard", "refold"])
async def test_what_may_help_waits_for_a_worker(
    engine: AsyncEngine, at_fault: int, action: Action
) -> None:
    position = at_fault if action == "discard" else None
    intervention = await asked(engine, action, position=position)
    assert intervention
    assert await kept(engine) == [intervention]
    assert (intervention.action, intervention.position) == (action, position)
    assert (intervention.outcome, intervention.finished_at) == (None, None)


@pytest.mark.usefixtures("at_fault")
async def test_the_log_says_which_products_there_are(engine: AsyncEngine) -> None:
    await opened(engine, "outlet")
    assert await asked(engine, "refold", DESK) is None
    assert await asked(engine, "refold", catalog="outlet") is None
    assert await kept(engine) == await kept(engine, "outlet") == []


async def test_another_position_is_refused_with_the_one_it_stands_before(
    engine: AsyncEngine, at_fault: int
) -> None:
    with pytest.raises(ParkedElsewhere) as refused:
        await asked(engine, "discard", position=at_fault - 1)
    assert refused.value.members == {"position": at_fault}
    assert await kept(engine) == []


@pytest.mark.parametrize("action", ["retry", "discard"])
async def test_only_what_is_read_now_counts(engine: AsyncEngine, action: Action) -> None:
    """Not what stands still in tables that are being made."""
    generation = await another_generation(engine)
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    position = await Log(engine).given_stored(LAMP, TELEPORTED)
    await projected(engine, generation=generation)
    with pytest.raises(NotParked):
        await asked(engine, action, position=position if action == "discard" else None)
    assert await asked(engine, "refold")


async def test_the_command_side_s_role_may_ask(
    engine: AsyncEngine, at_fault: int, database_url: str
) -> None:
    async with acting_as("catalog_command", database_url) as api:
        intervention = await asked(api, "discard", position=at_fault)
    assert await kept(engine) == [intervention]
