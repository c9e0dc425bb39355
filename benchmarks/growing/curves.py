"""What a drawing shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.harness.figures import Figure


@dataclass(frozen=True, slots=True)
class Curve:
    label: str
    points: Mapping[int, Figure]
    """By events of the log."""


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    unit: str
    """Of what is drawn upwards."""
    curves: Sequence[Curve]
