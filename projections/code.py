"""The code that makes the read tables and their rows: a generation is of one digest of it."""

from functools import cache
from importlib.resources import files

from events.code import digest_of

CODE = (
    ("events", "product.py"),
    ("events", "codec.py"),
    ("events", "upcasts.py"),
    ("events", "recorded.py"),
    ("events", "money.py"),
    ("projections", "document.py"),
    ("projections", "folding.py"),
    ("projections", "projection.py"),
    ("projections", "letters.py"),
    ("projections", "past.py"),
    ("projections", "product_details.py"),
    ("projections", "product_prices.py"),
    ("projections", "product_search.py"),
    ("projections", "read_models.py"),
    ("projections", "words.py"),
    ("projections", "writing.py"),
    ("projections", "sql/close_products.sql"),
    ("migrations", "sql/0003_search.sql"),
)
"""Whatever has a part in what a row is: a test says that no read model is missing."""


@cache
def code_digest() -> bytes:
    return digest_of(files(package).joinpath(name) for package, name in CODE)
