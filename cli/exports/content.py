"""What an export writes of each product."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from cli.exports.cells import Cell
from cli.exports.varying import Varying
from projections.projection import Product


class Content(Protocol):
    """A module of these functions."""

    def lines(self, product: Product, /) -> Iterator[bytes]:
        """JSON, without line breaks."""

    def header(self, varying: Varying, /) -> Sequence[str]:
        """What the columns of CSV are called."""

    def rows(self, product: Product, varying: Varying, /) -> Iterator[Sequence[Cell]]:
        """The cells below the header."""

    def records(self, product: Product, /) -> Iterator[Mapping[str, object]]:
        """Typed values, by the names of their columns."""
