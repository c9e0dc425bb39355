"""Profiles of the hot paths, on servers of their own: all that they show."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import islice

import typer
import uvloop

from benchmarks.asking.client import chosen
from benchmarks.harness.installation import installed
from benchmarks.harness.machine import describe
from benchmarks.harness.part import Part
from benchmarks.harness.server import create_database
from benchmarks.profiling.measuring import Measured, Plan, measure
from benchmarks.profiling.paths import hot_paths
from benchmarks.profiling.profiles import Shares
from benchmarks.profiling.report import TOP, report
from benchmarks.profiling.spying import NotAllowedError

PLAN = Plan()
QUICK = Plan(rounds=1, seconds=1, profiled_seconds=2)


def measured(plan: Plan = PLAN) -> Part:
    ask, client = chosen()
    done, failed = list[Measured](), None
    with installed() as servers:
        machine = describe(servers.database_url)
        url = uvloop.run(create_database(servers.database_url, "profile"))
        try:
            with hot_paths(replace(servers, database_url=url)) as paths:
                done = uvloop.run(measure(paths, ask, plan, servers.directory, _say))
        except NotAllowedError as error:
            failed = str(error)
    if any(each.failed for each in done):
        failed = "requests failed, or were not answered as they should be"
    return Part(
        name="profile",
        machine=machine,
        how=f"{plan.rounds} rounds of {plan.seconds} s a path, then {plan.profiled_seconds} s"
        f" looked at, {plan.connections} connections; asked by {client}",
        report=list(report(done)) if done else [],
        figures={"paths": {each.path.name: _as_json(each) for each in done}},
        failed=failed,
    )


def _as_json(measured: Measured) -> Mapping[str, object]:
    profile = measured.profile
    return {
        "operation": measured.path.operation,
        "turns": [asdict(each) for each in measured.turns],
        "lone": asdict(measured.lone),
        "looked_at": asdict(measured.looked_at),
        "microseconds": measured.microseconds,
        "kernel_microseconds": measured.kernel_microseconds,
        "samples": profile.samples,
        "stages": profile.by_stage,
        "own": _top(profile.own),
        "inclusive": _top(profile.inclusive),
        "in_no_stage": _top(profile.unknown),
    }


def _top(shares: Shares) -> Shares:
    return dict(islice(shares.items(), TOP))


def _say(told: str) -> None:
    typer.echo(told, err=True)
