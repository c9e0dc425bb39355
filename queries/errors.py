"""What a query may be refused for."""

from events.errors import Refused


class InvalidCursor(Refused):
    """The cursor is not one that this list gave out; begin again without it."""


class NoCheckpoint(Refused):
    """Nothing of this log is signed yet; events are, some seconds after they were appended."""


class NotCovered(Refused):
    """The newest checkpoint covers fewer events, `size`; ask again when a later one was signed."""
