"""How rebuilt tables differ from those that are read, in one line."""

from collections.abc import Sequence

from projections.errors import Difference


def described(differences: Sequence[Difference]) -> str:
    """`2 in main.product_prices (<id>, <id>); 9 in …`, with an ellipsis where more are meant."""
    return "; ".join(map(_described, differences))


def _described(difference: Difference) -> str:
    more = ", …" if difference.products > len(difference.examples) else ""
    examples = ", ".join(difference.examples)
    return f"{difference.products:,} in {difference.catalog}.{difference.table} ({examples}{more})"
