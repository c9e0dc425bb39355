"""All that is read. A new read model is a new file and one line here."""

from projections import product_details, product_prices, product_search
from projections.projection import ReadModel

READ_MODELS: tuple[ReadModel, ...] = (
    product_details.model,
    product_search.model,
    product_prices.model,
)

READ_TABLES = tuple(table for model in READ_MODELS for table in model.tables)
