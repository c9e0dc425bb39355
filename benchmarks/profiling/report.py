"""Where the time of a request goes, as tables in Markdown."""

from collections.abc import Iterator, Sequence
from itertools import islice

from benchmarks.harness.tables import NONE, Row, table
from benchmarks.profiling.measuring import Measured
from benchmarks.profiling.profiles import Shares
from benchmarks.profiling.spying import PER_SECOND
from benchmarks.profiling.stages import OTHER, stages

TOP = 10
"""Functions that are named of each path."""
MILLISECONDS = 1e-3
"""In microseconds."""


def report(measured: Sequence[Measured]) -> Iterator[str]:
    yield "Processor time of the API's process for a request, in µs, and its share:\n"
    yield from table(["", *_operations(measured), "what it is"], list(_budget(measured)))
    yield "\nOn one connection, where nobody else asks, a request on average, in ms:\n"
    head = ["", "p50", "until answered", "processor", "append's call and its commit"]
    yield from table(head, [_alone(each) for each in measured])
    for each in measured:
        yield f"\n`{each.path.operation}`: functions by their own time, and with what they call:\n"
        yield from table(["function", "own", "function", "with calls"], list(_functions(each)))
        yield from _noted(each)


def _operations(measured: Sequence[Measured]) -> Row:
    return [f"`{each.path.operation}`" for each in measured]


def _budget(measured: Sequence[Measured]) -> Iterator[Row]:
    for stage, described in stages().described.items():
        yield [stage, *(_spent(each, each.profile.by_stage[stage]) for each in measured), described]
    yield ["all", *(_spent(each, 1.0) for each in measured), "of which in the kernel:"]
    yield ["kernel", *(_spent(each, _kernel(each)) for each in measured), "system calls"]


def _kernel(measured: Measured) -> float:
    return measured.kernel_microseconds / measured.microseconds


def _spent(measured: Measured, share: float) -> str:
    return f"{share * measured.microseconds:.1f} ({share:.0%})"


def _alone(measured: Measured) -> Row:
    lone = measured.lone
    until_answered = lone.asked.seconds * 1e6 / lone.requests
    appending = lone.each(lone.used.appending)
    columns = (until_answered, lone.each(lone.used.processor), appending)
    told = [f"{each * MILLISECONDS:.2f}" if each else NONE for each in columns]
    return [f"`{measured.path.operation}`", f"{lone.asked.p50_ms:.2f}", *told]


def _functions(measured: Measured) -> Iterator[Row]:
    own, inclusive = (
        islice(shares.items(), TOP) for shares in (measured.profile.own, measured.profile.inclusive)
    )
    for (one, its), (another, others) in zip(own, inclusive, strict=False):
        yield [f"`{one}`", f"{its:.1%}", f"`{another}`", f"{others:.1%}"]


def _noted(measured: Measured) -> Iterator[str]:
    profile, looked_at = measured.profile, measured.looked_at
    slower = looked_at.asked.per_second / measured.per_second
    seconds = profile.samples / PER_SECOND
    yield (
        f"\n{profile.samples:,} samples, {PER_SECOND} a second: {seconds:.1f} s, for"
        f" {looked_at.used.processor:.1f} s of which it had a processor. Looked at, it answered"
        f" {slower:.0%} as many requests as otherwise."
    )
    if profile.by_stage[OTHER]:
        yield f"In no stage: {_listed(profile.unknown)}."


def _listed(shares: Shares) -> str:
    some = islice(shares.items(), TOP)
    return ", ".join(f"`{name}` {share:.1%}" for name, share in some)
