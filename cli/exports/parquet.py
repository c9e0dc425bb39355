"""Products as Parquet, in row groups of bounded size.

To be imported by who writes it, and by nobody else: pyarrow takes its time and memory.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from cli.errors import OutputInterrupted
from cli.exports.content import Content
from cli.exports.writers import Write
from cli.written import writing
from projections.projection import Product

ROW_GROUP_BYTES = 16_000_000
"""Of read documents."""

_MOMENT = pa.timestamp("us", tz="UTC")
_MONEY = (
    pa.field("currency", pa.string(), nullable=False),
    pa.field("amount", pa.int64(), nullable=False),
    pa.field("decimal", pa.decimal128(20, 4), nullable=False),
)
"""The largest amount has 16 digits, and no currency more than four behind the point."""
SCHEMAS = {
    "products": pa.schema(
        [
            pa.field("id", pa.string(), nullable=False),
            pa.field("sku", pa.string(), nullable=False),
            pa.field("name", pa.string(), nullable=False),
            pa.field("description", pa.string()),
            pa.field("brand", pa.string()),
            pa.field("category", pa.string()),
            pa.field("tags", pa.list_(pa.string()), nullable=False),
            pa.field("status", pa.string(), nullable=False),
            pa.field("version", pa.int32(), nullable=False),
            pa.field("created_at", _MOMENT, nullable=False),
            pa.field("updated_at", _MOMENT, nullable=False),
            pa.field(
                "media",
                pa.list_(
                    pa.struct([pa.field("url", pa.string(), nullable=False), ("alt", pa.string())])
                ),
                nullable=False,
            ),
            pa.field("parked_before", pa.int64()),
            pa.field("prices", pa.list_(pa.struct(_MONEY)), nullable=False),
            pa.field("attributes", pa.string(), nullable=False),
        ]
    ),
    "prices": pa.schema(
        [
            pa.field("product_id", pa.string(), nullable=False),
            pa.field("sku", pa.string(), nullable=False),
            pa.field("status", pa.string(), nullable=False),
            *_MONEY,
        ]
    ),
}


@contextmanager
def parquet(output: BinaryIO, content: Content, schema: pa.Schema) -> Iterator[Write]:
    """Raises `OutputInterrupted`, also for a number that a column has no room for."""
    with writing():
        groups = _RowGroups(ParquetWriter(output, schema, compression="zstd"))

    def write(products: Sequence[Product]) -> None:
        for each in products:
            with writing():
                groups.add(content.records(each), len(each.body))

    try:
        yield write
        with writing():
            groups.end()
    finally:
        with writing():
            groups.writer.close()


@dataclass(slots=True)
class _RowGroups:
    writer: ParquetWriter
    records: list[Mapping[str, object]] = field(default_factory=list)
    size: int = 0

    def add(self, records: Iterable[Mapping[str, object]], size: int) -> None:
        self.records += records
        self.size += size
        if self.size >= ROW_GROUP_BYTES:
            self.end()

    def end(self) -> None:
        try:
            group = pa.Table.from_pylist(self.records, schema=self.writer.schema)
        except OverflowError as error:
            raise OutputInterrupted(error) from error
        self.writer.write_table(group)
        self.records, self.size = [], 0
