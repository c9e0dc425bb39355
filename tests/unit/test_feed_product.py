"""Products as feeds tell of them: what an export adds is passed over, and some are archived."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from commands.errors import InvalidTransition, ProductIsArchived
from commands.faults import faults
from commands.feeds.aligning import to_align
from commands.feeds.feed_product import FeedProduct
from commands.input import to_register
from commands.product import product
from commands.product.messages import RenameProduct, RetireProduct
from events.product import (
    AttributesChanged,
    PriceRemoved,
    PriceSet,
    ProductArchived,
    ProductEvent,
    ProductRenamed,
)
from tests.feeding import products
from tests.product import given, lamp

LAMP = {"sku": "LAMP-1", "name": "Lamp", "attributes": {"watts": 9}}
PRICE = {"currency": "EUR", "amount": 1900}
priced = PriceSet(currency="EUR", amount=1900)
archived = ProductArchived(reason="recall")


def read(**members: object) -> FeedProduct:
    return FeedProduct.model_validate_json(json.dumps(LAMP | members))


def test_what_the_read_side_adds_is_passed_over() -> None:
    exported: dict[str, object] = {
        "id": "0198",
        "version": 3,
        "created_at": "2026-01-01",
        "updated_at": None,
        "parked": {"position": 1},
        "parked_before": None,
        "_line": 7,
        "_errors": [],
    }
    product_ = read(**exported, prices=[PRICE | {"decimal": "19.00"}])
    assert to_align(product_) == to_align(read(prices=[PRICE]))
    assert to_register(product_) == to_register(read(prices=[PRICE]))


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"Id": 1}, "/Id"),
        ({"prices": [PRICE | {"discount": 1}]}, "/prices/0/discount"),
        ({"prices": [PRICE | {"currency": "eur"}]}, "/prices/0/currency"),
        ({"status": "gone"}, "/status"),
    ],
)
def test_anything_else_is_refused(members: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ValidationError) as invalid:
        read(**members)
    found = faults(invalid.value.errors(), LAMP | members)
    assert [fault["pointer"] for fault in found] == [pointer]


def columns(header: str, cells: str) -> FeedProduct:
    [product_] = products(f"sku,name,{header}\nLAMP-1,Lamp,{cells}\n".encode())
    return product_


coloured = AttributesChanged(assigned={"color": "red"})
in_dollars = PriceSet(currency="USD", amount=2000)


@pytest.mark.parametrize(
    ("header", "cells", "event"),
    [
        ("price.EUR", "18", PriceSet(currency="EUR", amount=1800)),
        ("price.EUR", "", PriceRemoved(currency="EUR")),
        ("price,currency", ",EUR", PriceRemoved(currency="EUR")),
        ("attr.color", "blue", AttributesChanged(assigned={"color": "blue"})),
        ("attr.color", "", AttributesChanged(assigned={}, removed=("color",))),
        ("attributes", '"{""color"":""red""}"', AttributesChanged(assigned={}, removed=("watts",))),
        ("prices", "[]", PriceRemoved(currency="EUR")),
    ],
)
@pytest.mark.parametrize("status", ["draft", "archived"])
def test_a_column_touches_what_it_names(
    header: str, cells: str, event: ProductEvent, status: str
) -> None:
    others = [in_dollars] if header != "prices" else []
    retired = [ProductArchived(reason=None)] if status == "archived" else []
    row = columns(f"status,{header}", f"{status},{cells}")
    given(lamp, coloured, priced, *others).when(*to_align(row)).then(event, *retired)


def test_a_column_that_says_nothing_touches_nothing() -> None:
    row = columns("price.EUR,attr.color,attr.size,price.JPY", "',',,")
    given(lamp, coloured, priced).when(*to_align(row)).then_nothing()


def test_a_product_is_registered_then_archived() -> None:
    events = product.decide_all(
        to_register(read(prices=[PRICE], status="archived")), product.initial
    )
    assert events == [lamp, priced, ProductArchived(reason=None)]


def test_a_product_is_changed_then_archived() -> None:
    given(lamp).when(*to_align(read(name="Sun", prices=[PRICE], status="archived"))).then(
        ProductRenamed(name="Sun"), priced, ProductArchived(reason=None)
    )


def test_one_that_is_archived_stays_so() -> None:
    given(lamp, archived).when(*to_align(read(status="archived"))).then_nothing()


def test_one_that_is_archived_is_not_changed() -> None:
    given(lamp, archived).when(*to_align(read(name="Sun", status="archived"))).refused(
        ProductIsArchived
    )


def test_one_that_is_archived_is_not_opened() -> None:
    given(lamp, archived).when(*to_align(read())).refused(ProductIsArchived)
    given(lamp, archived).when(*to_align(read(status="draft"))[-1:]).refused(
        InvalidTransition, product_status="archived"
    )


def test_a_row_that_says_archived_asks_for_what_it_names() -> None:
    asked = FeedProduct.model_validate({"sku": "A", "name": "Sun", "status": "archived"})
    assert to_align(asked) == [RetireProduct(changes=(RenameProduct(name="Sun"),))]
