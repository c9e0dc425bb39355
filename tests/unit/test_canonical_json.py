"""Canonical JSON, held against the library that says what RFC 8785 is."""

from math import inf, nan

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from events.canonical_json import canonical

LARGEST = 2**53 - 1
FRACTIONS = [1e-5, 1.5e-6, 1e-6, 1e-7, 0.1, 999999999999999.9, 1e15, 4503599627370497.5]
WHOLE = [0.0, -0.0, 1.0, 1e16, 1.5e16, 1e20, 1e21, 5e-324, 1.7976931348623157e308]
texts = st.text(st.characters(codec="utf-8"))
scalars = st.none() | st.booleans() | texts | st.integers(-LARGEST, LARGEST)
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from(FRACTIONS + WHOLE)
documents = st.recursive(
    scalars | numbers,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=6),
)


@given(documents)
@example({"\U00010000": 1, "\uffff": 2, "z": 3})
@example({"a": {"\U0001f4a1": 1, "\ue000": 2}})
@example("".join(map(chr, range(0x100))) + "\u2028\u2029\ufeff")
def test_a_document_is_written_as_rfc_8785_has_it(document: object) -> None:
    assert canonical(document) == rfc8785.dumps(document)  # type: ignore[arg-type]


@given(numbers)
def test_a_number_is_written_as_rfc_8785_has_it(number: float) -> None:
    assert canonical({"n": (number, [number])}) == rfc8785.dumps({"n": (number, [number])})


@pytest.mark.parametrize("number", [2**53, -(2**53), 2**64, 2**70, nan, inf, -inf])
def test_what_json_can_t_hold_exactly_is_refused(number: float) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical({"n": [number]})


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object()])
def test_what_json_does_not_know_is_refused(value: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical([value])
