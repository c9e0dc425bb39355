"""`docs/benchmarks.md`: the figures of one run, promises first."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain

from benchmarks.harness.run import AcrossRunsError, Run
from benchmarks.harness.tables import table
from benchmarks.harness.telling import as_json
from benchmarks.whole.running import Measured

KEPT, NOT_KEPT = "yes", "**no**"
HEAD = """\
# Benchmarks
Made by `make bench` on {run.begun:%Y-%m-%d}, of commit `{run.commit}`, in {minutes:.0f} minutes:
one run (`{run.id}`), not edited. How each figure comes about is told in
[measuring.md](measuring.md); all that was measured is in [benchmarks.json](benchmarks.json).

Absolute figures are those of the machine that is named here. Ratios are of two that took turns on
it within each round; a figure is the median of the rounds, with the least and the most in
brackets."""


def check(run: Run, measured: Sequence[Measured]) -> None:
    """Raises `AcrossRunsError` where a part was measured in another run."""
    if strangers := [each.name for each in measured if each.part and each.part.run != run.id]:
        raise AcrossRunsError(f"of another run than {run.id}: {', '.join(strangers)}")


def page(run: Run, asked: Sequence[str], measured: Sequence[Measured]) -> str:
    """In Markdown, with the names of parts that were asked for and not measured.

    Raises `AcrossRunsError`.
    """
    check(run, measured)
    missing = [name for name in asked if name not in {each.name for each in measured}]
    told = [*_head(run, measured), *_promises(measured, missing), *_parts(measured), ""]
    return "\n".join(told)


def figures(run: Run, measured: Sequence[Measured]) -> dict[str, object]:
    """The same for programs. Raises `AcrossRunsError`."""
    check(run, measured)
    return {
        "run": str(run.id),
        "commit": run.commit,
        "begun": run.begun.isoformat(),
        "parts": {
            each.name: {
                "seconds": round(each.seconds, 1),
                **(as_json(each.part) if each.part else {"failed": each.broken}),
            }
            for each in measured
        },
    }


def _head(run: Run, measured: Sequence[Measured]) -> Iterator[str]:
    took = (datetime.now(UTC) - run.begun).total_seconds() / 60
    yield HEAD.format(run=run, minutes=took)
    if there := [each.part for each in measured if each.part]:
        yield f"\n{there[0].machine}\n"


def _promises(measured: Sequence[Measured], missing: Sequence[str]) -> Iterator[str]:
    yield "## What was promised"
    promises = [(each.name, shown) for each in measured if each.part for shown in each.part.shown]
    broken = [f"{shown.what} ({_link(name)})" for name, shown in promises if not shown.kept]
    yield f"{len(promises) - len(broken)} of {len(promises)} are kept by this run. Not kept:\n"
    yield from (f"- {each}" for each in broken or ["none"])
    for each in measured:
        if each.failed:
            yield f"\n**{each.name}** failed: {each.failed}."
    if missing:
        yield f"\n**Not measured**: {', '.join(missing)}."
    yield "\nAll of them:\n"
    rows = [
        [_link(name), shown.what, shown.measured, KEPT if shown.kept else NOT_KEPT]
        for name, shown in promises
    ]
    yield from table(["part", "promise", "measured", "kept"], rows)


def _link(name: str) -> str:
    return f"[{name}](#{name})"


def _parts(measured: Sequence[Measured]) -> Iterator[str]:
    return chain.from_iterable(_part(each) for each in measured)


def _part(measured: Measured) -> Iterator[str]:
    yield f"\n## {measured.name}"
    if measured.part is None:
        yield f"Broke off: {measured.broken}."
        return
    yield f"*{measured.part.how}; {measured.seconds / 60:.1f} minutes.*"
    section = measured.name.partition("-")[0]
    yield f"[How it is measured](measuring.md#{section}).\n"
    yield from measured.part.report
