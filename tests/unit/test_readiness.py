"""What a process says of itself to a balancer."""

import asyncio
from collections.abc import Mapping

import pytest

from api.serving import readiness
from api.serving.readiness import Readiness, State, status
from api.settings import Side
from events.errors import DatabaseUnavailable

WELL: Mapping[str, State] = {"database": "ok", "keys": "ok", "redis": "ok"}
FOLLOWING: Mapping[str, State] = {**WELL, "query_database": "ok", "projection": "ok"}
SIDES: list[Side] = ["commands", "queries", "all"]


def without(checks: Mapping[str, State], *away: str) -> dict[str, State]:
    return {**checks, **dict.fromkeys(away, "unavailable")}


@pytest.mark.parametrize("side", SIDES)
def test_nothing_is_away(side: Side) -> None:
    assert status(side, WELL) == "ok"


@pytest.mark.parametrize("side", SIDES)
def test_without_redis_all_is_slower(side: Side) -> None:
    assert status(side, without(WELL, "redis")) == "degraded"


@pytest.mark.parametrize("side", SIDES)
def test_who_knows_no_key_lets_nobody_in(side: Side) -> None:
    assert status(side, without(WELL, "keys")) == "unavailable"


@pytest.mark.parametrize(
    ("side", "expected"),
    [("commands", "unavailable"), ("queries", "degraded"), ("all", "unavailable")],
)
def test_only_reads_outlive_the_primary(side: Side, expected: State) -> None:
    assert status(side, without(WELL, "database")) == expected


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        (["database"], "degraded"),
        (["query_database"], "degraded"),
        (["projection"], "degraded"),
        (["database", "query_database", "projection"], "degraded"),
        (["database", "redis"], "degraded"),
        (["query_database", "redis"], "unavailable"),
    ],
)
def test_reads_come_from_the_replica_or_from_redis(away: list[str], expected: State) -> None:
    assert status("queries", without(FOLLOWING, *away)) == expected


async def test_all_who_ask_at_a_time_share_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "SHARED_SECONDS", 60)
    looks = 0

    async def look() -> State:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        return "ok"

    asked = Readiness("all", {"database": look})
    answers = await asyncio.gather(*(asked.health() for _ in range(50)))
    again = await asked.health()

    assert {each.status for each in (*answers, again)} == {"ok"}
    assert looks == 1


async def test_what_does_not_answer_in_time_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "DEADLINE_SECONDS", 0.05)

    async def hang() -> State:
        await asyncio.Event().wait()
        return "ok"

    async def fail() -> State:
        raise DatabaseUnavailable

    health = await Readiness("all", {"database": fail, "redis": hang}).health()

    assert health.checks == {"database": "unavailable", "redis": "unavailable"}


async def test_who_stops_sends_everybody_away() -> None:
    async def well() -> State:
        return "ok"

    asked = Readiness("all", {"database": well})
    assert (await asked.health()).status == "ok"
    asked.stop()
    assert (await asked.health()).status == "unavailable"
