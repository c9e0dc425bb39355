from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from commands.product import product
from commands.product.state import Product
from commands.snapshots import decode_state, encode_state
from events.product import ProductEvent
from tests.product_events import changes, registrations


@given(registrations("LAMP-1"), st.lists(changes, max_size=12))
def test_a_state_comes_back_from_its_snapshot_as_it_was(
    registration: ProductEvent, changed: Sequence[ProductEvent]
) -> None:
    state = product.fold([registration, *changed], product.initial)
    assert isinstance(state, Product)
    assert decode_state(encode_state(state)) == state
