"""What a query may be refused for."""

from events.errors import Refused


class InvalidCursor(Refused):
    """The cursor is not one that this list gave out; begin again without it."""
