"""What a query may be refused for."""

from events.errors import Refused


class InvalidCursor(Refused):
    """The cursor is not one that this list gave out; begin again without it."""


class TooManyQueries(Refused):
    """More is asked for at a time than is answered at a time; retry in a moment."""


class QueryTooSlow(Refused):
    """This takes longer than a query may: narrow it by filters, or ask for fewer facets."""


class ReadTablesOutdated(Refused):
    """The read tables are of another version, which kept no past; retry when they are made anew.

    Whoever runs the service does that by `catalog rebuild`.
    """


class NoCheckpoint(Refused):
    """Nothing of this log is signed yet; events are, some seconds after they were appended."""


class NotCovered(Refused):
    """No signed checkpoint of that size is stored, or it does not cover that position.

    The newest is of `size` events, and later ones follow as the log grows. But if you hold a signed
    checkpoint of more events than `size`, the log was cut.
    """


class LogDamaged(Refused):
    """The log lacks `missing`, which it once had, so that there is no right answer.

    Asking again does not help: whoever runs the service has to verify and restore the log.
    """


class NumberTooLarge(Refused):
    """A number does not fit into 64 bits, which is all that Parquet has room for: use NDJSON."""
