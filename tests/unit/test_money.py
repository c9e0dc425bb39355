import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from events.money import LARGEST_AMOUNT, decimal, minor_digits

MONEY = sorted(c.code for c in Currency if c.exponent is not None)


@pytest.mark.parametrize(
    ("currency", "digits"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("JOD", 3), ("CLF", 4)]
)
def test_a_currency_has_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    "code", ["XAU", "XDR", "XXX", "XTS", "ABC", "usd", "US", "", "840", "USD "]
)
def test_what_is_no_currency_or_has_no_minor_unit_has_no_digits(code: str) -> None:
    assert minor_digits(code) is None


@pytest.mark.parametrize(
    ("currency", "amount", "text"),
    [
        ("USD", 1999, "19.99"),
        ("USD", 5, "0.05"),
        ("USD", 0, "0.00"),
        ("USD", 100, "1.00"),
        ("JPY", 300, "300"),
        ("JPY", 0, "0"),
        ("JOD", 1, "0.001"),
        ("EUR", LARGEST_AMOUNT, "90071992547409.91"),
    ],
)
def test_an_amount_is_written_as_people_write_it(currency: str, amount: int, text: str) -> None:
    assert decimal(currency, amount) == text


@given(st.sampled_from(MONEY), st.integers(0, LARGEST_AMOUNT))
def test_the_written_amount_is_exact(currency: str, amount: int) -> None:
    text = decimal(currency, amount)
    digits = minor_digits(currency) or 0
    assert re.fullmatch(rf"(0|[1-9]\d*)\.\d{{{digits}}}" if digits else r"0|[1-9]\d*", text)
    assert int(text.replace(".", "")) == amount
    assert Decimal(text) * 10**digits == amount
