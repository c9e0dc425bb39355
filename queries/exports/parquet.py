"""Products as Parquet, in row groups of bounded size.

To be imported by who writes it, and by nobody else: pyarrow takes its time and memory.
"""

from collections.abc import Mapping, Sequence
from io import RawIOBase
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa
from pyarrow.parquet import ParquetWriter

from queries.errors import NumberTooLarge
from queries.exports.content import CONTENTS, Kind

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

ROW_GROUP_BYTES = 16_000_000
"""Of read documents."""

_MOMENT = pa.timestamp("us", tz="UTC")
_MONEY = (
    pa.field("currency", pa.string(), nullable=False),
    pa.field("amount", pa.int64(), nullable=False),
    pa.field("decimal", pa.decimal128(20, 4), nullable=False),
)
"""The largest amount has 16 digits, and no currency more than four behind the point."""
SCHEMAS: dict[Kind, pa.Schema] = {
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


class Parquet:
    """Rows become columns page by page, and a row group is sent as soon as it is large enough."""

    def __init__(self, kind: Kind) -> None:
        self._content = CONTENTS[kind]
        self._sink = _Sink()
        self._writer = ParquetWriter(self._sink, SCHEMAS[kind], compression="zstd")
        self._batches: list[pa.RecordBatch] = []
        self._size = 0

    def begun(self) -> bytes:
        return self._sink.taken()

    def written(self, bodies: Sequence[str]) -> bytes:
        self._batches.append(
            self._batch([*chain.from_iterable(map(self._content.records, bodies))])
        )
        self._size += sum(map(len, bodies))
        if self._size >= ROW_GROUP_BYTES:
            self._end_group()
        return self._sink.taken()

    def ended(self) -> bytes:
        self._end_group()
        self._writer.close()
        return self._sink.taken()

    def _batch(self, records: Sequence[Mapping[str, object]]) -> pa.RecordBatch:
        try:
            return pa.RecordBatch.from_pylist(records, schema=self._writer.schema)
        except OverflowError as error:
            raise NumberTooLarge from error

    def _end_group(self) -> None:
        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches))
        self._batches, self._size = [], 0


class _Sink(RawIOBase):
    """A file that is taken away as it grows."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: "ReadableBuffer") -> int:
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        whole = b"".join(self._parts)
        self._parts.clear()
        return whole
