"""The newest events of a log, as many as there is room for."""

from datetime import UTC, datetime
from uuid import UUID

from api.streaming.ring import Ready, Ring

ROOM = 10_000
LONG_AGO = datetime(2024, 5, 1, tzinfo=UTC)


def ready(position: int, size: int = 0) -> Ready:
    return Ready(position, UUID(int=1), "PriceSet", "anna", LONG_AGO, b"x" * size)


def ring(start: int, *positions: int) -> Ring:
    made = Ring(start)
    made.put([ready(position) for position in positions], max(positions), limit_bytes=ROOM)
    return made


def behind(kept: Ring, after: int) -> list[int]:
    return [each.position for each in kept.behind(after)]


def test_it_gives_what_came_behind_a_position() -> None:
    kept = ring(10, 11, 12, 13)
    assert kept.position == 13
    assert behind(kept, 10) == [11, 12, 13]
    assert behind(kept, 12) == [13]
    assert behind(kept, 13) == behind(kept, 99) == []


def test_it_reaches_back_to_where_it_began() -> None:
    kept = ring(10, 11)
    assert kept.reaches(10)
    assert kept.reaches(99)
    assert not kept.reaches(9)


def test_a_hole_in_a_log_is_passed_over() -> None:
    kept = ring(10, 11, 15)
    assert behind(kept, 12) == [15]
    kept.put([], 20, limit_bytes=ROOM)
    assert (kept.position, behind(kept, 15)) == (20, [])


def test_the_oldest_make_room() -> None:
    kept = Ring(0)
    for position in range(1, 101):
        kept.put([ready(position, size=500)], position, limit_bytes=ROOM)
        first = next(kept.behind(max(0, position - 4))).position
        assert first == max(1, position - 3)
        assert kept.reaches(position)
    assert not kept.reaches(80)
    oldest = next(start for start in range(101) if kept.reaches(start))
    assert behind(kept, oldest) == list(range(oldest + 1, 101))


def test_one_that_has_no_room_at_all_is_behind_for_everybody() -> None:
    kept = ring(0, 1)
    kept.put([ready(2, size=2 * ROOM)], 2, limit_bytes=ROOM)
    assert kept.position == 2
    assert kept.reaches(2)
    assert not kept.reaches(1)
    assert behind(kept, 2) == []


def test_it_shrinks_when_there_is_less_room() -> None:
    kept = ring(0, *range(1, 11))
    kept.shrink(ROOM)
    assert kept.reaches(0)
    kept.shrink(4_000)
    assert behind(kept, 6) == [7, 8, 9, 10]
    assert not kept.reaches(5)
