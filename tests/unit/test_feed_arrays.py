"""JSON arrays are read element by element, however they come in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.feeds.formats import json_array
from tests.feeding import rows, unfit, unreadable

LAMP = {"sku": "LAMP-1", "name": "Lamp"}
PIECES = [1, 2, 3, 7, 64]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
spaces = st.text(" \t\r\n", max_size=3)


@pytest.fixture(params=PIECES)
def _pieces(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_array, "PIECE", request.param)


@given(
    elements=st.lists(values, max_size=5),
    space=spaces,
    piece=st.sampled_from(PIECES),
    ascii_only=st.booleans(),
)
def test_where_pieces_end_never_matters(
    *, elements: list[Any], space: str, piece: int, ascii_only: bool
) -> None:
    texts = [json.dumps(each, ensure_ascii=ascii_only) for each in elements]
    array = f"{space}[{space}{f'{space},{space}'.join(texts)}{space}]{space}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "PIECE", piece)
        found = rows(array.encode("utf-8", "backslashreplace"), form="json")
    assert [row.raw.decode() for row in found] == texts
    assert [row.line for row in found] == list(range(1, len(texts) + 1))


@pytest.mark.usefixtures("_pieces")
@pytest.mark.parametrize(
    ("array", "before", "reason"),
    [
        ("[", 0, "element 1 is cut off, or no JSON"),
        ('[{"sku": "A"}', 0, "element 1 is cut off, or no JSON"),
        ('[{"sku": "A"} ', 1, "behind element 1"),
        ('[{"sku": "A"}, ', 1, "element 2 is cut off"),
        ('[{"sku": "A"}, ]', 1, "element 2 is cut off, or no JSON: Expecting value"),
        ('[{"sku": "A"} {"sku": "B"}]', 1, "neither a comma"),
        ('[{"sku": "A"}; {"sku": "B"}]', 1, "neither a comma"),
        ('[{"sku": "A"}]]', 1, "something stands behind"),
        ('[{"sku": "A"}]\n[{"sku": "B"}]', 1, "something stands behind"),
        ("[{'sku': 'A'}]", 0, "element 1 is cut off, or no JSON: Expecting property name"),
        ("[1, tru", 1, "element 2 is cut off"),
    ],
)
def test_an_array_is_read_as_far_as_it_is_one(array: str, before: int, reason: str) -> None:
    found, told = unreadable(array.encode())
    assert reason in told
    assert found == before


def test_what_is_nested_too_deeply_is_no_element() -> None:
    assert unreadable(b"[" * 100_000) == (0, "element 1 is nested too deeply")


def test_an_element_is_no_longer_than_a_row_may_be() -> None:
    lamp = json.dumps(LAMP)
    assert len(rows(f"[{lamp}, {lamp}]".encode(), row_bytes=len(lamp))) == 2
    assert unreadable(f"[{lamp}, {lamp}]".encode(), row_bytes=len(lamp) - 1)[0] == 0
    endless = b'[{"sku": "' + b"x" * 1_000_000
    assert "longer than 1000 bytes" in unreadable(endless, row_bytes=1_000)[1]


def test_an_element_that_is_no_product_fails_alone() -> None:
    array = f'[{json.dumps(LAMP)}, 7, null, NaN, {"9" * 5_000}, {{"sku": "\\ud800"}}, "x", []]'
    found = unfit(array.encode())
    assert [bool(faults) for faults in found] == [False, *[True] * 7]
