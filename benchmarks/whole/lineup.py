"""Which parts a run has, from the quickest to answer the most asked to the longest."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.appending import append, append_part, streams_part
from benchmarks.costing import part as costing
from benchmarks.growing import part as growing
from benchmarks.harness.part import Part
from benchmarks.importing import course
from benchmarks.importing import part as importing
from benchmarks.past import part as past
from benchmarks.past.turns import Plan as PastPlan
from benchmarks.profiling import part as profiling
from benchmarks.projecting import lag, lag_part, rebuild, rebuild_part, throughput, throughput_part
from benchmarks.reading import part as reading
from benchmarks.reading import plan as reading_plan
from benchmarks.soak import part as soak
from benchmarks.writing import part as writing
from benchmarks.writing import plan as writing_plan


class Asked(NamedTuple):
    name: str
    measured: Callable[[], Part]


def whole(feeds: Sequence[Path]) -> Sequence[Asked]:
    """Everything; without feeds, of months made of the sample."""
    files = list(feeds)
    return (
        Asked("writes", partial(writing.measured, writing_plan.PLAN)),
        Asked("append", partial(append_part.measured, append.Plan())),
        Asked("streams", streams_part.measured),
        Asked(
            "projection-throughput", partial(throughput_part.measured, throughput.Plan(feeds=files))
        ),
        Asked("projection-lag", partial(lag_part.measured, lag.Plan(feeds=files))),
        Asked("projection-rebuild", partial(rebuild_part.measured, rebuild.Plan(feeds=files))),
        Asked("reads", partial(reading.measured, reading_plan.Plan(), files[-1:])),
        Asked("history", partial(past.measured, PastPlan(), files)),
        Asked("feeds", partial(importing.measured, course.Plan(), files)),
        Asked("profile", profiling.measured),
        Asked("cost", costing.measured),
        Asked("growth", growing.measured),
        Asked("soak", partial(soak.measured, soak.Plan())),
    )


def quick() -> Sequence[Asked]:
    """Those whose ratios have floors, with as few contestants as that takes."""
    return (
        Asked("append", partial(append_part.measured, append.QUICK)),
        Asked("writes", partial(writing.measured, writing_plan.QUICK)),
        Asked("projection-throughput", partial(throughput_part.measured, throughput.QUICK)),
        Asked("reads", partial(reading.measured, reading_plan.QUICK)),
        Asked("feeds", partial(importing.measured, course.QUICK)),
    )
