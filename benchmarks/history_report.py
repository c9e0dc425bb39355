"""What was shown of the past as tables in Markdown, promises first."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from benchmarks.append_report import table
from benchmarks.asking import Asked
from benchmarks.history import LONG, Outcome
from benchmarks.lowest_prices import DAYS, Checked
from benchmarks.past_turns import Turn
from benchmarks.results import Figure, figure
from benchmarks.shown import Shown, promised

VERSION_MS = 10.0
"""p50 of any version of a product of LONG events."""
TIMES = 5.0
"""p50 of a list of the past, at most so many times that of the same list of the present."""
HEAD = ["", "p50, ms", "p99, ms", "failed"]


def report(outcome: Outcome) -> Iterator[str]:
    yield "What was promised; of figures the medians (least … most of the rounds):\n"
    yield from promised(promises(outcome))
    yield "\nAsked over HTTP one by one, on one connection:\n"
    yield from table(HEAD, [_row(name, asked) for name, asked in _named(outcome).items()])


def promises(outcome: Outcome) -> list[Shown]:
    return [*_snapshots(outcome), *_lowest(outcome), *_versions(outcome), *_lists(outcome)]


def _snapshots(outcome: Outcome) -> Iterator[Shown]:
    for n, (did, expected) in enumerate(zip(outcome.months, outcome.expected, strict=True), 1):
        yield Shown(f"snapshot {n}: {expected}", str(did), did == expected)
    for each in outcome.compared:
        differ = f"{len(each.differing):,} of {each.products:,} products differ"
        yield Shown(f"as of {each.moment}, what the snapshot says", differ, not each.differing)


def _lowest(outcome: Outcome) -> Iterator[Shown]:
    checked = {"": outcome.lowest.by_function, ", some over HTTP": outcome.lowest.over_http}
    what = (
        f"lowest price in {DAYS} days of {outcome.lowest.products:,} products at"
        f" {len(outcome.lowest.moments)} moments, as by brute force"
    )
    for how, found in checked.items():
        yield Shown(what + how, _wrong(found), not found.wrong)


def _wrong(checked: Checked) -> str:
    return f"{len(checked.wrong):,} of {checked.answers:,} differ"


def _versions(outcome: Outcome) -> Iterator[Shown]:
    for version, rounds in _by_version(outcome).items():
        p50 = figure([each.p50_ms for each in rounds])
        what = f"version {version:,} of {LONG:,}, p50 at most {VERSION_MS:g} ms"
        yield Shown(what, f"{p50:.2f}", p50.median <= VERSION_MS and _flawless(rounds))


def _lists(outcome: Outcome) -> Iterator[Shown]:
    for name, turns in _by_name(outcome).items():
        ratio = figure([turn.ratio for turn in turns])
        well = _flawless(chain.from_iterable((turn.now, turn.then) for turn in turns))
        what = f"{name}, p50 at most {TIMES:g} times the present's"
        yield Shown(what, f"{ratio:.2f}", ratio.median <= TIMES and well)


def _flawless(asked: Iterator[Asked] | Sequence[Asked]) -> bool:
    return not any(each.failed for each in asked)


def _by_version(outcome: Outcome) -> dict[int, list[Asked]]:
    found: dict[int, list[Asked]] = {}
    for version, asked in outcome.versions:
        found.setdefault(version, []).append(asked)
    return found


def _by_name(outcome: Outcome) -> dict[str, list[Turn]]:
    found: dict[str, list[Turn]] = {}
    for turn in outcome.turns:
        found.setdefault(turn.name, []).append(turn)
    return found


def _named(outcome: Outcome) -> dict[str, list[Asked]]:
    versions = {
        f"version {version:,} of {LONG:,}": rounds
        for version, rounds in _by_version(outcome).items()
    }
    lists = {
        f"{name}, {when}": [asked(turn) for turn in turns]
        for name, turns in _by_name(outcome).items()
        for when, asked in WHEN.items()
    }
    return versions | lists


WHEN: dict[str, Callable[[Turn], Asked]] = {
    "now": lambda turn: turn.now,
    "as of then": lambda turn: turn.then,
}


def _row(name: str, rounds: Sequence[Asked]) -> list[str]:
    p50, p99 = figure([each.p50_ms for each in rounds]), figure([each.p99_ms for each in rounds])
    return [name, *(_spelled(each) for each in (p50, p99)), str(sum(e.failed for e in rounds))]


def _spelled(each: Figure) -> str:
    return f"{each:.2f}"
