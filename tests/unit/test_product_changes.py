import pytest

from commands.errors import ProductIsArchived
from commands.product import messages
from commands.product.messages import ProductCommand
from events.product import (
    MediaArranged,
    Medium,
    ProductArchived,
    ProductBranded,
    ProductCategorised,
    ProductDescribed,
    ProductEvent,
    ProductRenamed,
    ProductTagged,
)
from tests.product import given, lamp

FRONT, BACK = Medium(url="https://example.org/f"), Medium(url="https://example.org/b", alt="Back")

CHANGES: list[tuple[ProductCommand, ProductEvent]] = [
    (messages.RenameProduct(name="Sun"), ProductRenamed(name="Sun")),
    (messages.DescribeProduct(description="Warm"), ProductDescribed(description="Warm")),
    (messages.BrandProduct(brand="Sun"), ProductBranded(brand="Sun")),
    (messages.CategoriseProduct(category="home"), ProductCategorised(category="home")),
    (messages.TagProduct(tags=("b", "a")), ProductTagged(tags=("b", "a"))),
    (messages.ArrangeMedia(media=(FRONT, BACK)), MediaArranged(media=(FRONT, BACK))),
]
CLEARINGS: list[tuple[ProductEvent, ProductCommand, ProductEvent]] = [
    (
        ProductDescribed(description="Warm"),
        messages.DescribeProduct(description=None),
        ProductDescribed(description=None),
    ),
    (ProductBranded(brand="Sun"), messages.BrandProduct(brand=None), ProductBranded(brand=None)),
    (
        ProductCategorised(category="home"),
        messages.CategoriseProduct(category=None),
        ProductCategorised(category=None),
    ),
    (ProductTagged(tags=("a",)), messages.TagProduct(tags=()), ProductTagged(tags=())),
    (MediaArranged(media=(FRONT,)), messages.ArrangeMedia(media=()), MediaArranged(media=())),
]


@pytest.mark.parametrize(("command", "event"), CHANGES)
def test_a_change_is_told_as_what_was_meant(command: ProductCommand, event: ProductEvent) -> None:
    given(lamp).when(command).then(event)


@pytest.mark.parametrize(("command", "event"), CHANGES)
def test_what_is_so_already_is_not_told_again(command: ProductCommand, event: ProductEvent) -> None:
    given(lamp, event).when(command).then_nothing()


@pytest.mark.parametrize(("before", "command", "event"), CLEARINGS)
def test_what_is_known_can_be_taken_back(
    before: ProductEvent, command: ProductCommand, event: ProductEvent
) -> None:
    given(lamp, before).when(command).then(event)


def test_the_order_of_tags_and_of_media_counts() -> None:
    given(lamp, ProductTagged(tags=("a", "b")), MediaArranged(media=(FRONT, BACK))).when(
        messages.TagProduct(tags=("b", "a")), messages.ArrangeMedia(media=(BACK, FRONT))
    ).then(ProductTagged(tags=("b", "a")), MediaArranged(media=(BACK, FRONT)))


def test_each_command_sees_what_came_before_it() -> None:
    given(lamp).when(
        messages.RenameProduct(name="Sun"),
        messages.RenameProduct(name="Sun"),
        messages.RenameProduct(name="Lamp"),
    ).then(ProductRenamed(name="Sun"), ProductRenamed(name="Lamp"))


@pytest.mark.parametrize(
    "command",
    [
        *(command for command, _ in CHANGES),
        messages.RenameProduct(name="Lamp"),
        messages.ChangeAttributes(assign={"watts": 9}),
        messages.ReplaceAttributes(attributes={"watts": 9}),
        messages.SetPrice(currency="EUR", amount=1),
        messages.RemovePrice(currency="EUR"),
        messages.ReplacePrices(prices={}),
    ],
)
def test_an_archived_product_cannot_be_changed(command: ProductCommand) -> None:
    given(lamp, ProductArchived(reason="recall")).when(command).refused(ProductIsArchived)
