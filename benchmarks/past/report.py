"""What the past cost, as tables in Markdown."""

from collections.abc import Iterator, Sequence

from benchmarks.asking.asking import Asked
from benchmarks.harness.figures import figure
from benchmarks.harness.tables import Row, table
from benchmarks.past.outcome import LONG, Outcome
from benchmarks.past.promises import times
from benchmarks.past.turns import Turn

LISTS = ["", "times the present's", "now: p50, ms", "p99, ms", "then: p50, ms", "p99, ms", "failed"]
VERSIONS = [f"version, of {LONG:,}", "p50, ms", "p99, ms", "failed"]


def report(outcome: Outcome) -> Iterator[str]:
    yield "Lists of the past and of the present, in turns, over HTTP on one connection:\n"
    yield from table(LISTS, [_of_list(name, turns) for name, turns in outcome.by_list.items()])
    yield "\nVersions of a long product, likewise:\n"
    of_versions = outcome.by_version.items()
    yield from table(VERSIONS, [[f"{n:,}", *_spread(of), _failed(of)] for n, of in of_versions])


def _of_list(name: str, turns: Sequence[Turn]) -> Row:
    now, then = [turn.now for turn in turns], [turn.then for turn in turns]
    return [name, f"{times(turns):.2f}", *_spread(now), *_spread(then), _failed([*now, *then])]


def _spread(rounds: Sequence[Asked]) -> Row:
    p50, p99 = figure([each.p50_ms for each in rounds]), figure([each.p99_ms for each in rounds])
    return [f"{p50:.2f}", f"{p99:.2f}"]


def _failed(rounds: Sequence[Asked]) -> str:
    return f"{sum(each.failed for each in rounds):,}"
