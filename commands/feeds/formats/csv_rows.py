"""CSV: a header, then a product a row (RFC 4180, with other separators as well)."""

import csv
import sys
from collections.abc import Iterator, Mapping

from commands.errors import UnreadableFeed
from commands.feeds.feed_product import FeedProduct
from commands.feeds.formats.columns import columns, recognised
from commands.feeds.formats.csv_lines import Lines
from commands.feeds.formats.source import Source
from commands.feeds.formats.table import Table
from commands.feeds.rows import Row, Unfit

COMMA = ","
SEPARATORS = (COMMA, ";", "\t", "|")
COLUMNS = 16_384
"""As many as a sheet of the widest spreadsheets has."""

csv.field_size_limit(sys.maxsize)  # a row is bounded as a whole, by its lines


class Csv:
    def __init__(self, source: Source, mapping: Mapping[str, str], currency: str) -> None:
        """Raises `UnreadableFeed`, also for a header that leaves something open."""
        self._lines = Lines(source)
        separator = self._lines.separator_named() or _separator(self._lines.peek(), mapping)
        self._rewritten = separator != COMMA
        self._reader = csv.reader(self._lines, delimiter=separator, strict=True)
        self.columns = self._header()
        known = columns(self.columns, mapping)
        self._table = Table(known, currency)
        self._sku = next(column.index for column in known if column.field == "sku")

    def rows(self) -> Iterator[Row]:
        """What is no CSV, or of another length than the header, fails alone.

        `raw` has commas, whatever separated the cells; what is no CSV by another separator is one
        cell. Raises `UnreadableFeed`.
        """
        self._lines.begin()
        while True:
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(self._lines.first, None, self._broken(), f"no CSV: {error}")
            else:
                if "".join(cells).strip():
                    yield Row(self._lines.first, self._sku_of(cells), self._raw(cells))
                elif len(cells) < len(self.columns):
                    self._lines.pass_over()
                    continue
            self._lines.begin()

    def product(self, row: Row) -> FeedProduct:
        """Raises `Unfit`."""
        if row.fault:
            raise Unfit([{"pointer": "", "message": row.fault}])
        cells = parsed(row.raw.decode())
        if len(cells) != len(self.columns):
            message = f"the row has {len(cells)} cells, the header {len(self.columns)}"
            raise Unfit([{"pointer": "", "message": message}])
        return self._table.product(cells)

    def _header(self) -> list[str]:
        try:
            header = next(self._reader)
        except StopIteration:
            raise UnreadableFeed(reason="it is empty, and CSV begins with a header") from None
        except csv.Error as error:
            raise UnreadableFeed(reason=f"its header is no CSV: {error}") from error
        if len(header) > COLUMNS:
            raise UnreadableFeed(reason=f"it has more than {COLUMNS} columns")
        if any("\0" in name for name in header):
            raise UnreadableFeed(reason="its header has NULs: it is no text")
        return header

    def _raw(self, cells: list[str]) -> bytes:
        return _line(cells) if self._rewritten else self._taken()

    def _broken(self) -> bytes:
        return _line([self._taken().decode()]) if self._rewritten else self._taken()

    def _taken(self) -> bytes:
        return b"".join(self._lines.taken).rstrip(b"\r\n")

    def _sku_of(self, cells: list[str]) -> str | None:
        """None where a cell may be another column's."""
        is_in_place = len(cells) == len(self.columns) or self._sku == 0
        return cells[self._sku].strip() or None if is_in_place else None


def parsed(text: str, *, strict: bool = True) -> list[str]:
    """The cells of one row with commas. Raises `csv.Error`."""
    return next(csv.reader([text], strict=strict), [])


def written(cells: list[str]) -> bytes:
    """One row with commas, that ends in CRLF."""
    text: str = _writer.writerow(cells)
    return text.encode()


def _line(cells: list[str]) -> bytes:
    return written(cells).removesuffix(b"\r\n")


class _Echo:
    """What is written to it is what `writerow` returns."""

    def write(self, text: str) -> str:
        return text


_writer = csv.writer(_Echo())


def _separator(line: str, mapping: Mapping[str, str]) -> str:
    """By which most of the columns in a header's first line are known."""

    def known(separator: str) -> tuple[int, int]:
        names = [name.strip('" \r\n') for name in line.split(separator, COLUMNS)]
        return recognised(names, mapping), len(names)

    return max(SEPARATORS, key=known)
