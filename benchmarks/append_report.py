"""The results of `benchmarks/append.py` as tables in Markdown, ratios first."""

from collections.abc import Iterator, Sequence

from benchmarks.append import Cell
from benchmarks.contestants.lineup import OURS
from benchmarks.promises import PROMISES
from benchmarks.results import Results, figure

type Row = Sequence[str]
NONE = "-"


def report(results: Results) -> Iterator[str]:
    yield "The log against each, times (least … most of the rounds):\n"
    yield from table(["", "measured", "kept"], _promises(results))
    for delay in results.delays:
        yield f"\nCommit delay {delay} ms. Appends a second of the log, as times those of others:\n"
        yield from _ratios(results, delay)
        yield f"\nCommit delay {delay} ms. Appends a second; p50 and p99 in ms:\n"
        yield from _rates(results, delay)


def table(head: Row, rows: Sequence[Row]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, ["-" * width for width in widths], *rows):
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        yield f"| {' | '.join(padded)} |"


def _promises(results: Results) -> list[Row]:
    return [
        [str(promise), f"{measured:.2f}", "yes" if promise.kept(measured) else "NO"]
        for promise in PROMISES
        if (measured := promise.measured(results))
    ]


def _ratios(results: Results, delay: int) -> Iterator[str]:
    others = [who for who in results.contestants if who != OURS.name]
    ratios = [[results.ratio(OURS.name, who, n, delay) for n in results.writers] for who in others]
    rows = [
        [who, *(f"{ratio:.2f}" if ratio else NONE for ratio in row)]
        for who, row in zip(others, ratios, strict=True)
    ]
    return table(_head(results), rows)


def _rates(results: Results, delay: int) -> Iterator[str]:
    rows = [
        [who, *(_cell(results.of(who, n, delay)) for n in results.writers)]
        for who in results.contestants
    ]
    return table(_head(results), rows)


def _head(results: Results) -> Row:
    return ["", *(f"{n} writers" if n > 1 else "1 writer" for n in results.writers)]


def _cell(cells: Sequence[Cell]) -> str:
    if not cells:
        return NONE
    rate = figure([cell.load.per_second for cell in cells])
    p50, p99 = (figure([cell.latency_ms(share) for cell in cells]) for share in (0.5, 0.99))
    return f"{rate:,.0f}; {p50.median:.2f}, {p99.median:.2f}"
