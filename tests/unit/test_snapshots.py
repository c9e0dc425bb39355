import ast
import inspect
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from commands.product import product
from commands.product.state import Product
from commands.snapshots import CODE, decode_state, digest_of, encode_state
from events.product import ProductEvent
from tests.product_events import changes, registrations


@given(registrations("LAMP-1"), st.lists(changes, max_size=12))
def test_a_state_comes_back_from_its_snapshot_as_it_was(
    registration: ProductEvent, changed: Sequence[ProductEvent]
) -> None:
    state = product.fold([registration, *changed], product.initial)
    assert isinstance(state, Product)
    assert decode_state(encode_state(state)) == state


HAVE_NO_PART = {
    "commands.product": "names the pieces",
    "commands.product.decide": "asked before an event, not of its state",
    "commands.product.messages": "as above",
    "events.canonical_json": "how events are written",
    "events.database": "how rows are fetched",
    "events.errors": "what is said of what can't be read",
}


def test_whatever_makes_a_state_counts_as_its_code() -> None:
    counted = {f"{package}.{name.removesuffix('.py')}" for package, name in CODE}
    for module in counted:
        used = set(imported(module))
        assert used <= counted | HAVE_NO_PART.keys(), module


def imported(module: str) -> Iterator[str]:
    """The modules of ours that a module imports."""
    for node in ast.walk(ast.parse(inspect.getsource(import_module(module)))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                name = inner if find_spec_of(inner) else node.module
                if name.split(".")[0] in {"commands", "events"}:
                    yield name


def find_spec_of(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_other_code_has_another_digest(tmp_path: Path) -> None:
    (tmp_path / "state.py").write_text("status: str")
    before = digest_of([tmp_path / "state.py"])
    (tmp_path / "state.py").write_text("status: Literal['draft']")
    assert digest_of([tmp_path / "state.py"]) != before
