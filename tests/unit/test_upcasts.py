"""Old shapes become the newest ones, step by step, and no step is missing."""

import msgspec
import pytest

from events.codec import decode
from events.errors import Undecodable
from events.product import PriceSet, ProductRenamed
from events.upcasts import Data, Shape, Upcast, Upcasts, check


def _in_cents(data: Data) -> Data:
    return {**data, "amount": data["amount"] * 100}


def _in_euros(data: Data) -> Data:
    return {**data, "currency": "EUR"}


def _named(data: Data) -> Data:
    return {"name": data["title"]}


EVOLVED: Upcasts = {
    ("PriceSet", -1): (("PriceSet", 0), _in_euros),
    ("PriceSet", 0): (("PriceSet", 1), _in_cents),
    ("ProductTitled", 1): (("ProductTitled", 2), dict),
    ("ProductTitled", 2): (("ProductRenamed", 1), _named),
}
WRITTEN = {("PriceSet", 3), ("ProductRenamed", 1)}


def _to(type_: str, schema_version: int) -> Upcast:
    return (type_, schema_version), dict


def test_an_old_event_is_lifted_step_by_step_to_the_newest() -> None:
    assert decode("PriceSet", -1, '{"amount":5}', EVOLVED) == PriceSet(currency="EUR", amount=500)
    lifted = decode("PriceSet", 0, '{"amount":5,"currency":"JOD"}', EVOLVED)
    assert lifted == PriceSet(currency="JOD", amount=500)


@pytest.mark.parametrize("schema_version", [1, 2])
def test_a_type_may_have_been_renamed(schema_version: int) -> None:
    lifted = decode("ProductTitled", schema_version, '{"title":"Sun"}', EVOLVED)
    assert lifted == ProductRenamed(name="Sun")


def test_the_newest_shape_is_read_as_it_stands() -> None:
    stored = '{"amount":5,"currency":"EUR"}'
    assert decode("PriceSet", 1, stored, EVOLVED) == PriceSet(currency="EUR", amount=5)


@pytest.mark.parametrize("data", ['{"title":1}', "{}", "[]", "1", "{", ""])
def test_what_an_upcast_can_t_lift_is_said_to_be_so(data: str) -> None:
    with pytest.raises(Undecodable) as refused:
        decode("ProductTitled", 1, data, EVOLVED)
    assert refused.value.members["event_type"] == "ProductTitled"
    assert refused.value.members["schema_version"] == 1


def test_a_whole_chain_is_found_to_be_so() -> None:
    whole: Upcasts = {
        ("PriceSet", 1): _to("PriceSet", 2),
        ("PriceSet", 2): _to("PriceSet", 3),
        ("ProductTitled", 1): _to("ProductRenamed", 1),
    }
    check(whole, WRITTEN)


@pytest.mark.parametrize(
    ("missing", "upcasts"),
    [
        (("PriceSet", 1), {("PriceSet", 2): _to("PriceSet", 3)}),
        (("PriceSet", 2), {("PriceSet", 1): _to("PriceSet", 3)}),
        (
            ("ProductTitled", 1),
            {
                ("PriceSet", 1): _to("PriceSet", 2),
                ("PriceSet", 2): _to("PriceSet", 3),
                ("ProductTitled", 2): _to("ProductRenamed", 1),
            },
        ),
    ],
)
def test_a_gap_is_found(missing: Shape, upcasts: Upcasts) -> None:
    with pytest.raises(ValueError, match=f"no steps lead from .*{missing[0]}.*{missing[1]}"):
        check(upcasts, WRITTEN)


@pytest.mark.parametrize(
    "upcasts",
    [
        {("X", 1): _to("X", 1)},
        {("X", 1): _to("Y", 1), ("Y", 1): _to("X", 1)},
        {("X", 1): _to("Y", 1), ("Y", 1): _to("Z", 1), ("Z", 1): _to("Y", 1)},
    ],
)
def test_a_circle_is_found(upcasts: Upcasts) -> None:
    with pytest.raises(ValueError, match="no steps lead from"):
        check(upcasts, {("ProductRenamed", 1)})


def test_steps_away_from_what_is_written_now_are_found() -> None:
    with pytest.raises(ValueError, match="lead away"):
        check({("ProductRenamed", 1): _to("PriceSet", 3)}, {("ProductRenamed", 1), ("PriceSet", 1)})


def test_a_lifted_event_is_read_as_strictly_as_a_stored_one() -> None:
    upcasts: Upcasts = {("ProductTitled", 1): (("ProductRenamed", 1), lambda _: {"name": 1})}
    with pytest.raises(Undecodable) as refused:
        decode("ProductTitled", 1, "{}", upcasts)
    assert isinstance(refused.value.__cause__, msgspec.ValidationError)
