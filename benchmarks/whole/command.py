"""`make bench`: all of it, or what the gate asks for."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from errno import ENOSPC
from pathlib import Path
from shutil import disk_usage, which
from tempfile import gettempdir

from benchmarks.harness.figures import Figure
from benchmarks.harness.kept import keep
from benchmarks.harness.machine import GIB
from benchmarks.harness.run import ROOT, THIS
from benchmarks.harness.tables import table
from benchmarks.whole import floors
from benchmarks.whole.lineup import quick, whole
from benchmarks.whole.page import figures, page
from benchmarks.whole.running import Measured, run

DOCS = ROOT / "docs"
PAGE, FIGURES, DRAWINGS = "benchmarks.md", "benchmarks.json", "benchmarks"
DISK_BYTES = 14 * GIB
"""The longest log and what is written beside it."""
WITHOUT_WRK = "wrk is not installed: the floors are of what it measures (apt install wrk)"


def measure_all(feeds: Sequence[Path], into: Path) -> None:
    """Write page, figures and drawings in the end, and what there is until then as `*.partial`.

    Raises `NotADirectoryError`, and `OSError` where the disk has no room for it.
    """
    if not into.is_dir():
        raise NotADirectoryError(into)
    if disk_usage(gettempdir()).free < DISK_BYTES:
        raise OSError(ENOSPC, f"{DISK_BYTES / GIB:.0f} GiB are needed in", gettempdir())
    asked = whole(feeds)
    names = [each.name for each in asked]
    done: list[Measured] = []
    for measured in run(asked):
        done.append(measured)
        _write(names, done, into, ".partial")
    _write(names, done, into)
    for name in PAGE, FIGURES:
        (into / f"{name}.partial").unlink()
    if failed := [each.name for each in done if each.failed]:
        sys.exit(f"failed: {', '.join(failed)}")


def _write(names: Sequence[str], done: Sequence[Measured], into: Path, suffix: str = "") -> None:
    (into / f"{PAGE}{suffix}").write_text(page(THIS, names, done))
    keep(into / f"{FIGURES}{suffix}", figures(THIS, done))
    (into / DRAWINGS).mkdir(exist_ok=True)
    for part in filter(None, (each.part for each in done)):
        for name, drawing in part.drawings.items():
            (into / DRAWINGS / name).write_text(drawing)


def hold_floors() -> None:
    """Measure the ratios that have floors; where one fell once more, and the better counts.

    Leaves with an error where one fell twice, has no floor, or was not measured.
    """
    if not which("wrk"):
        sys.exit(WITHOUT_WRK)
    held = floors.floors()
    first = list(run(quick()))
    ratios = _ratios(first)
    if fallen := floors.below(ratios, held):
        named = [
            each.name
            for each in first
            if each.part and not each.part.ratios.keys().isdisjoint(fallen)
        ]
        ratios = _better(ratios, _ratios(run(asked for asked in quick() if asked.name in named)))
    for line in table(["", "measured", "floor", "at least", "kept"], [*floors.rows(ratios, held)]):
        print(line)
    wrong = [*(each.failed for each in first if each.failed), *floors.unmatched(ratios, held)]
    if wrong := [*wrong, *floors.below(ratios, held)]:
        sys.exit(f"not as it has to be: {'; '.join(wrong)}")


def _ratios(measured: Iterable[Measured]) -> dict[str, Figure]:
    parts = (each.part for each in measured if each.part)
    return {name: ratio for part in parts for name, ratio in part.ratios.items()}


def _better(first: Mapping[str, Figure], again: Mapping[str, Figure]) -> dict[str, Figure]:
    return {
        name: max(ratio, again.get(name, ratio), key=lambda figure: figure.median)
        for name, ratio in first.items()
    }
