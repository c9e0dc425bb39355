"""Currencies as parameters, and the one of a catalog's lists when they are not told another."""

from typing import Annotated

from pydantic import AfterValidator
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.errors import UnknownCurrency
from commands.input import CurrencyCode
from events.catalogs import read_catalogs
from events.database import driver
from events.money import minor_digits


def _known(currency: str) -> str:
    if minor_digits(currency) is None:
        raise UnknownCurrency(currency=currency)
    return currency


type KnownCurrency = Annotated[CurrencyCode, AfterValidator(_known)]


class DefaultCurrencies:
    """Read once: a catalog keeps the currency that it was opened with."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: dict[str, str] = {}

    async def of(self, catalog: str) -> str:
        if catalog not in self._known:
            async with driver(self._engine) as connection:
                (found,) = await read_catalogs(connection, [catalog])
            self._known[catalog] = found.default_currency
        return self._known[catalog]
