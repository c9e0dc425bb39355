"""What an export writes of each product."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Protocol

from queries.exports import prices, products
from queries.exports.cells import Cell
from queries.exports.varying import Varying

type Kind = Literal["products", "prices"]


class Content(Protocol):
    """A module of these functions, each of which takes a read document as JSON."""

    def lines(self, body: str, /) -> Iterator[bytes]:
        """JSON, without line breaks."""

    def header(self, varying: Varying, /) -> Sequence[str]:
        """What the columns of CSV are called."""

    def rows(self, body: str, varying: Varying, /) -> Iterator[Sequence[Cell]]:
        """The cells below the header."""

    def records(self, body: str, /) -> Iterator[Mapping[str, object]]:
        """Typed values, by the names of their columns."""


CONTENTS: dict[Kind, Content] = {"products": products, "prices": prices}
