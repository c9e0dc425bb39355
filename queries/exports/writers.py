"""Products as text: NDJSON, and CSV as RFC 4180 has it."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Protocol

from queries.exports.cells import Cell
from queries.exports.content import Content
from queries.exports.varying import Varying


class Writer(Protocol):
    """What it returns makes one file, in the order in which it is asked for."""

    def begun(self) -> bytes: ...

    def written(self, bodies: Sequence[str]) -> bytes:
        """Of read documents as JSON. Raises `NumberTooLarge`."""

    def ended(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Ndjson:
    content: Content

    def begun(self) -> bytes:
        return b""

    def written(self, bodies: Sequence[str]) -> bytes:
        return b"".join(line + b"\n" for each in bodies for line in self.content.lines(each))

    def ended(self) -> bytes:
        return b""


@dataclass(frozen=True, slots=True)
class CommaSeparated:
    """Begins with a header; rows end in CRLF."""

    content: Content
    varying: Varying

    def begun(self) -> bytes:
        return _rows([self.content.header(self.varying)])

    def written(self, bodies: Sequence[str]) -> bytes:
        return _rows(row for each in bodies for row in self.content.rows(each, self.varying))

    def ended(self) -> bytes:
        return b""


def _rows(rows: Iterable[Sequence[Cell]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
