"""What a benchmark showed, for a terminal, for a page and for a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from benchmarks.harness.figures import Figure
from benchmarks.harness.machine import Machine
from benchmarks.harness.run import THIS
from benchmarks.harness.shown import Shown

NO_RATIOS: Mapping[str, Figure] = MappingProxyType({})
NO_DRAWINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: str
    """As it is asked for: `make bench ARGS=name`."""
    machine: Machine
    how: str
    """Rounds, seconds, sizes: what a reader needs to do it again."""
    report: Sequence[str]
    """Lines of Markdown."""
    figures: Mapping[str, object]
    """All that was measured, for JSON."""
    shown: Sequence[Shown] = ()
    """What was promised."""
    ratios: Mapping[str, Figure] = NO_RATIOS
    """By the names that `floors.toml` has them under; more is better."""
    drawings: Mapping[str, str] = NO_DRAWINGS
    """SVG by the name of its file, to which the report refers as `benchmarks/<name>`."""
    failed: str | None = None
    """Why the command is to fail: something was not as it has to be, however fast it was."""
    run: UUID = field(default=THIS.id)
