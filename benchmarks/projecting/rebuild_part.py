"""What others notice of a rebuild: what it shows, and what was promised of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.shown import Shown
from benchmarks.harness.tables import table
from benchmarks.material.rebuilding import by_command
from benchmarks.projecting.filled import filled
from benchmarks.projecting.rebuild import Outcome, Phase, Plan, measure

FLAWED = "requests failed, or were answered from before what they asked for"


def measured(plan: Plan) -> Part:
    with filled(plan.feeds, plan.events) as (installation, head):
        machine = describe(installation.database_url)
        return part(machine, plan, head, measure(installation, head, by_command, plan))


def part(machine: Machine, plan: Plan, events: int, outcome: Outcome) -> Part:
    shown = list(promises(plan, outcome))
    return Part(
        name="projection-rebuild",
        machine=machine,
        how=f"{plan.seconds:g} s before the rebuild of a log of {events:,} events",
        report=list(report(outcome)),
        figures={"outcome": asdict(outcome)},
        shown=shown,
        failed=None if all(each.kept for each in shown) else FLAWED,
    )


def promises(plan: Plan, outcome: Outcome) -> Iterator[Shown]:
    rates = f"{plan.writes_per_second:g} writes and {plan.reads_per_second:g} reads a second"
    asked = sum(phase.requests for phase in outcome.phases)
    failed = sum(sum(phase.failures.values()) for phase in outcome.phases)
    stale = sum(phase.stale for phase in outcome.phases)
    for what, count in (("failed", failed), ("were stale", stale)):
        under = f"a rebuild under {rates}: requests that {what}, none"
        yield Shown(under, f"{count:,} of {asked:,}", count == 0)


def report(outcome: Outcome) -> Iterator[str]:
    head = [
        "",
        "during the rebuild, times as slow as before (p50, p99)",
        "before (p50, p95, p99, longest; ms)",
        "during",
        "requests",
        "failed",
        "stale",
    ]
    pairs = zip(outcome.before, outcome.during, strict=True)
    yield from table(head, [_row(before, during) for before, during in pairs])
    yield f"\nThe rebuild took {outcome.rebuild_seconds:.1f} s."


def _row(before: Phase, during: Phase) -> Sequence[str]:
    p50, p99 = (
        during.latency.p50 / before.latency.p50,
        during.latency.p99 / before.latency.p99,
    )
    failures = Counter(before.failures) + Counter(during.failures)
    return [
        f"{before.what}s",
        f"{p50:.1f}, {p99:.1f}",
        str(before.latency),
        str(during.latency),
        f"{before.requests + during.requests:,}",
        ", ".join(f"{count} of {failure}" for failure, count in failures.items()) or "0",
        str(before.stale + during.stale),
    ]
