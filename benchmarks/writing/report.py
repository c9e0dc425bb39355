"""The results of `turns.py` as tables in Markdown, ratios first."""

from collections.abc import Iterator, Sequence
from itertools import product

from benchmarks.asking.asking import Asked
from benchmarks.asking.measures import p50_ms, p99_ms, per_second
from benchmarks.harness.figures import Figure, figure
from benchmarks.harness.tables import NONE, Row, table
from benchmarks.writing.plan import BOTH, CRUD, EVENTSOURCING, METHODS, Method
from benchmarks.writing.results import Results

HEADINGS = {"POST": "New products", "PUT": "Changed prices"}
LOADS = "connections or threads"
TOKENS = (
    f"{CRUD} verifies the token's Ed25519 signature in each request. Ours remembers a token that it"
    " has verified, and all connections send the same one."
    f" {EVENTSOURCING} has no token to verify.\n"
)


def report(results: Results) -> Iterator[str]:
    for method in METHODS:
        yield f"{HEADINGS[method]}: writes a second of ours, as times others':\n"
        yield from _ratios(results, method)
        yield f"\n{HEADINGS[method]}: writes a second; p50 and p99 in ms:\n"
        yield from _rates(results, method)
        yield ""
    yield TOKENS
    yield _durable(results)


def _ratios(results: Results, method: Method) -> Iterator[str]:
    us = [who for who in results.contestants if who in BOTH]
    others = [who for who in results.contestants if who not in BOTH]
    rows = [
        [
            who,
            other,
            *(_told(results.ratio(method, who, other, n)) for n in results.writers),
            _told(results.ratio_of_best(method, who, [other])),
        ]
        for who, other in product(us, others)
    ]
    return table([LOADS, "as times", *_writers(results), "each at its best"], rows)


def _told(times: Figure | None) -> str:
    return f"{times:.2f}" if times else NONE


def _rates(results: Results, method: Method) -> Iterator[str]:
    rows = [
        [who, *(_rate(results.of(method, who, n)) for n in results.writers)]
        for who in results.contestants
    ]
    return table([LOADS, *_writers(results)], rows)


def _writers(results: Results) -> Row:
    return [f"{n:,}" for n in results.writers]


def _rate(cells: Sequence[Asked]) -> str:
    if not cells:
        return NONE
    rate, p50, p99 = (figure([*map(measure, cells)]) for measure in (per_second, p50_ms, p99_ms))
    return f"{rate:,.0f}; {p50.median:.2f}, {p99.median:.2f}"


def _durable(results: Results) -> str:
    looked_at = [cell for cell in results.cells if cell.written.found is not None]
    acknowledged = sum(cell.written.asked.requests for cell in looked_at)
    return (
        f"{acknowledged:,} writes were acknowledged over HTTP, and {results.failed:,} failed. After"
        f" {len(looked_at) - len(results.dishonest):,} of {len(looked_at):,} turns the database had"
        " all that were acknowledged, and beside them at most what was under way."
    )
