"""Prices as people write them, to minor units, exactly."""

import re

from commands.errors import UnknownCurrency
from events.money import minor_digits

LENGTH = 32
"""The most characters of a price."""

_DECIMAL = re.compile(r"[0-9]+([.,][0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}((,[0-9]{3})+\.[0-9]+|(,[0-9]{3}){2,})")
_GROUPED_COMMA = re.compile(r"[0-9]{1,3}((\.[0-9]{3})+,[0-9]+|(\.[0-9]{3}){2,})")
_EITHER = re.compile(r"(?!0[.,])[0-9]{1,3}[.,][0-9]{3}")
EXPORTED = 3
"""Digits behind a point: in a currency that has three, an export writes 1.234 as well."""


def minor_units(text: str, currency: str) -> int:
    """Of "19.99" in USD 1999. A comma or a point is taken for what alone it can be.

    Raises `ValueError` that says what to write instead.
    """
    digits = minor_digits(currency)
    if digits is None:
        raise ValueError(UnknownCurrency.__doc__)
    whole, _, rest = _plain(text.strip(), digits).partition(".")
    rest = rest.rstrip("0")
    if len(rest) > digits:
        raise ValueError(f"{currency} has {digits} decimal digits")
    return int(whole + rest.ljust(digits, "0"))


def _plain(text: str, digits: int) -> str:
    """With a point before what is behind it, and nothing else."""
    if len(text) > LENGTH:
        raise ValueError(f"no price: it is longer than {LENGTH} characters")
    if _EITHER.fullmatch(text) and not ("." in text and digits == EXPORTED):
        whole, rest = re.split("[.,]", text)
        raise ValueError(f"either {whole}{rest} or {whole}.{rest}: write which of them")
    if _DECIMAL.fullmatch(text):
        return text.replace(",", ".")
    if _GROUPED.fullmatch(text):
        return text.replace(",", "")
    if _GROUPED_COMMA.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    raise ValueError("no price: write it as 1234.50, without a sign or a currency")
