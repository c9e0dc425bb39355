"""Rows in columns, printed one by one: nobody waits for the last, and none is remembered."""

from collections.abc import Sequence

from rich.text import Text

GAP = "  "
LEAST = 4
"""Characters of a column, however narrow the terminal is."""


class Grid:
    """Columns of a width, and of those that have none each an equal part of what is left."""

    def __init__(self, columns: Sequence[tuple[str, int | None]], width: int) -> None:
        given = [each for _, each in columns]
        left = width - len(GAP) * (len(columns) - 1) - sum(each or 0 for each in given)
        share = max(LEAST, left // max(1, given.count(None)))
        self._names = [name for name, _ in columns]
        self._widths = [each or share for each in given]

    @property
    def header(self) -> Text:
        return self.line([Text(name, "bold underline") for name in self._names])

    def line(self, cells: Sequence[Text]) -> Text:
        """What is too long ends in an ellipsis."""
        fitted = [cell.copy() for cell in cells]
        for cell, width in zip(fitted, self._widths, strict=True):
            cell.truncate(width, overflow="ellipsis", pad=True)
        return Text(GAP).join(fitted)
