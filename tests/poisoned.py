"""A lamp whose stream holds an event that only a later release could read."""

from dataclasses import dataclass

from events.codec import Encoded
from tests.conversation import PRODUCTS

PROJECTIONS = "/v1/catalogs/main/projections"
TELEPORTED = Encoded("ProductTeleported", 1, '{"to":"Mars"}')


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A lamp that was teleported at its third version, and at which position of the log."""

    id: str
    position: int

    @property
    def path(self) -> str:
        return f"{PRODUCTS}/{self.id}"

    def asked(self, action: str) -> str:
        """Where that is asked for."""
        group = "products" if action == "refold" else "parked"
        return f"{PROJECTIONS}/{group}/{self.id}/{action}"
