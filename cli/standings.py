"""How the catalogs stand: how far what is read follows their logs, and what stands still."""

from dataclasses import dataclass
from typing import Any

from cli.errors import NoSuchCatalog
from events.database import Connection
from projections.parking import Parked, read_parked
from projections.projector import Progress, read_progress


@dataclass(frozen=True, slots=True)
class Standing:
    progress: Progress
    parked: list[Parked]

    def as_json(self) -> dict[str, Any]:
        progress = self.progress
        return {
            "catalog": progress.catalog,
            "generation": progress.generation,
            "outdated": progress.outdated,
            "checkpoint": progress.checkpoint,
            "head": progress.head,
            "lag_events": progress.lag_events,
            "lag_seconds": progress.lag_seconds,
            "parked": progress.parked,
            "parked_streams": self.parked,
            "waiting": progress.waiting,
        }


async def read_standings(connection: Connection, only: str | None = None) -> list[Standing]:
    """Raises `NoSuchCatalog`."""
    found = [
        Standing(each, await read_parked(connection, each.catalog, each.generation))
        for each in await read_progress(connection)
        if only in {None, each.catalog}
    ]
    if only and not found:
        raise NoSuchCatalog(only)
    return found
