"""What a catalog and its processes cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.costing.catalog import Bytes
from benchmarks.costing.processes import Kind, Start
from benchmarks.costing.watching import Sample


@dataclass(frozen=True, slots=True)
class Memory:
    at_rest: Sample
    at_most: Sample
    """Under load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    bytes: Bytes
    memory: Mapping[Kind, Memory]
    starts: Mapping[str, Sequence[Start]]
