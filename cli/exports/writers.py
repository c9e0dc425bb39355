"""Products as text: NDJSON, and CSV as RFC 4180 has it."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import BinaryIO

from cli.exports.cells import Cell
from cli.exports.content import Content
from cli.exports.varying import Varying
from cli.written import writing
from projections.projection import Product

type Write = Callable[[Sequence[Product]], None]
"""Raises `OutputInterrupted`."""


@contextmanager
def ndjson(output: BinaryIO, content: Content) -> Iterator[Write]:
    def write(products: Sequence[Product]) -> None:
        with writing():
            output.writelines(line + b"\n" for each in products for line in content.lines(each))

    yield write
    with writing():
        output.flush()


@contextmanager
def comma_separated(output: BinaryIO, content: Content, varying: Varying) -> Iterator[Write]:
    """Begins with a header; rows end in CRLF."""

    def put(rows: Iterable[Sequence[Cell]]) -> None:
        text = StringIO(newline="")
        csv.writer(text).writerows(rows)
        with writing():
            output.write(text.getvalue().encode())

    put([content.header(varying)])
    yield lambda products: put(row for each in products for row in content.rows(each, varying))
    with writing():
        output.flush()
