"""Samples, counted: by stages, by functions."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.profiling.stacks import Stack
from benchmarks.profiling.stages import OTHER, stages

type Shares = Mapping[str, float]
"""Of all samples, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Profile:
    stacks: Sequence[Stack]

    @property
    def samples(self) -> int:
        return sum(each.samples for each in self.stacks)

    @property
    def by_stage(self) -> Shares:
        """All of the stages, in their order; together they are 1."""
        found = self._shares(lambda stack: [stages().of(stack.frames)])
        return {stage: found.get(stage, 0.0) for stage in stages().described}

    @property
    def own(self) -> Shares:
        """By function, without what it called in turn; the largest first."""
        return self._shares(lambda stack: [stack.frames[-1]])

    @property
    def inclusive(self) -> Shares:
        """By function, with what it called; the largest first. What the loop calls is within it."""
        return self._shares(lambda stack: set(stack.frames[1:]))

    @property
    def unknown(self) -> Shares:
        """The functions that are in no stage; the largest first."""
        return self._shares(
            lambda stack: [stack.frames[-1]] if stages().of(stack.frames) == OTHER else []
        )

    def _shares(self, names: Callable[[Stack], Iterable[str]]) -> Shares:
        counted = Counter[str]()
        for stack in self.stacks:
            for name in names(stack):
                counted[name] += stack.samples
        samples = self.samples
        return {name: found / samples for name, found in counted.most_common()}
