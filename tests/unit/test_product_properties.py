from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from commands.product import product
from commands.product.messages import ProductCommand
from commands.product.state import Product, State
from events.errors import Refused
from events.product import ProductEvent, ProductRegistered
from projections import document as documents
from projections.document import ProductDocument
from tests.product_commands import commands, histories
from tests.product_events import changes, registrations
from tests.stream import stream


def after(asked: Sequence[ProductCommand]) -> State:
    """The state when each was asked in turn; a refusal changes nothing."""
    state = product.initial
    for command in asked:
        try:
            state = product.fold(product.decide(command, state), state)
        except Refused:
            continue
    return state


@given(histories, commands)
def test_every_command_may_be_retried_harmlessly(
    history: list[ProductCommand], command: ProductCommand
) -> None:
    state = after(history)
    try:
        events = product.decide(command, state)
    except Refused:
        return
    assert product.decide(command, product.fold(events, state)) == []


@given(histories, commands)
def test_an_event_always_tells_of_a_change(
    history: list[ProductCommand], command: ProductCommand
) -> None:
    state = after(history)
    try:
        events = product.decide(command, state)
    except Refused:
        return
    for event in events:
        state, before = product.evolve(state, event), state
        assert repr(state) != repr(before)


@given(st.lists(commands, max_size=8))
def test_a_stream_begins_with_a_registration_and_has_no_other(asked: list[ProductCommand]) -> None:
    state, events = product.initial, list[ProductEvent]()
    for command in asked:
        try:
            decided = product.decide(command, state)
        except Refused:
            continue
        state, events = product.fold(decided, state), [*events, *decided]
    assert all(isinstance(event, ProductRegistered) for event in events[:1])
    assert not any(isinstance(event, ProductRegistered) for event in events[1:])


@given(registrations("LAMP-1"), st.lists(changes, max_size=12))
def test_what_is_read_agrees_with_what_decisions_are_made_on(
    registration: ProductEvent, changed: list[ProductEvent]
) -> None:
    events = [registration, *changed]
    state = product.fold(events, product.initial)
    assert isinstance(state, Product)
    document = _projected(events)
    assert repr(_read(document)) == repr(_written(state))
    assert document.version == len(events)


@given(registrations("LAMP-1"), st.lists(changes, max_size=6))
def test_a_document_grows_from_its_stored_form_as_from_the_first(
    registration: ProductEvent, changed: list[ProductEvent]
) -> None:
    events = [registration, *changed]
    assert repr(_projected(events, stored=True)) == repr(_projected(events))


def _projected(events: Sequence[ProductEvent], *, stored: bool = False) -> ProductDocument:
    document = None
    for recorded in stream(*events):
        document = documents.apply(document, recorded)
        if stored:
            document = documents.decode(documents.encode(document))
    assert document
    return document


def _read(document: ProductDocument) -> dict[str, Any]:
    prices = {price.currency: price.amount for price in document.prices}
    fields = {name: getattr(document, name) for name in _FIELDS}
    return _comparable(fields | {"prices": prices})


def _written(state: Product) -> dict[str, Any]:
    return _comparable({name: getattr(state, name) for name in _FIELDS} | {"prices": state.prices})


def _comparable(fields: dict[str, Any]) -> dict[str, Any]:
    """The same whatever the order in which attributes and prices came."""
    return fields | {name: sorted(fields[name].items()) for name in ("attributes", "prices")}


_NOT_READ = {"prices", "status_before_archive", "archive_reason"}
_FIELDS = sorted(set(Product.__dataclass_fields__) - _NOT_READ)
