"""What a process remembers of products: little, briefly, and nothing that it knows to be over."""

from collections.abc import Collection
from uuid import UUID

import pytest

from projections.cached import Announcement
from queries import memory
from queries.answer import Answer
from queries.document import Document
from queries.memory import KEPT_SECONDS, OVERHEAD_BYTES, Found, ProductMemory
from tests.clock import Clock
from tests.given import DESK, LAMP

BODY = b"x" * 1_000
ROOM_FOR_TEN = 10 * (OVERHEAD_BYTES + 2 * len(BODY))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(100.0)
    monkeypatch.setattr(memory, "monotonic", clock)
    return clock


@pytest.fixture
def known(clock: Clock) -> ProductMemory:
    assert clock.now
    return ProductMemory(ROOM_FOR_TEN)


def lamp(position: int, version: int = 1) -> Found:
    return Answer(Document(version, BODY), position)


def changed(
    position: int, *products: UUID, catalog: str = "main", everything: bool = False
) -> Announcement:
    told: Collection[UUID] | None = None if everything else products
    return Announcement(catalog, position, told)


def test_what_was_read_is_remembered(known: ProductMemory, clock: Clock) -> None:
    known.keep("main", LAMP, lamp(3), clock.now)
    assert known.find("main", LAMP, 3) == lamp(3)
    assert known.find("main", DESK, 0) is None
    assert known.find("outlet", LAMP, 0) is None


def test_it_is_not_for_who_wants_more_than_it_reflects(known: ProductMemory, clock: Clock) -> None:
    known.keep("main", LAMP, lamp(3), clock.now)
    assert known.find("main", LAMP, 4) is None


def test_that_there_is_none_is_remembered_as_well(known: ProductMemory, clock: Clock) -> None:
    known.keep("main", LAMP, Answer(None, 3), clock.now)
    assert known.find("main", LAMP, 3) == Answer(None, 3)


def test_nothing_is_older_than_it_may_be_counted_from_when_it_was_asked_for(
    known: ProductMemory, clock: Clock
) -> None:
    asked_at = clock.now
    clock.goes_on(KEPT_SECONDS / 2)
    known.keep("main", LAMP, lamp(3), asked_at)
    clock.goes_on(KEPT_SECONDS / 2 - 0.01)
    assert known.find("main", LAMP, 0)
    clock.goes_on(0.01)
    assert known.find("main", LAMP, 0) is None


def test_the_oldest_make_room(known: ProductMemory, clock: Clock) -> None:
    products = [UUID(int=number) for number in range(25)]
    for product in products:
        known.keep("main", product, lamp(3), clock.now)
    assert [known.find("main", product, 0) is not None for product in products] == (
        [False] * 15 + [True] * 10
    )


def test_what_is_read_again_takes_no_more_room_for_long(known: ProductMemory, clock: Clock) -> None:
    for position in range(100):
        known.keep("main", LAMP, lamp(position), clock.now)
    assert known.find("main", LAMP, 99)
    for number in range(9):
        known.keep("main", UUID(int=number), lamp(3), clock.now)
    assert known.find("main", LAMP, 99)


def test_without_room_nothing_is_remembered(clock: Clock) -> None:
    known = ProductMemory(0)
    known.keep("main", LAMP, lamp(3), clock.now)
    assert known.find("main", LAMP, 0) is None


def test_a_change_is_forgotten_and_nothing_else(known: ProductMemory, clock: Clock) -> None:
    for catalog, product in (("main", LAMP), ("main", DESK), ("outlet", LAMP)):
        known.keep(catalog, product, lamp(3), clock.now)
    known.forget(changed(4, LAMP))
    assert known.find("main", LAMP, 0) is None
    assert known.find("main", DESK, 0)
    assert known.find("outlet", LAMP, 0)


def test_all_of_a_catalog_is_forgotten_and_none_of_another(
    known: ProductMemory, clock: Clock
) -> None:
    for catalog, product in (("main", LAMP), ("main", DESK), ("outlet", LAMP)):
        known.keep(catalog, product, lamp(3), clock.now)
    known.forget(changed(4, everything=True))
    assert known.find("main", LAMP, 0) is None
    assert known.find("main", DESK, 0) is None
    assert known.find("outlet", LAMP, 0)


@pytest.mark.parametrize("told", [changed(4, LAMP), changed(4, everything=True)])
def test_what_was_asked_for_before_a_change_was_heard_of_is_not_kept(
    known: ProductMemory, clock: Clock, told: Announcement
) -> None:
    """It may be from before the change, whatever it says that it reflects."""
    asked_at = clock.now
    clock.goes_on(0.1)
    known.forget(told)
    known.keep("main", LAMP, lamp(4), asked_at)
    assert known.find("main", LAMP, 0) is None
    known.keep("outlet", LAMP, lamp(4), asked_at)
    assert known.find("outlet", LAMP, 0)
    clock.goes_on(0.1)
    known.keep("main", LAMP, lamp(4, version=2), clock.now)
    assert known.find("main", LAMP, 4) == lamp(4, version=2)


@pytest.mark.parametrize("told", [changed(4, LAMP), changed(4, everything=True)])
def test_what_reflects_less_than_was_heard_of_is_not_kept(
    known: ProductMemory, clock: Clock, told: Announcement
) -> None:
    """As from a replica that is behind."""
    known.forget(told)
    clock.goes_on(0.1)
    known.keep("main", LAMP, lamp(3), clock.now)
    assert known.find("main", LAMP, 0) is None


def test_a_change_of_another_product_voids_nothing(known: ProductMemory, clock: Clock) -> None:
    asked_at = clock.now
    clock.goes_on(0.1)
    known.forget(changed(4, DESK))
    known.keep("main", LAMP, lamp(3), asked_at)
    assert known.find("main", LAMP, 3)


def test_an_older_answer_never_replaces_a_newer_one(known: ProductMemory, clock: Clock) -> None:
    known.keep("main", LAMP, lamp(4, version=2), clock.now)
    clock.goes_on(0.1)
    known.keep("main", LAMP, lamp(3), clock.now)
    assert known.find("main", LAMP, 0) == lamp(4, version=2)


@pytest.mark.parametrize("position", [3, 4])
def test_an_older_version_never_replaces_a_newer_one(
    known: ProductMemory, clock: Clock, position: int
) -> None:
    """Redis has a document before it is announced how far reads have come."""
    known.keep("main", LAMP, lamp(3, version=2), clock.now)
    for older in (lamp(position), Answer(None, position)):
        known.keep("main", LAMP, older, clock.now)
        assert known.find("main", LAMP, 0) == lamp(3, version=2)


def test_once_reads_have_fallen_back_it_remembers_what_is_read_now(
    known: ProductMemory, clock: Clock
) -> None:
    """As after the database was restored to an earlier point."""
    known.keep("main", LAMP, lamp(9), clock.now)
    known.forget(changed(9, DESK))
    clock.goes_on(KEPT_SECONDS + 0.1)
    for product in (LAMP, DESK):
        known.keep("main", product, lamp(1), clock.now)
        assert known.find("main", product, 0) == lamp(1)


def test_words_of_changes_do_not_pile_up_without_readers(
    known: ProductMemory, clock: Clock
) -> None:
    for number in range(10_000):
        known.forget(changed(number, UUID(int=number)))
        clock.goes_on(KEPT_SECONDS / 10)
    assert len(known._heard) <= 11  # noqa: SLF001 -- what piles up shows nowhere else
