"""What the quick mode's ratios are held against: floors of the repository, less a tolerance."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness.figures import Figure

FILE = Path(__file__).with_name("floors.toml")


@dataclass(frozen=True, slots=True)
class Floor:
    """A ratio as it was on a quiet machine, and the share of it that noise may take."""

    ratio: float
    tolerance: float

    @property
    def least(self) -> float:
        return self.ratio * (1 - self.tolerance)

    def is_kept(self, ratio: float) -> bool:
        """Not by one that nobody can tell."""
        return ratio >= self.least


def floors() -> Mapping[str, Floor]:
    """By the names of ratios. Raises `TypeError` for members that no floor has."""
    return {name: Floor(**each) for name, each in tomllib.loads(FILE.read_text()).items()}


def below(ratios: Mapping[str, Figure], held: Mapping[str, Floor]) -> set[str]:
    """The names of those that fell below their floors."""
    both = ratios.keys() & held.keys()
    return {name for name in both if not held[name].is_kept(ratios[name].median)}


def unmatched(ratios: Mapping[str, Figure], held: Mapping[str, Floor]) -> Sequence[str]:
    """Ratios without a floor, and floors that nothing was measured for."""
    return sorted(ratios.keys() ^ held.keys())


def rows(ratios: Mapping[str, Figure], held: Mapping[str, Floor]) -> Iterator[Sequence[str]]:
    fallen = below(ratios, held)
    for name in sorted(ratios.keys() & held.keys()):
        ratio, floor = ratios[name], held[name]
        kept = "NO" if name in fallen else "yes"
        yield [name, f"{ratio:.3g}", f"{floor.ratio:.3g}", f"{floor.least:.3g}", kept]
