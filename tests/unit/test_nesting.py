"""How deep JSON is nested, without reading it."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.edge.nesting import is_deeper

JSON = st.recursive(
    st.none() | st.integers() | st.text(alphabet='[]{}"\\a\u20ac'),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet='[{"\\', max_size=3), inner, max_size=3)
    ),
    max_leaves=30,
)


def depth(document: object) -> int:
    match document:
        case dict():
            return 1 + max(map(depth, document.values()), default=0)
        case list():
            return 1 + max(map(depth, document), default=0)
        case _:
            return 0


@given(document=JSON, limit=st.integers(0, 8), are_escaped=st.booleans())
def test_it_is_as_deep_as_what_is_read_of_it(
    *, document: object, limit: int, are_escaped: bool
) -> None:
    written = json.dumps(document, ensure_ascii=are_escaped).encode()
    assert is_deeper(written, limit) == (depth(document) > limit)


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" * 1_000_000,
        b'{"a":' * 200_000,
        b"[]," * 300_000 + b"[" * 33,
        b'"\\"' * 300_000 + b'"' + b"[" * 33,
        b'["' + b"\\\\" * 300_000 + b'",' + b"[" * 33,
        b'["",' * 200_000,
    ],
)
def test_a_megabyte_of_it_is_refused_at_little_cost(hostile: bytes) -> None:
    began = process_time()
    assert is_deeper(hostile, 32)
    assert process_time() - began < 1


@given(st.binary(max_size=50))
def test_what_is_no_json_is_left_to_who_reads_it(document: bytes) -> None:
    assert not is_deeper(document, 50)
