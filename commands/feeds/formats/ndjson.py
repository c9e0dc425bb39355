"""NDJSON: a JSON object a line. A line that is none fails alone."""

from collections.abc import Iterator

from commands.errors import UnreadableFeed
from commands.feeds.formats.json_rows import sku_of
from commands.feeds.formats.source import Source
from commands.feeds.rows import Row


def rows(source: Source) -> Iterator[Row]:
    """Raises `UnreadableFeed`, also for more of nothing between two rows than a row may have."""
    blank = 0
    for number, line in enumerate(source.lines(), 1):
        if raw := line.strip():
            blank = 0
            yield Row(number, sku_of(raw), raw)
        elif (blank := blank + len(line)) > source.row_bytes:
            reason = f"more than {source.row_bytes} bytes up to line {number} are blank"
            raise UnreadableFeed(reason=reason)
