"""The decider: the write side of an event-sourced entity as three pure pieces.

After Jérémie Chassaing, "Functional Event Sourcing Decider" (2021).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce


@dataclass(frozen=True, slots=True)
class Decider[C, S, E]:
    """`decide` answers a command with events; `evolve` is the state after an event."""

    initial: S
    decide: Callable[[C, S], list[E]]
    evolve: Callable[[S, E], S]

    def fold(self, events: Iterable[E], state: S) -> S:
        return reduce(self.evolve, events, state)

    def decide_all(self, commands: Iterable[C], state: S) -> list[E]:
        """The events of several commands as one decision, each seeing what came before it."""
        decided: list[E] = []
        events: list[E] = []
        for command in commands:
            state = self.fold(events, state)
            events = self.decide(command, state)
            decided += events
        return decided
