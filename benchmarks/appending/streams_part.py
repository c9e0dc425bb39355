"""Commands on streams of different length, on a server of its own: all that they show."""

from dataclasses import asdict

import uvloop

from benchmarks.appending.long_streams import measure, report
from benchmarks.harness.machine import describe
from benchmarks.harness.part import Part
from benchmarks.harness.server import create_database, started

ROUNDS = 300


def measured(rounds: int = ROUNDS) -> Part:
    with started() as server:
        machine = describe(server)
        url = uvloop.run(create_database(server, "streams"))
        done = uvloop.run(measure(url, rounds))
    return Part(
        name="streams",
        machine=machine,
        how=f"{rounds} rounds",
        report=list(report(done)),
        figures={"rounds": [asdict(each) for each in done]},
    )
