"""What columns of CSV vary with the products."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from projections.projection import Product


@dataclass(frozen=True, slots=True)
class Varying:
    """Names of what at least one product has, in their order."""

    currencies: Sequence[str] = ()
    attributes: Sequence[str] = ()

    def of(self, products: Iterable[Product]) -> Self:
        documents = [product.document for product in products]
        currencies = {price.currency for each in documents for price in each.prices}
        attributes = {name for each in documents for name in each.attributes}
        return type(self)(
            sorted(currencies.union(self.currencies)), sorted(attributes.union(self.attributes))
        )
