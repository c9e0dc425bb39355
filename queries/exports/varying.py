"""What columns of CSV vary with the products."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Varying:
    """Names of what at least one product has, in their order."""

    currencies: Sequence[str] = ()
    attributes: Sequence[str] = ()

    @cached_property
    def columns(self) -> Sequence[str]:
        return [
            *map("price.{}".format, self.currencies),
            *map("attr.{}".format, self.attributes),
        ]
