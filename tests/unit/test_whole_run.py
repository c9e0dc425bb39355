"""A run of all benchmarks: what it refuses, what it tells of what broke, and of floors."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from benchmarks.harness.figures import Figure
from benchmarks.harness.part import Part
from benchmarks.harness.run import THIS, AcrossRunsError
from benchmarks.harness.shown import Shown
from benchmarks.whole import command
from benchmarks.whole import floors as floors_of
from benchmarks.whole.floors import Floor, below, floors, unmatched
from benchmarks.whole.lineup import Asked
from benchmarks.whole.page import figures, page
from benchmarks.whole.running import Measured, run
from tests.measured import MACHINE

KEPT, BROKEN = Shown("fast", "3", kept=True), Shown("small", "900", kept=False)
HELD = {"a": Floor(10, 0.4), "b": Floor(2, 0.4)}


def part(name: str = "append", /, **ratios: float) -> Part:
    return Part(
        name=name,
        machine=MACHINE,
        how="3 rounds",
        report=["| a table |"],
        figures={"cells": [1, 2]},
        shown=[KEPT, BROKEN],
        ratios={name: Figure(ratio, ratio, ratio) for name, ratio in ratios.items()},
    )


def _part(ratios: Mapping[str, float]) -> Part:
    return part("append", **ratios)


def done(of: Part) -> Measured:
    return Measured(of.name, 90, of, None)


def test_a_page_tells_all_promises_first() -> None:
    text = page(THIS, ["append", "soak", "growth"], [done(part()), done(part("soak"))])

    assert str(THIS.id) in text
    assert "2 of 4 are kept by this run." in text
    assert "- small ([soak](#soak))" in text
    assert text.index("| [soak](#soak) ") < text.index("| a table |")
    assert "*3 rounds; 1.5 minutes.*" in text
    assert "**Not measured**: growth." in text


def test_a_page_is_of_one_run() -> None:
    stranger = replace(part("soak"), run=uuid4())
    measured = [done(part()), done(stranger)]
    for tells in (partial(page, THIS, []), partial(figures, THIS)):
        with pytest.raises(AcrossRunsError, match="soak"):
            tells(measured)


def test_what_broke_keeps_no_other_from_being_told(capsys: pytest.CaptureFixture[str]) -> None:
    def breaks() -> Part:
        raise RuntimeError("no disk")

    measured = list(run([Asked("growth", breaks), Asked("append", part)]))

    assert [each.failed for each in measured] == ["RuntimeError: no disk", None]
    assert "Broke off: RuntimeError: no disk." in page(THIS, [], measured)
    assert figures(THIS, measured)["parts"]
    assert "no disk" in capsys.readouterr().err


def test_a_ratio_falls_below_its_floor_by_more_than_noise() -> None:
    ratios = part(a=6.1, b=1.1).ratios
    assert below(ratios, HELD) == {"b"}
    assert not unmatched(ratios, HELD)


def test_floors_and_ratios_have_each_other() -> None:
    assert unmatched(part(a=10, c=1).ratios, HELD) == ["b", "c"]


def test_floors_are_read_from_the_repository() -> None:
    assert floors()
    for name, floor in floors().items():
        assert 0 < floor.least < floor.ratio, name


@pytest.mark.parametrize(
    ("second", "wrong"), [({"a": 10.0, "b": 3.0}, None), ({"a": 1.0, "b": 1.0}, "b")]
)
def test_what_fell_is_measured_once_more(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    second: Mapping[str, float],
    wrong: str | None,
) -> None:
    file = tmp_path / "floors.toml"
    file.write_text("a = {ratio = 10, tolerance = 0.4}\nb = {ratio = 2, tolerance = 0.4}\n")
    of_turns = iter([{"a": 9.0, "b": 1.0}, second])
    asked = [Asked("append", lambda: _part(next(of_turns)))]
    monkeypatch.setattr(command, "quick", lambda: asked)
    monkeypatch.setattr(command, "which", str)
    monkeypatch.setattr(floors_of, "FILE", file)

    if wrong:
        with pytest.raises(SystemExit, match=f"not as it has to be: {wrong}$"):
            command.hold_floors()
    else:
        command.hold_floors()
    told = capsys.readouterr().out
    assert "| b | 3 (3 … 3)" in told if not wrong else "NO" in told
