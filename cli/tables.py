"""Tables of the command line."""

import sys
from collections.abc import Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

UNBOUNDED = 10_000
"""Characters of a line that goes to no terminal: each row is one line."""


def print_table(names: Sequence[str], rows: Sequence[Sequence[str]], *, copied: int = 0) -> None:
    """The cells of one column are pasted elsewhere: they are whole, however narrow it is here."""
    table = Table(*names)
    table.columns[copied].no_wrap = True
    table.columns[copied].min_width = max((len(row[copied]) for row in rows), default=None)
    for row in rows:
        table.add_row(*map(Text, row))
    Console(width=None if sys.stdout.isatty() else UNBOUNDED).print(table, crop=False)


def minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


def second(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""
