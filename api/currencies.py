"""Currencies as parameters and fields: those that ISO 4217 knows."""

from typing import Annotated

from pydantic import AfterValidator

from commands.errors import UnknownCurrency
from commands.input import CurrencyCode
from events.money import minor_digits


def _known(currency: str) -> str:
    if minor_digits(currency) is None:
        raise UnknownCurrency(currency=currency)
    return currency


type KnownCurrency = Annotated[CurrencyCode, AfterValidator(_known)]
