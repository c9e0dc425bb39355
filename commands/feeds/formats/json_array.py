"""A JSON array of objects, read element by element."""

import re
from codecs import getincrementaldecoder
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder

from commands.errors import UnreadableFeed
from commands.feeds.formats.source import Source, no_utf8
from commands.feeds.rows import Row

PIECE = 65_536

_BEHIND = frozenset(" \t\n\r,]")
_SPACE = re.compile(r"[ \t\n\r]*")
_decode = JSONDecoder(parse_int=float, strict=False).raw_decode
"""Integers of any length: what a row may say is decided later."""


def rows(source: Source) -> Iterator[Row]:
    """Raises `UnreadableFeed` for what is no array, up to where it is one."""
    text = _Text(source)
    text.take("[", "a JSON array begins with [")
    number = 0
    while not (number == 0 and text.peek() == "]"):
        number += 1
        yield Row(number, *text.element(number))
        if text.peek() == "]":
            break
        text.take(",", f"behind element {number} there is neither a comma nor the array's end")
    text.take("]", "")
    text.take("", "something stands behind the array's end")


class _Text:
    """What has been read and not yet taken, from `_at`."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._decoder = getincrementaldecoder("utf-8")()
        self._line = 1
        self._text = ""
        self._at = 0

    def peek(self) -> str:
        """The next character that is no space; none at the end."""
        while True:
            self._at = _end_of_space(self._text, self._at)
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read():
                return ""

    def take(self, expected: str, otherwise: str) -> None:
        if self.peek() != expected:
            raise UnreadableFeed(reason=otherwise)
        self._at += len(expected)

    def element(self, number: int) -> tuple[str | None, bytes]:
        """The next element's SKU, and the element as it came."""
        self.peek()
        while True:
            fault = "it goes on"
            try:
                value, end = _decode(self._text, self._at)
                if self._is_end(value, end):
                    return _sku_of(value), self._taken(number, end)
            except JSONDecodeError as error:
                fault = error.msg
            except RecursionError:
                raise UnreadableFeed(reason=f"element {number} is nested too deeply") from None
            self._check(number, len(self._text) - self._at, fault)
            if not self._read():
                raise UnreadableFeed(reason=f"element {number} is cut off, or no JSON: {fault}")

    def _is_end(self, value: object, end: int) -> bool:
        """A number may go on where the text ends, or behind its point: "1." is read as 1."""
        following = self._text[end : end + 1]
        return following in _BEHIND if isinstance(value, float) else following != ""

    def _taken(self, number: int, end: int) -> bytes:
        raw = self._text[self._at : end].encode()
        self._check(number, len(raw), "it has an end")
        self._at = end
        return raw

    def _check(self, number: int, size: int, fault: str) -> None:
        limit = self._source.row_bytes
        if size > limit:
            reason = f"element {number} is longer than {limit} bytes, or no JSON: {fault}"
            raise UnreadableFeed(reason=reason)

    def _read(self) -> bool:
        """As much again as there is, so that a long element is not parsed too often."""
        piece = self._source.piece(max(PIECE, len(self._text) - self._at))
        try:
            more = self._decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            line = self._line + error.object[: error.start].count(b"\n")
            raise UnreadableFeed(reason=no_utf8(error, line)) from error
        self._line += piece.count(b"\n")
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(piece)


def _sku_of(element: object) -> str | None:
    sku = element.get("sku") if isinstance(element, dict) else None
    return sku if isinstance(sku, str) else None


def _end_of_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
