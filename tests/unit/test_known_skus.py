"""What a process remembers of SKUs: whose they are, for ever; that they are nobody's, briefly."""

from uuid import UUID

import pytest

from projections.cached import Announcement
from queries import skus
from queries.answer import Answer
from queries.memory import KEPT_SECONDS, Found
from queries.skus import KnownSkus
from tests.clock import Clock
from tests.given import DESK, LAMP

SKU = "LAMP-1"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(100.0)
    monkeypatch.setattr(skus, "monotonic", clock)
    return clock


@pytest.fixture
def known(clock: Clock) -> KnownSkus:
    assert clock.now
    return KnownSkus(owners=5, nobodys=5)


def none(position: int) -> Found:
    return Answer(None, position)


def announced(position: int, catalog: str = "main") -> Announcement:
    return Announcement(catalog, position, [DESK])


def test_whose_it_is_stays_known(known: KnownSkus, clock: Clock) -> None:
    """A SKU never changes hands."""
    known.keep_owner("main", SKU, LAMP)
    known.forget(announced(4))
    clock.goes_on(1_000_000)
    assert known.owner("main", SKU) == LAMP
    assert known.owner("outlet", SKU) is None
    assert known.owner("main", SKU.lower()) is None


def test_where_everything_changed_nothing_is_known(known: KnownSkus) -> None:
    """The database may have been restored to before it was registered."""
    known.keep_owner("main", SKU, LAMP)
    known.forget(Announcement("main", 4, None))
    assert known.owner("main", SKU) is None


def test_that_it_is_nobody_s_is_known_as_of_a_position(known: KnownSkus, clock: Clock) -> None:
    known.keep_nobodys("main", SKU, none(3), clock.now)
    assert known.nobodys("main", SKU, 3) == none(3)
    assert known.nobodys("main", SKU, 4) is None
    assert known.nobodys("outlet", SKU, 0) is None


def test_that_is_never_older_than_it_may_be(known: KnownSkus, clock: Clock) -> None:
    asked_at = clock.now
    clock.goes_on(KEPT_SECONDS / 2)
    known.keep_nobodys("main", SKU, none(3), asked_at)
    clock.goes_on(KEPT_SECONDS / 2 - 0.01)
    assert known.nobodys("main", SKU, 0)
    clock.goes_on(0.01)
    assert known.nobodys("main", SKU, 0) is None


def test_any_change_may_have_given_it_to_somebody(known: KnownSkus, clock: Clock) -> None:
    for catalog in ("main", "outlet"):
        known.keep_nobodys(catalog, SKU, none(3), clock.now)
    known.forget(announced(4))
    assert known.nobodys("main", SKU, 0) is None
    assert known.nobodys("outlet", SKU, 0)


def test_what_was_asked_for_before_a_change_was_heard_of_is_not_kept(
    known: KnownSkus, clock: Clock
) -> None:
    asked_at = clock.now
    clock.goes_on(0.1)
    known.forget(announced(4))
    known.keep_nobodys("main", SKU, none(4), asked_at)
    assert known.nobodys("main", SKU, 0) is None
    known.keep_nobodys("outlet", SKU, none(4), asked_at)
    assert known.nobodys("outlet", SKU, 0)
    clock.goes_on(0.1)
    known.keep_nobodys("main", SKU, none(4), clock.now)
    assert known.nobodys("main", SKU, 4)


def test_what_reflects_less_than_was_heard_of_is_not_kept(known: KnownSkus, clock: Clock) -> None:
    """As from a replica that is behind."""
    known.forget(announced(4))
    clock.goes_on(0.1)
    known.keep_nobodys("main", SKU, none(3), clock.now)
    assert known.nobodys("main", SKU, 0) is None


def test_no_more_is_remembered_than_may_be(known: KnownSkus, clock: Clock) -> None:
    for number in range(6):
        known.keep_owner("main", f"{number}", UUID(int=number))
        known.keep_nobodys("outlet", f"{number}", none(3), clock.now)
    assert known.owner("main", "0") is None
    assert known.nobodys("outlet", "0", 0) is None
    assert known.owner("main", "5") == UUID(int=5)
    assert known.nobodys("outlet", "5", 0)
    for _ in range(10):
        known.keep_owner("main", "5", UUID(int=5))
    assert known.owner("main", "1") == UUID(int=1)


def test_changes_are_not_forgotten_with_the_rest(known: KnownSkus, clock: Clock) -> None:
    asked_at = clock.now
    clock.goes_on(0.1)
    known.forget(announced(4))
    for number in range(6):
        known.keep_owner("main", f"{number}", UUID(int=number))
    known.keep_nobodys("main", SKU, none(4), asked_at)
    assert known.nobodys("main", SKU, 0) is None
