"""All that is read. A new read model is a new file and one line here."""

from projections import product_details, product_prices, product_search
from projections.projection import Write

READ_MODELS: tuple[Write, ...] = (
    product_details.write,
    product_search.write,
    product_prices.write,
)
