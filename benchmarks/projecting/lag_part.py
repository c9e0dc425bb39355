"""How soon a write can be read: what it shows."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from benchmarks.asking.lagging import Lag
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.tables import NONE, table
from benchmarks.projecting.filled import filled
from benchmarks.projecting.lag import Plan, measure


def measured(plan: Plan) -> Part:
    with filled(plan.feeds, plan.events) as (installation, head):
        machine = describe(installation.database_url)
        return part(machine, plan, head, measure(installation, head, plan))


def part(machine: Machine, plan: Plan, events: int, lags: Sequence[Lag]) -> Part:
    hints = "with hints" if plan.hints else "by polling alone"
    return Part(
        name="projection-lag",
        machine=machine,
        how=f"{plan.seconds:g} s for each rate, {hints}, in a log of {events:,} events",
        report=list(report(lags)),
        figures={"hints": plan.hints, "lags": [asdict(each) for each in lags]},
        failed=_failed(lags),
    )


def _failed(lags: Sequence[Lag]) -> str | None:
    at = [
        f"{lag.refused:,} at {lag.writes_per_second:,.0f} a second" for lag in lags if lag.refused
    ]
    return f"writes were refused: {', '.join(at)}" if at else None


def report(lags: Sequence[Lag]) -> Iterator[str]:
    head = [
        "writes a second",
        "visible, times as late as acknowledged (p50)",
        "acknowledged (p50, p95, p99, longest; ms)",
        "visible",
        "visible after the acknowledgement",
        "refused",
    ]
    return table(head, [_row(lag) for lag in lags])


def _row(lag: Lag) -> list[str]:
    ratio = f"{lag.visible.p50 / lag.acknowledged.p50:.1f}" if lag.writes else NONE
    spreads = (lag.acknowledged, lag.visible, lag.visible_after)
    return [f"{lag.writes_per_second:,.0f}", ratio, *map(str, spreads), f"{lag.refused:,}"]
