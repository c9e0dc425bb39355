"""Events in their stored form and back, and what is no event of ours."""

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from events.codec import decode, encode
from events.errors import Undecodable
from events.product import AttributesChanged, ProductEvent
from tests.product_events import changes, registrations


@given(registrations("LAMP-1") | changes)
def test_what_is_written_is_read_as_it_was(event: ProductEvent) -> None:
    stored = encode(event)
    read = decode(stored.type, stored.schema_version, stored.data)
    assert read == event
    assert encode(read) == stored


_texts = st.text(st.characters(codec="utf-8"))
_scalars = (
    _texts
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
)
_anything = st.builds(
    AttributesChanged,
    assigned=st.dictionaries(_texts, _scalars | st.lists(_scalars).map(tuple)),
)


@given(registrations("LAMP-1") | changes | _anything)
def test_what_is_written_is_canonical(event: ProductEvent) -> None:
    assert encode(event).data.encode() == rfc8785.dumps(msgspec.to_builtins(event))


@given(st.floats(-(2**53), 2**53).filter(lambda number: not number.is_integer()))
def test_a_fraction_is_read_as_it_was(number: float) -> None:
    stored = encode(AttributesChanged(assigned={"watts": number}))
    read = decode(stored.type, stored.schema_version, stored.data)
    assert read == AttributesChanged(assigned={"watts": number})


@pytest.mark.parametrize(
    ("type_", "version", "data"),
    [
        ("ProductTeleported", 1, "{}"),
        ("ProductRenamed", 2, '{"name":"Sun"}'),
        ("ProductRenamed", 0, '{"name":"Sun"}'),
        ("ProductRenamed", 1, "{}"),
        ("ProductRenamed", 1, '{"name":1}'),
        ("ProductRenamed", 1, '{"name":'),
        ("ProductRenamed", 1, ""),
        ("PriceSet", 1, '{"amount":0.5,"currency":"EUR"}'),
        ("ProductRestored", 1, '{"status":"archived"}'),
    ],
)
def test_what_this_code_does_not_know_is_said_to_be_so(type_: str, version: int, data: str) -> None:
    with pytest.raises(Undecodable) as refused:
        decode(type_, version, data)
    told = refused.value.members
    assert (told["event_type"], told["schema_version"]) == (type_, version)
    assert told["reason"]
