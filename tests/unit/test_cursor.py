"""Cursors: what one list gave out, and nothing else, is a place in it."""

from base64 import urlsafe_b64encode
from contextlib import suppress
from string import ascii_letters, digits

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.cursor import Cursors
from queries.errors import InvalidCursor
from queries.lists.filters import Filters

KEY = bytes(range(32))
ALPHABET = ascii_letters + digits + "-_"
LIST = ("products", "main", Filters(currency="EUR", attributes={"a": "1", "b": "2"}), "name")


class Place(msgspec.Struct, frozen=True):
    key: str | int | None


places = st.builds(Place, st.none() | st.integers(0, 2**53) | st.text())
sealed = places.map(lambda place: Cursors(KEY).seal(place, of=LIST))


def is_refused(text: str, *, of: object = LIST, key: bytes = KEY) -> bool:
    with suppress(InvalidCursor):
        Cursors(key).open(text, Place, of=of)
        return False
    return True


@given(places)
def test_a_cursor_leads_back_to_its_place_in_every_process(place: Place) -> None:
    sealed = Cursors(KEY).seal(place, of=LIST)
    assert set(sealed) <= set(ALPHABET)
    again = ("products", "main", Filters(currency="EUR", attributes={"b": "2", "a": "1"}), "name")
    assert Cursors(KEY).open(sealed, Place, of=again) == place


@given(sealed, st.data())
def test_no_character_can_be_another(cursor: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from(ALPHABET.replace(cursor[index], "")))
    assert is_refused(cursor[:index] + other + cursor[index + 1 :])


@given(sealed, st.data())
def test_nothing_can_be_taken_away_or_added(cursor: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(cursor))] * 2)))
    if (start, end) != (0, len(cursor)):
        assert is_refused(cursor[start:end])
    added = data.draw(st.text(min_size=1) | st.text(ALPHABET + "=+/ \n", min_size=1))
    at = data.draw(st.integers(0, len(cursor)))
    assert is_refused(cursor[:at] + added + cursor[at:])


@given(st.text() | st.text(ALPHABET) | st.binary().map(lambda b: urlsafe_b64encode(b).decode()))
def test_no_other_text_is_a_cursor(text: str) -> None:
    assert is_refused(text)


@pytest.mark.parametrize(
    "of",
    [
        ("products", "outlet", *LIST[2:]),
        ("history", *LIST[1:]),
        (*LIST[:3], "sku"),
        (*LIST[:2], Filters(currency="EUR"), "name"),
        LIST[:3],
        None,
    ],
)
def test_a_cursor_is_of_no_use_to_another_list(of: object) -> None:
    assert is_refused(Cursors(KEY).seal(Place(1), of=LIST), of=of)


def test_a_cursor_is_of_no_use_under_another_key() -> None:
    assert is_refused(Cursors(KEY).seal(Place(1), of=LIST), key=bytes(32))


def test_a_cursor_of_another_release_is_refused() -> None:
    """One that it sealed for the same list, whose places had another shape."""

    class Earlier(msgspec.Struct):
        other: int

    assert is_refused(Cursors(KEY).seal(Earlier(1), of=LIST))
