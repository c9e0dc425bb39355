"""`catalog worker`."""

from api.settings import Settings
from cli.environment import read


def worker() -> None:
    """Run the worker, which turns events into what is read, until a signal ends it."""
    from workers import worker as projecting  # noqa: PLC0415 -- its metrics are its own

    projecting.run(read(Settings))
