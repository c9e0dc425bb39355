import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Append, Appended, Outcome
from events.database import driver
from events.log import find_claims, read_log
from events.recorded import Recorded
from tests.appends import appended, asked, logged, renamed, taking

WRITERS = 6
CALLS = 25
SKUS = [f"SKU-{number}" for number in range(40)]
STREAMS = [UUID(int=number) for number in range(1, 9)]


def some_append(chance: random.Random) -> Append:
    """On streams, claims and keys that others want as well."""
    return asked(
        chance.choice([None, *STREAMS]),
        *[renamed] * chance.randint(1, 3),
        expected=chance.choice([None, None, chance.randint(0, 30)]),
        claims=taking(chance.choice(SKUS)) if chance.random() < 0.3 else (),
        key=f"key-{chance.randint(1, 40)}" if chance.random() < 0.2 else None,
        request=bytes([chance.randint(1, 2)]),
    )


async def write(engine: AsyncEngine, seed: int) -> list[tuple[Append, Outcome]]:
    chance, told = random.Random(seed), list[tuple[Append, Outcome]]()
    for _ in range(CALLS):
        call = [some_append(chance) for _ in range(chance.randint(1, 8))]
        told += zip(call, await appended(engine, *call), strict=True)
    return told


async def tail(engine: AsyncEngine, done: asyncio.Event, limit: int) -> list[Recorded]:
    """Everything a reader meets that only ever asks for what comes after its checkpoint."""
    met: list[Recorded] = []
    async with driver(engine) as connection:
        while True:
            ending = done.is_set()
            found = await read_log(
                connection, "main", after=met[-1].position if met else 0, limit=limit
            )
            met += found
            if ending and not found:
                return met


async def write_and_tail(
    engine: AsyncEngine,
) -> tuple[list[tuple[Append, Outcome]], list[list[Recorded]]]:
    done = asyncio.Event()
    tailing = asyncio.gather(*(tail(engine, done, limit) for limit in (3, 1_000)))
    told = await asyncio.gather(*(write(engine, seed) for seed in range(WRITERS)))
    done.set()
    return [each for writer in told for each in writer], await tailing


async def test_many_writers_make_one_log_without_gaps(engine: AsyncEngine) -> None:
    told, tails = await write_and_tail(engine)
    log = await logged(engine)
    agrees_with_its_outcomes(log, told)
    assert [event.position for event in log] == list(range(1, len(log) + 1))
    assert all(met == log for met in tails)
    assert [event.recorded_at for event in log] == sorted(event.recorded_at for event in log)
    counted_by_stream(log)
    await claims_are_unique(engine, told)
    keys_are_unique(told)


def agrees_with_its_outcomes(
    log: Sequence[Recorded], told: Sequence[tuple[Append, Outcome]]
) -> None:
    """Exactly what was said to be appended is there, where it was said to be."""
    expected = {
        outcome.position - back: (outcome.stream_id, outcome.version - back)
        for append, outcome in told
        if isinstance(outcome, Appended)
        for back in range(len(append.events))
    }
    assert {event.position: (event.stream_id, event.version) for event in log} == expected
    assert len({type(outcome) for _, outcome in told}) == 5


def counted_by_stream(log: Sequence[Recorded]) -> None:
    versions: dict[UUID, list[int]] = {}
    for event in log:
        versions.setdefault(event.stream_id, []).append(event.version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())


async def claims_are_unique(engine: AsyncEngine, told: Sequence[tuple[Append, Outcome]]) -> None:
    takers: dict[str, set[UUID]] = {}
    for append, outcome in told:
        if isinstance(outcome, Appended):
            for claim in append.claims:
                takers.setdefault(claim.value, set()).add(append.stream_id)
    async with driver(engine) as connection:
        held = await find_claims(connection, "main", "sku", SKUS)
    assert {sku: {holder} for sku, holder in held.items()} == takers


def keys_are_unique(told: Sequence[tuple[Append, Outcome]]) -> None:
    used = Counter(
        append.idempotent.key
        for append, outcome in told
        if isinstance(outcome, Appended) and append.idempotent
    )
    assert used
    assert set(used.values()) == {1}
