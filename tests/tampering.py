"""What somebody does to the read tables by hand, past the log."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from projections.read_models import READ_TABLES
from projections.writing import written
from tests.given import LAMP

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
NOBODY = UUID(int=99)
"""A product that the log knows nothing of."""

_COPY = """
insert into read_1.{table} ({names})
select {columns}
from only read_1.{table} t,
    jsonb_populate_record(t, '{{"product_id": "{nobody}", "sku": "EXTRA"}}') c
where t.catalog_id = 'main' and t.product_id = '{lamp}'
"""
_DELETE = "delete from only read_1.{table} where catalog_id = 'main' and product_id = '{lamp}'"
_UPDATE = (
    "update only read_1.{table} set {change} where catalog_id = 'main' and product_id = '{lamp}'"
)
_COLUMNS = {
    table.name: ", ".join(f"c.{column}" for column in written(table)) for table in READ_TABLES
}
_CHANGES = (
    ("product_details", "sku = 'LAMP-2'"),
    ("product_details", "version = version + 1"),
    ("product_details", "updated_at = updated_at + interval '1 microsecond'"),
    ("product_details", "parked_before = 1"),
    ("product_details", "document = (document::text || ' ')::json"),
    ("product_details", "document = '[]'"),
    ("product_prices", "amount = amount + 1"),
    ("product_prices", "currency = 'JPY'"),
    ("product_search", "name = upper(name)"),
    ("product_search", "brand = ''"),
    ("product_search", "category = 'a'"),
    ("product_search", "status = 'draft'"),
    ("product_search", "tags = '{new}'"),
    ("product_search", """attributes = '{"main": {"watts": ["40"]}}'"""),
    ("product_search", "searched = 'sun'"),
    ("product_search", "accented = '{sun}'"),
    ("product_search", "language = 'german'"),
    *[(table.name, "since = since - interval '1 microsecond'") for table in READ_TABLES],
    *[(table.name, "until = now()") for table in READ_TABLES],
    ("past_product_details", "document = '[]'"),
    ("past_product_prices", "amount = amount + 1"),
    ("past_product_search", "searched = 'sun'"),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """To a row of the lamp, which has one price and was a draft yesterday, or beside it."""

    what: str
    table: str
    product: UUID
    statement: str

    def __str__(self) -> str:
        return self.what[:40]


def _deed(what: str, table: str, statement: str, product: UUID = LAMP, change: str = "") -> Deed:
    written = statement.format(
        table=table,
        names=_COLUMNS[table].replace("c.", ""),
        columns=_COLUMNS[table],
        change=change,
        lamp=LAMP,
        nobody=NOBODY,
    )
    return Deed(what, table, product, written)


DEEDS = (
    *[_deed(f"added to {table}", table, _COPY, NOBODY) for table in _COLUMNS],
    *[_deed(f"removed from {table}", table, _DELETE) for table in _COLUMNS],
    *[_deed(change, table, _UPDATE, change=change) for table, change in _CHANGES],
)
