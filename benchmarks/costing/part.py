"""What a catalog costs on servers of its own: memory, disk, and how long its processes start."""

from collections.abc import Sequence
from dataclasses import asdict, replace

import typer
import uvloop

from benchmarks.asking.client import chosen
from benchmarks.costing import starts
from benchmarks.costing.catalog import filled
from benchmarks.costing.loads import Loads
from benchmarks.costing.plan import Plan
from benchmarks.costing.processes import ARGUMENTS, Kind, begun
from benchmarks.costing.promises import promises
from benchmarks.costing.report import report
from benchmarks.costing.results import Memory, Results
from benchmarks.costing.watching import OURS, at_rest, under
from benchmarks.harness.installation import Installation, installed
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.rounds import rounds_of
from benchmarks.harness.server import create_database
from benchmarks.material.feeds import SAMPLE, Row, read_rows
from events.database import driver, pool

PLAN = Plan()


def measured(plan: Plan = PLAN) -> Part:
    """Of the sample, repeated under other SKUs."""
    with installed() as servers:
        machine = describe(servers.database_url)
        url = uvloop.run(create_database(servers.database_url, "costs"))
        installation = replace(servers, database_url=url, settings=_compiled(servers))
        results = uvloop.run(_results(installation, read_rows(SAMPLE), plan))
    return part(machine, plan, results)


def part(machine: Machine, plan: Plan, results: Results) -> Part:
    return Part(
        name="cost",
        machine=machine,
        how=str(plan),
        report=[*report(results)],
        figures=asdict(results),
        shown=[*promises(results)],
    )


def _compiled(servers: Installation) -> dict[str, str]:
    """An installation has its byte code; a checkout may not keep any."""
    kept = str(servers.directory / "bytecode")
    return {"PYTHONPYCACHEPREFIX": kept, "PYTHONDONTWRITEBYTECODE": ""}


async def _results(installation: Installation, rows: Sequence[Row], plan: Plan) -> Results:
    there = await filled(installation, rows, plan)
    ask, _ = chosen()
    async with pool(installation.database_url, application=OURS, command_timeout=None) as engine:
        loads = Loads(engine=engine, filled=there, rows=rows, ask=ask, plan=plan)
        memory = {kind: await _memory(installation, kind, loads) for kind in ARGUMENTS}
    started = [each for _ in range(plan.starts) for each in starts.once(installation)]
    started += [starts.up(installation) for _ in range(plan.ups)]
    named = rounds_of(started, lambda each: each[0])
    return Results(
        bytes=there.bytes,
        memory=memory,
        starts={name: [start for _, start in each] for name, each in named.items()},
    )


async def _memory(installation: Installation, kind: Kind, loads: Loads) -> Memory:
    typer.echo(f"memory: {kind}", err=True)
    with begun(installation, kind) as process:
        async with driver(loads.engine) as connection:
            rest = await at_rest(process.process, connection)
            load = loads.on(kind, process)
            return Memory(rest, await under(load, process.process, connection))
