"""Money in integer minor units, with the digits that ISO 4217 gives each currency."""

from decimal import Decimal
from functools import cache

from iso4217 import Currency

LARGEST_AMOUNT = 2**53 - 1
"""The largest integer that every JSON reader holds exactly (RFC 8259, section 6)."""


CURRENCIES = tuple(sorted(each.code for each in Currency if each.exponent is not None))
"""The codes of ISO 4217 that amounts can be in."""


@cache
def minor_digits(currency: str) -> int | None:
    """How many decimal digits the currency has: 2 for USD, 0 for JPY, 3 for JOD.

    None for a code that ISO 4217 doesn't list or that has no minor unit, such as gold.
    """
    try:
        return Currency(currency).exponent
    except ValueError:
        return None


def decimal(currency: str, amount: int) -> str:
    """`amount` minor units as people write them: 1999 USD is "19.99"."""
    return format(Decimal(amount).scaleb(-(minor_digits(currency) or 0)), "f")
