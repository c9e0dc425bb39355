"""A stream becomes what is read of its product, as far as its events can be applied."""

from collections.abc import Sequence
from itertools import chain

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import Encoded
from events.product import PriceSet, ProductDescribed, ProductEvent, ProductRenamed
from projections import document
from projections.document import Standstill
from projections.folding import REASON_LENGTH, Change, fold
from projections.projection import Product, stored
from tests.given import LAMP, TELEPORTED, registered
from tests.product_events import changes, registrations
from tests.stream import stream

sun, moon, price = (
    ProductRenamed(name="Sun"),
    ProductRenamed(name="Moon"),
    PriceSet(currency="EUR", amount=5),
)


def shown(change: Change) -> Product:
    assert change.after
    return change.after


@pytest.mark.parametrize("sound", [1, 2, 3, 4])
def test_it_stops_before_the_first_event_that_can_not_be_applied(sound: int) -> None:
    applicable: list[ProductEvent] = [registered, sun, price, moon]
    events = stream(*applicable[:sound], TELEPORTED, *applicable[sound:], TELEPORTED)

    change = fold(None, events)

    assert change.fault
    assert change.fault.event == events[sound]
    assert change.stream_id == LAMP
    read = shown(change).document
    as_it_was = shown(fold(None, events[:sound])).document
    assert read.parked == Standstill(sound + 1)
    read.parked = msgspec.UNSET
    assert read == as_it_was


def test_what_stands_still_says_so_where_it_is_sent() -> None:
    sound, standing = fold(None, stream(registered)), fold(None, stream(registered, TELEPORTED))
    assert "parked" not in msgspec.json.decode(shown(sound).body)
    assert msgspec.json.decode(shown(standing).body)["parked"] == {"position": 2}


@pytest.mark.parametrize("first", [TELEPORTED, sun])
def test_nothing_is_shown_of_a_product_that_never_began(first: ProductEvent | Encoded) -> None:
    change = fold(None, stream(first, registered))
    assert change.after is None
    assert change.fault
    assert change.fault.event.position == 1


def test_a_product_stands_still_at_once_where_the_first_new_event_is_at_fault() -> None:
    events = stream(registered, sun, TELEPORTED)
    before = shown(fold(None, events[:2]))
    after = shown(fold(before, events[2:])).document
    assert (after.name, after.version, after.parked) == ("Sun", 2, Standstill(3))
    assert before.document.parked is msgspec.UNSET


@given(registrations("LAMP-1"), st.lists(changes, max_size=8), st.integers(0, 9))
def test_in_two_steps_it_becomes_what_it_becomes_in_one(
    registration: ProductEvent, changed: Sequence[ProductEvent], cut: int
) -> None:
    """Whether the first was stored in between or not, which it does not change either."""
    events = stream(registration, *changed)
    cut = 1 + cut % len(events)
    before = shown(fold(None, events[:cut]))
    body = before.body
    at_once = shown(fold(None, events)).body
    assert shown(fold(before, events[cut:])).body == at_once
    assert shown(fold(stored(body, before.since), events[cut:])).body == at_once
    assert msgspec.json.encode(before.document).decode() == body


def test_a_discarded_event_counts_as_a_version_and_changes_nothing_else() -> None:
    events = stream(registered, TELEPORTED)
    change = fold(None, events, discarded={2})
    assert change.fault is None
    before = shown(fold(None, events[:1])).document
    before.version = 2
    assert shown(change).document == before


def test_the_stream_goes_on_behind_a_discarded_event() -> None:
    change = fold(None, stream(registered, TELEPORTED, sun, TELEPORTED), discarded={2})
    read = shown(change).document
    assert (read.name, read.version, read.parked) == ("Sun", 3, Standstill(4))


def test_what_can_be_applied_can_be_discarded_too() -> None:
    assert shown(fold(None, stream(registered, sun, price), discarded={2})).document.name == "Lamp"


def test_without_its_registration_a_product_does_not_begin() -> None:
    change = fold(None, stream(registered), discarded={1})
    assert (change.after, change.fault) == (None, None)


def test_the_reason_tells_the_event_and_stays_short() -> None:
    unknown, broken = (
        fold(None, stream(each)).fault
        for each in (TELEPORTED, Encoded("X" * REASON_LENGTH, 9, "{}"))
    )
    assert unknown
    assert unknown.reason == (
        "ProductTeleported, schema version 1: this version of the service does not know it"
    )
    assert broken
    assert len(broken.reason) == REASON_LENGTH


def test_a_process_without_memory_blames_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(document, "apply", exhausted)
    with pytest.raises(MemoryError):
        fold(None, stream(registered))


BACKSLASH = "\\"
NUL = BACKSLASH + "u0000"
"""As JSON escapes it."""


@pytest.mark.parametrize("backslashes", [0, 2, 4])
@pytest.mark.parametrize(("ahead", "behind"), [("", ""), ("a", "b"), (NUL, NUL), ("u0000", "0")])
def test_text_that_postgres_could_not_store_is_at_fault(
    backslashes: int, ahead: str, behind: str
) -> None:
    text = ahead + BACKSLASH * backslashes + NUL + behind
    change = fold(None, stream(registered, renamed_to(text)))
    assert change.fault
    assert "NUL" in change.fault.reason


@pytest.mark.parametrize("backslashes", [2, 4])
def test_a_backslash_before_the_same_letters_is_text_like_any_other(backslashes: int) -> None:
    change = fold(None, stream(registered, renamed_to(BACKSLASH * backslashes + "u0000")))
    assert change.fault is None
    assert shown(change).document.name == BACKSLASH * (backslashes // 2) + "u0000"


@given(st.text(st.sampled_from([*chain(BACKSLASH, "u0\x00")]), max_size=20))
def test_whatever_surrounds_a_nul_it_is_found_and_nothing_else_is(text: str) -> None:
    data = msgspec.json.encode({"description": text}).decode()
    change = fold(None, stream(registered, Encoded(ProductDescribed.__name__, 1, data)))
    assert bool(change.fault) == ("\x00" in text)


def renamed_to(escaped: str) -> Encoded:
    return Encoded("ProductRenamed", 1, f'{{"name":"{escaped}"}}')
