"""Events that commands can lead to, and such as none leads to."""

from dataclasses import fields

import pytest
from hypothesis import given

from commands.limits import Said, beyond_limits
from events import product as facts
from events.codec import SCHEMA_VERSIONS
from events.product import ProductEvent
from tests.product_events import changes, registrations


@given(changes | registrations("LAMP-1"))
def test_what_can_be_asked_for_is_within_the_limits(event: ProductEvent) -> None:
    assert beyond_limits(event) is None


@pytest.mark.parametrize("type_", SCHEMA_VERSIONS)
def test_every_field_of_every_event_has_limits(type_: type[ProductEvent]) -> None:
    assert {field.name for field in fields(type_)} <= Said.model_fields.keys()


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (facts.ProductRegistered(sku="a/../b c", name="Lamp", attributes={}), "/sku"),
        (facts.ProductRegistered(sku="L" * 101, name="Lamp", attributes={}), "/sku"),
        (facts.ProductRegistered(sku="L", name="", attributes={}), "/name"),
        (facts.ProductRegistered(sku="L", name="Lamp", attributes={"a b": 1}), "/attributes/a b"),
        (facts.ProductRenamed(name="L" * 501), "/name"),
        (facts.ProductDescribed(description="\0"), "/description"),
        (facts.ProductCategorised(category="A//b"), "/category"),
        (facts.ProductTagged(tags=("",)), "/tags/0"),
        (facts.AttributesChanged(assigned={"watts": 2**53}), "/assigned/watts"),
        (facts.AttributesChanged(assigned={}, removed=("",)), "/removed/0"),
        (facts.MediaArranged(media=(facts.Medium(url="javascript:1"),)), "/media/0/url"),
        (facts.PriceSet(currency="EUR", amount=-5), "/amount"),
        (facts.PriceSet(currency="nonsense", amount=5), "/currency"),
        (facts.PriceSet(currency="ZZZ", amount=5), "/currency"),
        (facts.ProductArchived(reason="r" * 501), "/reason"),
    ],
)
def test_what_can_t_be_asked_for_is_named(event: ProductEvent, field: str) -> None:
    assert str(beyond_limits(event)).startswith(f"{field} ")
