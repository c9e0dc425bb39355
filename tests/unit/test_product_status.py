import pytest

from commands.errors import InvalidTransition, NotPublishable
from commands.product.messages import (
    ArchiveProduct,
    ProductCommand,
    PublishProduct,
    RenameProduct,
    RestoreProduct,
    UnpublishProduct,
)
from events.product import (
    PriceSet,
    ProductArchived,
    ProductPublished,
    ProductRenamed,
    ProductRestored,
    ProductUnpublished,
)
from tests.product import given, lamp

priced = PriceSet(currency="EUR", amount=1900)
archived = ProductArchived(reason="recall")


def test_a_draft_with_a_name_and_a_price_is_published() -> None:
    given(lamp, priced).when(PublishProduct()).then(ProductPublished())


def test_what_lacks_a_name_or_a_price_is_not_published_and_hears_why() -> None:
    given(lamp).when(PublishProduct()).refused(NotPublishable, missing=["prices"])
    given(lamp, ProductRenamed(name="")).when(PublishProduct()).refused(
        NotPublishable, missing=["name", "prices"]
    )


def test_a_published_product_is_published_once() -> None:
    given(lamp, priced, ProductPublished()).when(PublishProduct()).then_nothing()


def test_a_published_product_goes_back_to_draft() -> None:
    given(lamp, priced, ProductPublished()).when(UnpublishProduct()).then(ProductUnpublished())


def test_a_draft_needs_no_unpublishing() -> None:
    given(lamp).when(UnpublishProduct()).then_nothing()


@pytest.mark.parametrize("command", [PublishProduct(), UnpublishProduct()])
def test_an_archived_product_is_first_restored(command: ProductCommand) -> None:
    given(lamp, priced, archived).when(command).refused(
        InvalidTransition, product_status="archived"
    )


def test_a_product_is_archived_for_a_reason_or_none() -> None:
    given(lamp).when(ArchiveProduct(reason="recall")).then(archived)
    given(lamp).when(ArchiveProduct()).then(ProductArchived(reason=None))


def test_an_archived_product_is_archived_once() -> None:
    given(lamp, archived).when(ArchiveProduct(reason="another")).then_nothing()


def test_a_product_comes_back_as_what_it_was() -> None:
    given(lamp, archived).when(RestoreProduct()).then(ProductRestored(status="draft"))
    given(lamp, priced, ProductPublished(), archived).when(RestoreProduct()).then(
        ProductRestored(status="published")
    )


def test_what_it_was_is_the_status_of_the_last_time() -> None:
    given(
        lamp,
        priced,
        ProductPublished(),
        archived,
        ProductRestored(status="published"),
        ProductUnpublished(),
        archived,
    ).when(RestoreProduct()).then(ProductRestored(status="draft"))


def test_only_an_archived_product_is_restored() -> None:
    given(lamp).when(RestoreProduct()).then_nothing()
    given(lamp, archived, ProductRestored(status="draft")).when(RestoreProduct()).then_nothing()


def test_a_restored_product_can_be_changed_again() -> None:
    given(lamp, archived).when(RestoreProduct(), RenameProduct(name="Sun")).then(
        ProductRestored(status="draft"), ProductRenamed(name="Sun")
    )
