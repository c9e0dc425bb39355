"""What a single benchmark tells who asked for it."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.harness.kept import keep
from benchmarks.harness.part import Part
from benchmarks.harness.run import THIS
from benchmarks.harness.shown import promised


def tell(part: Part, kept_as: Path | None) -> None:
    """Print it, keep it, and leave with an error where it failed."""
    for line in lines(part):
        print(line)
    print(f"\n{part.machine}; {part.how}")
    keep(kept_as, {"run": str(part.run), "commit": THIS.commit, **as_json(part)})
    if part.failed:
        sys.exit(part.failed)


def lines(part: Part) -> Iterator[str]:
    """In Markdown, promises first."""
    if part.shown:
        yield "What was promised; medians (least … most of the rounds):\n"
        yield from promised(part.shown)
        yield ""
    yield from part.report


def as_json(part: Part) -> dict[str, object]:
    return {
        "machine": asdict(part.machine),
        "how": part.how,
        "promises": [asdict(each) for each in part.shown],
        "ratios": {name: asdict(ratio) for name, ratio in part.ratios.items()},
        "failed": part.failed,
        **part.figures,
    }
