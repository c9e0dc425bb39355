"""What the past is meant to be, and to cost, and whether it was and did."""

from collections.abc import Iterator, Sequence

from benchmarks.asking.asking import Asked
from benchmarks.harness.figures import Figure, figure, ratio
from benchmarks.harness.shown import Shown
from benchmarks.material.months import spelled
from benchmarks.past.lowest_prices import DAYS, Checked
from benchmarks.past.outcome import LONG, Outcome
from benchmarks.past.turns import Turn

VERSION_MS = 10.0
"""p50 of any version of a product of LONG events."""
TIMES = 5.0
"""p50 of a list of the past, at most so many times that of the same list of the present."""


def promises(outcome: Outcome) -> list[Shown]:
    return [*_snapshots(outcome), *_lowest(outcome), *_versions(outcome), *_lists(outcome)]


def times(turns: Sequence[Turn]) -> Figure:
    """The past's p50, as times the present's."""
    return ratio([turn.then.p50_ms for turn in turns], [turn.now.p50_ms for turn in turns])


def _snapshots(outcome: Outcome) -> Iterator[Shown]:
    for n, (did, expected) in enumerate(zip(outcome.months, outcome.expected, strict=True), 1):
        yield Shown(f"snapshot {n}: {spelled(expected)}", spelled(did), did == expected)
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
    for version, rounds in outcome.by_version.items():
        p50 = figure([each.p50_ms for each in rounds])
        what = f"version {version:,} of {LONG:,}, p50 at most {VERSION_MS:g} ms"
        yield Shown(what, f"{p50:.2f}", p50.median <= VERSION_MS and _flawless(rounds))


def _lists(outcome: Outcome) -> Iterator[Shown]:
    for name, turns in outcome.by_list.items():
        measured = times(turns)
        well = _flawless([asked for turn in turns for asked in (turn.now, turn.then)])
        what = f"{name}, p50 at most {TIMES:g} times the present's"
        yield Shown(what, f"{measured:.2f}", measured.median <= TIMES and well)


def _flawless(asked: Sequence[Asked]) -> bool:
    return not any(each.failed for each in asked)
