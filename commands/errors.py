"""What a command may be refused for. The docstring is the message."""

from events.errors import Refused


class ProductExists(Refused):
    """This product is registered already, as something else."""


class UnknownProduct(Refused):
    """There is no such product in this catalog."""


class ProductIsArchived(Refused):
    """An archived product cannot be changed; restore it first."""


class InvalidTransition(Refused):
    """The product's status does not allow that step."""


class NotPublishable(Refused):
    """A product is published with a name and at least one price; see `missing`."""


class UnknownCurrency(Refused):
    """That is not an ISO 4217 currency with minor units."""


class SkuTaken(Refused):
    """Another product of this catalog has that SKU."""


class VersionConflict(Refused):
    """The product has changed since; read it again, then decide again."""


class IdempotencyKeyReused(Refused):
    """This idempotency key came with another request before; use a new key for a new request."""


class UnknownJob(Refused):
    """There is no such job, or none that you may follow."""


class JobEnded(Refused):
    """This job has ended before, as its `state` says; there is nothing to cancel."""


class RebuildRunning(Refused):
    """A rebuild is under way already, and there is one at a time; follow `job_id`."""


class ImportRunning(Refused):
    """A feed of this source is being imported already, and there is one at a time.

    Follow `job_id`; an import that was begun on the command line has none.
    """


class TooManyImports(Refused):
    """As many imports of this catalog wait as may, `limit`; wait for one to end, or cancel one."""


class TooManyErrors(Refused):
    """More rows were refused than were allowed; what came before them is imported."""


class EmptyFeed(Refused):
    """The feed has not one good row: nothing is archived for the lack of it."""


class UnreadableFeed(Refused):
    """The feed can't be read any further; see `reason`. What came before is imported."""
