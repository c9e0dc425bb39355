"""A row of CSV to a product, by what its columns mean."""

from collections.abc import Iterator, Sequence
from typing import Any

from commands.errors import UnknownCurrency
from commands.faults import Fault, pointer
from commands.feeds.feed_product import FeedProduct, PickedProduct
from commands.feeds.formats import cells
from commands.feeds.formats.amounts import minor_units
from commands.feeds.formats.columns import Column
from commands.feeds.formats.json_rows import validated
from commands.feeds.rows import Unfit
from events.money import minor_digits

READ: dict[str, cells.Read] = {
    "sku": cells.word,
    "name": cells.text,
    "description": cells.long_text,
    "brand": cells.text,
    "category": cells.word,
    "tags": cells.tags,
    "status": cells.status,
    "media": cells.media,
    "prices": cells.json,
    "attributes": cells.json,
}
NULLABLE = frozenset({"description", "brand", "category"})


class Table:
    def __init__(self, columns: Sequence[Column], currency: str) -> None:
        """Prices are in `currency` where neither their column nor their row names one."""
        self._headers = {column.field: column.header for column in columns}
        self._plain = [(each, READ[each.field]) for each in columns if each.field in READ]
        self._attributes = [
            (each.index, each.field.removeprefix("attr."))
            for each in columns
            if each.field.startswith("attr.")
        ]
        self._prices = [
            (each, each.field.removeprefix("price").removeprefix("."))
            for each in columns
            if each.field == "price" or each.field.startswith("price.")
        ]
        self._currency_column = next((each for each in columns if each.field == "currency"), None)
        self._currency = currency

    def product(self, row: Sequence[str]) -> FeedProduct:
        """Raises `Unfit`; its pointers begin with the name of a column."""
        found: list[Fault] = []
        document = self._fields(row, found)
        if self._attributes:
            document |= self._attributes_of(row)
        priced_by: list[str] = []
        if self._prices:
            document |= self._prices_of(row, priced_by, found)
        try:
            product = validated(PickedProduct, document)
        except Unfit as unfit:
            raise Unfit([*found, *self._in_columns(unfit.faults, priced_by)]) from unfit
        if found:
            raise Unfit(found)
        return product

    def _fields(self, row: Sequence[str], found: list[Fault]) -> dict[str, Any]:
        document: dict[str, Any] = {}
        for column, read in self._plain:
            cell = row[column.index]
            if cell == cells.LEFT_OUT:
                continue
            try:
                value = read(cell)
            except ValueError as error:
                found.append(_fault(column.header, error))
            else:
                if value is not None or column.field in NULLABLE:
                    document[column.field] = value
        return document

    def _attributes_of(self, row: Sequence[str]) -> dict[str, object]:
        said = {name: cell for i, name in self._attributes if not cells.is_left_out(cell := row[i])}
        if not said:
            return {}
        return {
            "attributes": {name: cells.attribute(cell) for name, cell in said.items() if cell},
            "emptied_attributes": [name for name, cell in said.items() if not cell],
        }

    def _prices_of(
        self, row: Sequence[str], priced_by: list[str], found: list[Fault]
    ) -> dict[str, object]:
        said = [*self._amounts(row, priced_by, found)]
        if not said:
            return {}
        given = [(currency, amount) for currency, amount in said if amount is not None]
        named: dict[str, int | None] = dict.fromkeys(currency for currency, _ in said)
        named |= dict(given)
        return {
            "prices": [{"currency": currency, "amount": amount} for currency, amount in given],
            "emptied_prices": [currency for currency, amount in named.items() if amount is None],
        }

    def _amounts(
        self, row: Sequence[str], priced_by: list[str], found: list[Fault]
    ) -> Iterator[tuple[str, int | None]]:
        """By currency; None where there is no price."""
        of_the_row = self._currency_of(row, found)
        for column, of_the_column in self._prices:
            currency = of_the_column or of_the_row
            cell = row[column.index].strip()
            if currency is None or cells.is_left_out(cell):
                continue
            if not cell:
                yield currency, None
                continue
            try:
                amount = minor_units(cell, currency)
            except ValueError as error:
                found.append(_fault(column.header, error))
            else:
                priced_by.append(column.header)
                yield currency, amount

    def _currency_of(self, row: Sequence[str], found: list[Fault]) -> str | None:
        column = self._currency_column
        cell = row[column.index].strip().upper() if column else ""
        if column is None or not cell or cells.is_left_out(cell):
            return self._currency
        if minor_digits(cell) is None:
            found.append(_fault(column.header, UnknownCurrency()))
            return None
        return cell

    def _in_columns(self, found: Sequence[Fault], priced_by: Sequence[str]) -> list[Fault]:
        return [
            {**each, "pointer": self._in_column(each["pointer"].split("/")[1:], priced_by)}
            for each in found
        ]

    def _in_column(self, path: Sequence[str], priced_by: Sequence[str]) -> str:
        match path:
            case ["prices", index, *_] if priced_by:
                return pointer([priced_by[int(index)]])
            case ["attributes", name, *rest] if self._attributes:
                return pointer([self._headers[f"attr.{name}"], *rest])
            case [field, *rest]:
                return pointer([self._headers.get(field, field), *rest])
            case _:
                return ""


def _fault(header: str, error: Exception) -> Fault:
    return {"pointer": pointer([header]), "message": str(error)}
