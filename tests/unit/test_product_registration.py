from dataclasses import replace

import pytest

from commands.errors import ProductExists, UnknownProduct
from commands.product import messages
from commands.product.messages import ProductCommand, RegisterProduct
from events.product import AttributesChanged, Medium, PriceSet, ProductRegistered, ProductRenamed
from tests.product import given, lamp, register_lamp


def test_a_product_is_registered_with_all_that_is_known_of_it() -> None:
    medium = Medium(url="https://example.org/lamp.png", alt="A lamp")
    given().when(
        RegisterProduct(
            sku="LAMP-1",
            name="Lamp",
            description="It shines.",
            brand="Sun",
            category="home/light",
            tags=("new", "blue"),
            attributes={"watts": 9, "parts": ("foot", "bulb")},
            media=(medium,),
        )
    ).then(
        ProductRegistered(
            sku="LAMP-1",
            name="Lamp",
            description="It shines.",
            brand="Sun",
            category="home/light",
            tags=("new", "blue"),
            attributes={"watts": 9, "parts": ("foot", "bulb")},
            media=(medium,),
        )
    )


def test_registering_the_same_product_again_changes_nothing() -> None:
    given(lamp).when(register_lamp).then_nothing()


@pytest.mark.parametrize(
    "other",
    [
        replace(register_lamp, sku="LAMP-2"),
        replace(register_lamp, name="Lampe"),
        replace(register_lamp, description=""),
        replace(register_lamp, brand="Sun"),
        replace(register_lamp, category="home"),
        replace(register_lamp, tags=("new",)),
        replace(register_lamp, attributes={}),
        replace(register_lamp, attributes={"watts": 9, "color": "red"}),
        replace(register_lamp, attributes={"watts": "9"}),
        replace(register_lamp, media=(Medium(url="https://example.org/1"),)),
    ],
)
def test_a_registered_product_is_not_registered_as_something_else(other: RegisterProduct) -> None:
    given(lamp).when(other).refused(ProductExists)


def test_a_changed_product_is_not_registered_as_it_was() -> None:
    given(lamp, ProductRenamed(name="Sun")).when(register_lamp).refused(ProductExists)


def test_a_product_is_compared_with_what_it_became() -> None:
    changed = AttributesChanged(assigned={"color": "red"}, removed=("watts",))
    given(lamp, changed, PriceSet(currency="EUR", amount=1)).when(
        replace(register_lamp, attributes={"color": "red"})
    ).then_nothing()


@pytest.mark.parametrize(
    "command",
    [
        messages.RenameProduct(name="Sun"),
        messages.DescribeProduct(description=None),
        messages.BrandProduct(brand=None),
        messages.CategoriseProduct(category=None),
        messages.TagProduct(tags=()),
        messages.ChangeAttributes(),
        messages.ReplaceAttributes(attributes={}),
        messages.ArrangeMedia(media=()),
        messages.SetPrice(currency="EUR", amount=1),
        messages.RemovePrice(currency="EUR"),
        messages.ReplacePrices(prices={}),
        messages.PublishProduct(),
        messages.UnpublishProduct(),
        messages.ArchiveProduct(),
        messages.RestoreProduct(),
    ],
)
def test_only_a_registered_product_can_be_changed(command: ProductCommand) -> None:
    given().when(command).refused(UnknownProduct)
