"""Tables in Markdown."""

from collections.abc import Iterator, Sequence

type Row = Sequence[str]
NONE = "-"


def table(head: Row, rows: Sequence[Row]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * width for width in widths], *rows):
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield f"| {' | '.join(padded)} |"
