"""What the event store may answer instead of a result."""


class Explained(Exception):  # noqa: N818 -- an answer, not a fault
    """What was asked for is not done, and why is known.

    The docstring of each subclass is the sentence its reader reads; the arguments are what a
    program needs beside it.
    """

    def __init_subclass__(cls) -> None:
        """One paragraph, however it was wrapped."""
        cls.__doc__ = " ".join((cls.__doc__ or "").split())

    def __init__(self, **members: object) -> None:
        super().__init__(self.__doc__)
        self.members = members


class Refused(Explained):
    """The request was refused. The arguments become members of the problem document."""


class DatabaseUnavailable(Refused):
    """The database can't be reached at the moment; retry."""


class AppendUnconfirmed(Refused):
    """The log did not confirm the write: it may or may not be there. Read, then retry."""


class AppendQueueFull(Refused):
    """More writes are waiting than this process accepts; retry in a moment."""


class UnknownCatalog(Refused):
    """There is no such catalog."""


class Undecodable(Refused):
    """The log has an event of this product that this version of the service can't read."""


class UnknownVersion(Refused):
    """The product has no such version yet; its newest is `current_version`."""
