"""The results of `append.py` as tables in Markdown, ratios first."""

from collections.abc import Iterator, Sequence

from benchmarks.appending.append import Cell
from benchmarks.appending.contestants.lineup import OURS
from benchmarks.appending.results import Results, p50_ms, p99_ms, per_second
from benchmarks.harness.figures import figure
from benchmarks.harness.tables import NONE, Row, table


def report(results: Results) -> Iterator[str]:
    for n, delay in enumerate(results.delays):
        lead = "\n" if n else ""
        yield f"{lead}Commit delay {delay} ms. Appends a second of the log, as times others':\n"
        yield from _ratios(results, delay)
        yield f"\nCommit delay {delay} ms. Appends a second; p50 and p99 in ms:\n"
        yield from _rates(results, delay)


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
    rate, p50, p99 = (figure([*map(measure, cells)]) for measure in (per_second, p50_ms, p99_ms))
    return f"{rate:,.0f}; {p50.median:.2f}, {p99.median:.2f}"
