import inspect
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from commands.product import product
from commands.product.state import Product, evolve
from commands.snapshots import CODE, decode_state, digest_of, encode_state
from events import codec, upcasts
from events import product as events_product
from events.product import ProductEvent
from tests.product_events import changes, registrations


@given(registrations("LAMP-1"), st.lists(changes, max_size=12))
def test_a_state_comes_back_from_its_snapshot_as_it_was(
    registration: ProductEvent, changed: Sequence[ProductEvent]
) -> None:
    state = product.fold([registration, *changed], product.initial)
    assert isinstance(state, Product)
    assert decode_state(encode_state(state)) == state


def test_whatever_makes_a_state_counts_as_its_code() -> None:
    counted = {Path(str(files(package).joinpath(name))) for package, name in CODE}
    makers = (evolve, codec.decode, upcasts, events_product)
    assert {Path(inspect.getfile(maker)) for maker in makers} < counted


def test_other_code_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "state.py").write_text("status: str")
    before = digest_of([tmp_path / "state.py"])
    (tmp_path / "state.py").write_text("status: Literal['draft']")
    assert digest_of([tmp_path / "state.py"]) != before
