import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from commands.faults import faults
from commands.feeds.aligning import to_align
from commands.input import NewProduct, ProductPatch, to_change, to_register
from commands.product import messages, product
from commands.product.messages import SetPrice
from events.codec import decode, encode
from events.money import LARGEST_AMOUNT
from events.product import Attributes, ProductRegistered

LAMP = {"sku": "LAMP-1", "name": "Lamp"}


def read(**fields: object) -> NewProduct:
    return NewProduct.model_validate_json(json.dumps(LAMP | fields))


def pointers(document: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as invalid:
        NewProduct.model_validate_json(json.dumps(document))
    return [fault["pointer"] for fault in faults(invalid.value.errors(), document)]


def registered_attributes(**attributes: object) -> Attributes:
    [event] = product.decide_all(to_register(read(attributes=attributes)), product.initial)
    assert isinstance(event, ProductRegistered)
    return event.attributes


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("sku", "", "/sku"),
        ("sku", "-LAMP", "/sku"),
        ("sku", "LAMP 1", "/sku"),
        ("sku", "LAMP-1\n", "/sku"),
        ("sku", "L" * 101, "/sku"),
        ("sku", 1, "/sku"),
        ("name", "", "/name"),
        ("name", "n" * 501, "/name"),
        ("name", "La\x00mp", "/name"),
        ("name", None, "/name"),
        ("description", "d" * 20_001, "/description"),
        ("brand", "", "/brand"),
        ("category", "Home", "/category"),
        ("category", "home//light", "/category"),
        ("category", "home/", "/category"),
        ("tags", ["new", ""], "/tags/1"),
        ("tags", "new", "/tags"),
        ("tags", ["t"] * 101, "/tags"),
        ("attributes", {"a b": 1}, "/attributes/a b"),
        ("attributes", {"a": None}, "/attributes/a"),
        ("attributes", {"a": {"b": 1}}, "/attributes/a"),
        ("attributes", {"a": [[1]]}, "/attributes/a"),
        ("attributes", {"a": "\x00"}, "/attributes/a"),
        ("attributes", {"a": LARGEST_AMOUNT + 1}, "/attributes/a"),
        ("attributes", {"a": 1e300}, "/attributes/a"),
        ("prices", [{"currency": "EUR", "amount": -1}], "/prices/0/amount"),
        ("prices", [{"currency": "EUR", "amount": 19.99}], "/prices/0/amount"),
        ("prices", [{"currency": "EUR", "amount": "1999"}], "/prices/0/amount"),
        ("prices", [{"currency": "EUR", "amount": True}], "/prices/0/amount"),
        ("prices", [{"currency": "EUR", "amount": LARGEST_AMOUNT + 1}], "/prices/0/amount"),
        ("prices", [{"currency": "eur", "amount": 1}], "/prices/0/currency"),
        ("prices", [{"currency": "EUR", "amount": 1}] * 2, ""),
        ("media", [{"url": "ftp://example.org/1"}], "/media/0/url"),
        ("media", [{"url": "https://example.org/a b"}], "/media/0/url"),
        ("media", [{"alt": "Front"}], "/media/0/url"),
        ("status", "archived", "/status"),
        ("colour", "red", "/colour"),
    ],
)
def test_what_a_product_cannot_be_is_pointed_at(field: str, value: object, pointer: str) -> None:
    assert pointers(LAMP | {field: value}) == [pointer]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"attributes": {f" {n}": {} for n in range(201)}}, "/attributes"),
        ({f"colour{n}": 1 for n in range(201)}, ""),
        ({"media": [{f"colour{n}": 1 for n in range(201)}]}, "/media/0"),
    ],
)
@pytest.mark.parametrize("model", [NewProduct, ProductPatch])
def test_of_what_is_too_much_nothing_else_is_told(
    model: type[BaseModel], document: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(ValidationError) as invalid:
        model.model_validate(LAMP | document if model is NewProduct else document)
    [fault] = faults(invalid.value.errors(), document)
    assert fault["pointer"] == pointer
    assert fault["message"].startswith("An object has at most 200 members, not 20")


def test_a_list_of_an_attribute_is_read_up_to_what_is_wrong() -> None:
    lists: dict[str, list[Any]] = {f"a{n}": [{}] * 100 for n in range(200)}
    with pytest.raises(ValidationError) as invalid:
        read(attributes=lists)
    assert invalid.value.error_count() < 10 * len(lists)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert pointers({"sku": "", "tags": [""]}) == ["/sku", "/name", "/tags/0"]


def test_two_point_zero_is_two() -> None:
    attributes = registered_attributes(a=2.0, b=[-0.0, 0.5], c=True, d=1)
    assert repr(attributes) == repr({"a": 2, "b": (0, 0.5), "c": True, "d": 1})


@given(
    st.floats(-LARGEST_AMOUNT, LARGEST_AMOUNT)
    | st.integers(-LARGEST_AMOUNT, LARGEST_AMOUNT)
    | st.booleans()
    | st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
)
def test_an_attribute_is_stored_as_it_was_decided_on(value: object) -> None:
    attributes = registered_attributes(a=value, b=[value])
    stored = encode(ProductRegistered(sku="LAMP-1", name="Lamp", attributes=attributes))
    read_back = decode(stored.type, stored.schema_version, stored.data)
    assert isinstance(read_back, ProductRegistered)
    assert repr(read_back.attributes) == repr(attributes)
    assert read_back.attributes["a"] == value


def test_a_tag_counts_once_where_it_first_stood() -> None:
    assert read(tags=["new", "blue", "new"]).tags == ["new", "blue"]


def test_a_published_product_is_priced_before_it_is_published() -> None:
    price = {"currency": "EUR", "amount": 1999}
    assert to_register(read(prices=[price], status="published"))[1:] == [
        SetPrice(currency="EUR", amount=1999),
        messages.PublishProduct(),
    ]


def test_a_row_asks_for_nothing_that_it_leaves_out() -> None:
    assert to_align(read()) == [messages.RenameProduct(name="Lamp")]
    assert to_align(read(prices=[], status="draft", brand=None)) == [
        messages.RenameProduct(name="Lamp"),
        messages.BrandProduct(brand=None),
        messages.ReplacePrices(prices={}),
        messages.UnpublishProduct(),
    ]


@pytest.mark.parametrize(
    ("patch", "command"),
    [
        ({"name": "Sun"}, messages.RenameProduct(name="Sun")),
        ({"description": None}, messages.DescribeProduct(description=None)),
        ({"tags": None}, messages.TagProduct(tags=())),
        ({"media": None}, messages.ArrangeMedia(media=())),
        ({"attributes": None}, messages.ReplaceAttributes(attributes={})),
        (
            {"attributes": {"color": None, "parts": ["foot"]}},
            messages.ChangeAttributes(assign={"parts": ("foot",)}, remove=("color",)),
        ),
    ],
)
def test_in_a_patch_null_takes_away(
    patch: dict[str, Any], command: messages.ProductCommand
) -> None:
    assert to_change(ProductPatch.model_validate_json(json.dumps(patch))) == [command]


@pytest.mark.parametrize("patch", [{"name": None}, {"sku": "LAMP-2"}, {"status": "draft"}])
def test_a_patch_cannot_touch_what_is_fixed(patch: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ProductPatch.model_validate_json(json.dumps(patch))
