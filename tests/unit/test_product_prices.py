import pytest

from commands.errors import NotPublishable, UnknownCurrency
from commands.product.messages import (
    ProductCommand,
    PublishProduct,
    RemovePrice,
    ReplacePrices,
    SetPrice,
)
from events.product import PriceRemoved, PriceSet, ProductPublished
from tests.product import given, lamp

EURO_19 = PriceSet(currency="EUR", amount=1900)
YEN_300 = PriceSet(currency="JPY", amount=300)


def test_a_price_is_set_in_each_currency_by_itself() -> None:
    given(lamp, EURO_19).when(SetPrice(currency="JPY", amount=300)).then(YEN_300)


def test_a_price_is_changed() -> None:
    given(lamp, EURO_19).when(SetPrice(currency="EUR", amount=1899)).then(
        PriceSet(currency="EUR", amount=1899)
    )


def test_the_same_price_changes_nothing() -> None:
    given(lamp, EURO_19).when(SetPrice(currency="EUR", amount=1900)).then_nothing()


def test_a_product_may_be_free() -> None:
    given(lamp).when(SetPrice(currency="EUR", amount=0)).then(PriceSet(currency="EUR", amount=0))


@pytest.mark.parametrize("currency", ["XAU", "XXX", "ABC", "eur", ""])
@pytest.mark.parametrize("command", ["set", "replace"])
def test_a_price_needs_a_currency_of_iso_4217(command: str, currency: str) -> None:
    asked: ProductCommand = (
        SetPrice(currency=currency, amount=1)
        if command == "set"
        else ReplacePrices(prices={"EUR": 1, currency: 1})
    )
    given(lamp).when(asked).refused(UnknownCurrency, currency=currency)


def test_a_price_is_removed() -> None:
    given(lamp, EURO_19, YEN_300).when(RemovePrice(currency="EUR")).then(
        PriceRemoved(currency="EUR")
    )


def test_a_price_that_is_not_there_needs_no_removal() -> None:
    given(lamp, YEN_300).when(RemovePrice(currency="EUR")).then_nothing()
    given(lamp, EURO_19, PriceRemoved(currency="EUR")).when(
        RemovePrice(currency="EUR")
    ).then_nothing()


def test_replacing_prices_leaves_no_other() -> None:
    given(lamp, EURO_19, YEN_300).when(ReplacePrices(prices={"EUR": 1850, "USD": 2000})).then(
        PriceRemoved(currency="JPY"),
        PriceSet(currency="EUR", amount=1850),
        PriceSet(currency="USD", amount=2000),
    )


def test_replacing_prices_with_the_same_changes_nothing() -> None:
    given(lamp, EURO_19, YEN_300).when(
        ReplacePrices(prices={"JPY": 300, "EUR": 1900})
    ).then_nothing()


def test_the_last_price_may_go_from_a_published_product_but_it_is_not_published_again() -> None:
    given(lamp, EURO_19, ProductPublished()).when(ReplacePrices(prices={})).then(
        PriceRemoved(currency="EUR")
    )
    given(lamp, EURO_19, PriceRemoved(currency="EUR")).when(PublishProduct()).refused(
        NotPublishable, missing=["prices"]
    )
