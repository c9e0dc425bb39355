"""The lines that rows of CSV are made of."""

import re
from collections.abc import Iterator
from itertools import chain

from commands.errors import UnreadableFeed
from commands.feeds.formats.source import Source, no_utf8

_NAMES_SEPARATOR = re.compile(r"sep=([,;\t|])\r?\n?")


class Lines(Iterator[str]):
    """As text, with the bytes and the place of those that were taken since `begin`.

    Raises `UnreadableFeed` where those are more than a row may have, blank lines before it among
    them, and for what is no UTF-8.
    """

    def __init__(self, source: Source) -> None:
        self._lines = source.lines()
        self._limit = source.row_bytes
        self._number = 0
        self.begin()

    def begin(self) -> None:
        """A row."""
        self._size = 0
        self.pass_over()

    def pass_over(self) -> None:
        """What was taken is no part of the row, and counts all the same."""
        self.first = self._number + 1
        """Where the row begins."""
        self.taken: list[bytes] = []

    def __next__(self) -> str:
        line = next(self._lines)
        self._number += 1
        self._size += len(line)
        self.taken.append(line)
        if self._size > self._limit:
            raise UnreadableFeed(reason=self._endless())
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            raise UnreadableFeed(reason=no_utf8(error, self._number)) from error

    def _endless(self) -> str:
        if b"".join(self.taken).isspace():
            return f"more than {self._limit} bytes up to line {self._number} are blank"
        return (
            f"the row in line {self.first} is longer than {self._limit} bytes: "
            "perhaps a quotation mark is not closed"
        )

    def separator_named(self) -> str | None:
        """By a first line `sep=;` as spreadsheets write it, which is taken then."""
        first = self.peek()
        if named := _NAMES_SEPARATOR.fullmatch(first):
            next(self)
            return named[1]
        return None

    def peek(self) -> str:
        """The next line that is not blank, or nothing; those before it are gone."""
        for line in self:
            if line.strip():
                self._lines = chain([line.encode()], self._lines)
                self._number -= 1
                self.begin()
                return line
            self.taken.clear()
        return ""
