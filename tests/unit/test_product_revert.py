"""Going back to what a product was: given its history, to a version of it, by these events."""

from collections.abc import Sequence

import pytest

from commands.errors import NotPublishable, UnknownProduct
from commands.product import product
from commands.product.messages import RevertProduct
from commands.product.state import Product
from events.product import (
    AttributesChanged,
    MediaArranged,
    Medium,
    PriceRemoved,
    PriceSet,
    ProductArchived,
    ProductBranded,
    ProductCategorised,
    ProductDescribed,
    ProductEvent,
    ProductPublished,
    ProductRenamed,
    ProductRestored,
    ProductTagged,
    ProductUnpublished,
)
from tests.product import Asked, given, lamp

priced = PriceSet(currency="EUR", amount=1900)
published = ProductPublished()
unpublished = ProductUnpublished()
recalled = ProductArchived(reason="recall")
sold_out = ProductArchived(reason="sold out")
draft, public = ProductRestored(status="draft"), ProductRestored(status="published")


def reverted(*history: ProductEvent, to: int) -> Asked:
    """When somebody goes back to the version `to` of that history."""
    then = product.fold(history[:to], product.initial)
    assert isinstance(then, Product)
    return given(*history).when(RevertProduct(to=then))


def test_each_field_goes_back() -> None:
    reverted(
        lamp,
        ProductRenamed(name="Sun"),
        ProductDescribed(description="Bright"),
        ProductBranded(brand="Lux"),
        ProductCategorised(category="home"),
        ProductTagged(tags=("new",)),
        AttributesChanged(assigned={"watts": 7, "color": "red"}),
        MediaArranged(media=(Medium(url="https://a.test/1"),)),
        priced,
        to=1,
    ).then(
        ProductRenamed(name="Lamp"),
        ProductDescribed(description=None),
        ProductBranded(brand=None),
        ProductCategorised(category=None),
        ProductTagged(tags=()),
        AttributesChanged(assigned={"watts": 9}, removed=("color",)),
        MediaArranged(media=()),
        PriceRemoved(currency="EUR"),
    )


def test_prices_go_back_each_in_its_currency() -> None:
    dearer, dollars = PriceSet(currency="EUR", amount=2100), PriceSet(currency="USD", amount=2000)
    reverted(lamp, priced, dearer, dollars, to=2).then(priced, PriceRemoved(currency="USD"))


def test_true_is_not_one() -> None:
    one = AttributesChanged(assigned={"lit": 1})
    true = AttributesChanged(assigned={"lit": True})
    reverted(lamp, one, true, to=2).then(one)


@pytest.mark.parametrize(
    "history",
    [
        [lamp],
        [lamp, priced, published],
        [lamp, priced, published, recalled],
        [lamp, recalled, draft, recalled],
    ],
)
def test_where_it_is_already_nothing_happens(history: Sequence[ProductEvent]) -> None:
    reverted(*history, to=len(history)).then_nothing()


def test_what_came_back_by_itself_needs_no_event() -> None:
    reverted(lamp, priced, PriceRemoved(currency="EUR"), to=1).then_nothing()


def test_a_draft_is_published_once_it_has_what_that_needs() -> None:
    gone = PriceRemoved(currency="EUR")
    reverted(lamp, priced, published, unpublished, gone, to=3).then(priced, published)


def test_what_was_published_without_a_price_is_published_while_it_has_one() -> None:
    gone = PriceRemoved(currency="EUR")
    reverted(lamp, priced, published, gone, unpublished, priced, to=4).then(published, gone)
    nameless = ProductRenamed(name="")
    reverted(lamp, priced, published, nameless, unpublished, ProductRenamed(name="Sun"), to=4).then(
        published, nameless
    )


def test_what_lacks_a_price_now_as_then_is_not_published() -> None:
    gone = PriceRemoved(currency="EUR")
    reverted(lamp, priced, published, gone, unpublished, to=4).refused(
        NotPublishable, missing=["prices"]
    )


def test_it_goes_back_to_a_draft() -> None:
    reverted(lamp, priced, published, to=2).then(unpublished)


def test_an_archived_product_is_opened_first() -> None:
    sun = ProductRenamed(name="Sun")
    reverted(lamp, sun, recalled, to=1).then(draft, ProductRenamed(name="Lamp"))
    reverted(lamp, priced, published, recalled, to=2).then(public, unpublished)
    reverted(lamp, priced, recalled, draft, published, sold_out, to=2).then(public, unpublished)


def test_what_was_archived_is_archived_last_for_the_reason_that_it_was() -> None:
    sun = ProductRenamed(name="Sun")
    reverted(lamp, recalled, draft, sun, to=2).then(ProductRenamed(name="Lamp"), recalled)


def test_between_two_archivings_it_is_opened_and_closed() -> None:
    sun = ProductRenamed(name="Sun")
    reverted(lamp, recalled, draft, sun, sold_out, to=2).then(
        draft, ProductRenamed(name="Lamp"), recalled
    )
    reverted(lamp, recalled, draft, sold_out, to=2).then(draft, recalled)


def test_what_it_would_come_back_as_counts() -> None:
    """Archived as a draft, and archived as published, are not the same."""
    reverted(lamp, priced, recalled, draft, published, recalled, to=3).then(
        public, unpublished, recalled
    )


def test_what_is_not_there_is_not_put_back() -> None:
    then = product.fold([lamp], product.initial)
    assert isinstance(then, Product)
    given().when(RevertProduct(to=then)).refused(UnknownProduct)
