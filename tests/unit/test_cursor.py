from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.cursor import decode, encode
from queries.errors import InvalidCursor


class Page(msgspec.Struct, forbid_unknown_fields=True):
    sort: str
    key: str | int | None
    id: UUID


class Position(msgspec.Struct, forbid_unknown_fields=True):
    after: int


@given(st.builds(Page, sort=st.text(), key=st.none() | st.text() | st.integers(0, 2**53)))
def test_a_cursor_comes_back_as_it_was(cursor: Page) -> None:
    assert decode(encode(cursor), Page) == cursor


@given(st.builds(Page, sort=st.text(), key=st.text()))
def test_a_cursor_needs_no_escaping_in_an_address(cursor: Page) -> None:
    assert set(encode(cursor)) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


@given(st.text(st.characters()))
def test_what_was_never_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        decode(text, Page)


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(InvalidCursor):
        decode(encode(Position(after=7)), Page)


def test_a_cut_cursor_is_refused() -> None:
    whole = encode(Page(sort="name", key="Lamp", id=UUID(int=1)))
    for length in range(len(whole)):
        with pytest.raises(InvalidCursor):
            decode(whole[:length], Page)
