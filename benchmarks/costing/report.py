"""What memory, disk and starts cost, as tables."""

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.costing.catalog import Bytes
from benchmarks.costing.held import MB, Held
from benchmarks.costing.processes import ARGUMENTS, Kind, Start
from benchmarks.costing.results import Memory, Results
from benchmarks.costing.starts import BARE, HELP, UP
from benchmarks.costing.watching import Sample
from benchmarks.harness.figures import figure
from benchmarks.harness.tables import NONE, Row, table

KB = 1_000
HEAD = ("", "at rest", "under load", "in PostgreSQL, at rest", "under load")
NAMES: Mapping[str, str] = {
    **{kind: f"`catalog {' '.join(arguments)}`" for kind, arguments in ARGUMENTS.items()},
    BARE: "Python, without anything",
    HELP: "`catalog --help`",
    UP: "`catalog up` in an empty directory, with the sample",
}


def report(results: Results) -> Iterator[str]:
    yield "Memory in MB: resident, then with its share of what processes share (PSS).\n"
    yield from table(
        HEAD, [row for kind, each in results.memory.items() for row in _rows(kind, each)]
    )
    yield "\nBytes of disk, indexes included, and of Redis:\n"
    yield from table(("", "kB"), _bytes(results.bytes))
    yield "\nStarts, from the command until it answers:\n"
    rows = [[NAMES[name], *_start(each)] for name, each in results.starts.items()]
    yield from table(("", "s", "s of a processor"), rows)


def _rows(kind: Kind, memory: Memory) -> Iterator[Row]:
    samples = memory.at_rest, memory.at_most
    yield [
        NAMES[kind],
        *(_memory(each.own) for each in samples),
        *(_connections(each) for each in samples),
    ]
    if any(each.others.resident for each in samples):
        yield ["its processes, together", *(_memory(each.others) for each in samples), NONE, NONE]


def _memory(held: Held) -> str:
    return f"{held.resident / MB:.0f}, {held.proportional / MB:.0f}"


def _connections(sample: Sample) -> str:
    """Their number, and the PSS of all backends."""
    return f"{sample.backends.proportional / MB:.0f} by {sample.connections}"


def _bytes(told: Bytes) -> Sequence[Row]:
    named = {
        "the log, an event": told.event,
        "streams and claims, a product": told.stream,
        "read tables, a product": told.product,
        "the past in the read tables, a change": told.change,
        "what a feed says, a product": told.fed,
        "written ahead (WAL) to append an event": told.appended,
        "written ahead (WAL) to project it": told.projected,
        "Redis, a product": told.remembered,
    }
    return [[what, f"{size / KB:.2f}"] for what, size in named.items()]


def _start(starts: Sequence[Start]) -> Row:
    return [
        f"{figure([each.seconds for each in starts]):.2f}",
        f"{figure([each.cpu_seconds for each in starts]):.2f}",
    ]
