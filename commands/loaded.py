"""What a stream has come to, as decisions need it."""

from collections.abc import Iterable
from dataclasses import dataclass

from commands.product import product
from commands.product.state import State
from events.recorded import Fact


@dataclass(frozen=True, slots=True)
class Loaded:
    """The state after the event at `version`, which stands at `position` of the log."""

    state: State
    version: int
    position: int
    snapshot: int = 0
    """The version of the stream's newest snapshot; 0 without one."""

    def after(self, events: Iterable[Fact]) -> "Loaded":
        """Raises `Undecodable`, also for a stream that does not begin with a registration."""
        state, version, position = self.state, self.version, self.position
        for each in events:
            event = each.event
            try:
                state = product.evolve(state, event)
            except ValueError as error:
                raise each.undecodable("nothing was registered before it") from error
            version, position = each.version, each.position
        return Loaded(state, version, position, self.snapshot)


NEW = 0
"""The expected version of a stream that does not exist yet."""
NOTHING = Loaded(product.initial, NEW, 0)
