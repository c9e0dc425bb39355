"""When which price held, against a look at each moment by itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from queries.audit.price_spans import Offer, Span, lowest, spans

START = datetime(2024, 1, 1, tzinfo=UTC)
HOURS = 12
"""Of a day so short that several things happen at one moment."""


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def offer(amount: int | None, at: int, version: int = 1) -> Offer:
    return Offer(amount, hour(at), version, 10 * version, f"editor-{version}")


def offers(*amounts_at: tuple[int | None, int]) -> list[Offer]:
    return [offer(amount, at, n) for n, (amount, at) in enumerate(amounts_at, 1)]


def told(*amounts_at: tuple[int | None, int]) -> list[tuple[int, int, int | None]]:
    """The amount of each span, and the hours between which it held."""
    return [
        (span.amount, _hour_of(span.since), _hour_of(span.until) if span.until else None)
        for span in spans(offers(*amounts_at))
    ]


def _hour_of(moment: datetime) -> int:
    return int((moment - START) / timedelta(hours=1))


random_offers = st.lists(
    st.tuples(st.none() | st.integers(0, 3), st.integers(0, HOURS - 1)), max_size=12
).map(lambda drawn: offers(*sorted(drawn, key=lambda each: each[1])))


def price_at(moment: datetime, log: Sequence[Offer]) -> int | None:
    """What the last event up to a moment left."""
    known = [each.amount for each in log if each.occurred_at <= moment]
    return known[-1] if known else None


def moments() -> list[datetime]:
    """Every moment something may happen at, and one between each two."""
    return [START + timedelta(minutes=30 * number) for number in range(-2, 2 * HOURS + 2)]


def _is_of(moment: datetime, span: Span) -> bool:
    return span.since <= moment and (span.until is None or moment < span.until)


@given(random_offers)
def test_at_each_moment_that_price_holds_which_the_last_event_left(log: list[Offer]) -> None:
    found = list(spans(log))
    for moment in moments():
        holding = [span.amount for span in found if _is_of(moment, span)]
        wanted = price_at(moment, log)
        assert holding == ([] if wanted is None else [wanted])


@given(random_offers)
def test_spans_follow_each_other_and_none_could_be_longer(log: list[Offer]) -> None:
    found = list(spans(log))
    for one, other in pairwise(found):
        assert one.until is not None
        assert one.since < one.until <= other.since
        assert one.until < other.since or one.amount != other.amount
    assert all(span.until is None or span.since < span.until for span in found)


@given(random_offers)
def test_a_span_begins_with_the_event_that_made_its_price(log: list[Offer]) -> None:
    by_version = {each.version: each for each in log}
    for span in spans(log):
        began = by_version[span.version]
        assert (began.amount, began.occurred_at) == (span.amount, span.since)
        assert (began.position, began.actor) == (span.position, span.actor)


@given(random_offers, st.integers(-1, HOURS), st.integers(1, HOURS))
def test_the_lowest_is_that_of_all_moments_before(log: list[Offer], at: int, hours: int) -> None:
    since, until = hour(at - hours), hour(at)
    held = [price_at(moment, log) for moment in moments() if since <= moment < until]
    amounts = [amount for amount in held if amount is not None]
    found = lowest(spans(log), since, until)
    assert (found.amount if found else None) == min(amounts, default=None)


def test_a_price_holds_until_the_next() -> None:
    assert told((5, 0), (7, 2)) == [(5, 0, 2), (7, 2, None)]


def test_what_holds_for_no_time_never_held() -> None:
    assert told((5, 0), (3, 2), (7, 2)) == [(5, 0, 2), (7, 2, None)]


def test_what_was_changed_and_changed_back_at_one_moment_went_on() -> None:
    assert told((5, 0), (3, 2), (5, 2)) == [(5, 0, None)]


def test_without_an_offer_there_is_a_gap() -> None:
    assert told((None, 0), (5, 1), (None, 3), (5, 4)) == [(5, 1, 3), (5, 4, None)]


def test_the_same_price_again_is_the_same_span() -> None:
    (span,) = spans(offers((5, 0), (5, 2)))
    assert (span.version, span.until) == (1, None)


def test_what_follows_at_the_same_moment_is_not_what_set_the_price() -> None:
    (span,) = spans(offers((None, 0), (5, 0), (5, 0)))
    assert span.version == 2


def lowest_of(amounts_at: Sequence[tuple[int | None, int]], since: int, at: int) -> int | None:
    found = lowest(spans(offers(*amounts_at)), hour(since), hour(at))
    return found.amount if found else None


def test_a_price_that_is_set_at_the_moment_itself_does_not_count() -> None:
    assert lowest_of([(9, 0), (5, 6)], 2, 6) == 9
    assert lowest_of([(5, 6)], 2, 6) is None


def test_a_price_that_ended_as_the_window_began_does_not_count() -> None:
    assert lowest_of([(5, 0), (9, 2)], 2, 6) == 9
    assert lowest_of([(5, 0), (9, 3)], 2, 6) == 5


def test_a_price_that_was_set_before_counts_while_it_held() -> None:
    assert lowest_of([(5, 0)], 2, 6) == 5


def test_in_a_gap_there_is_no_price() -> None:
    assert lowest_of([(5, 0), (None, 2), (7, 6)], 2, 6) is None


def test_of_equal_prices_the_oldest_is_told() -> None:
    found = lowest(spans(offers((5, 0), (9, 1), (5, 3))), hour(0), hour(6))
    assert found
    assert found.since == hour(0)


def test_only_what_held_within_a_range_overlaps_it() -> None:
    span = Span(5, hour(2), hour(4), 1, 1, "anna")
    inside = [(None, None), (2, 4), (3, None), (None, 3), (0, 3), (3, 9)]
    outside = [(4, None), (None, 2), (4, 9), (0, 2), (3, 3), (9, 0)]
    for ranges, wanted in ((inside, True), (outside, False)):
        for since, until in ranges:
            ends = [None if end is None else hour(end) for end in (since, until)]
            assert span.overlaps(*ends) is wanted
