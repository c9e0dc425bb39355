"""Which part of a log is replayed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.named import find_head, find_logged_product
from events.database import driver
from events.selection import Selection
from queries.audit.then import LogPlace

_BEYOND_TIME = datetime.max.replace(tzinfo=UTC)
"""When an event is told to have occurred that did so after the year 9999."""


class Told(Protocol):
    """An event, or what is told of it."""

    @property
    def position(self) -> int: ...
    @property
    def occurred_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """As it was typed; `name` is a product's SKU or its id, if one is named."""

    catalog: str
    name: str | None
    since: LogPlace | None
    until: LogPlace | None
    types: tuple[str, ...]
    actor: str | None

    @property
    def is_narrowed(self) -> bool:
        """Whether some of its events are not wanted."""
        return bool(self.since is not None or self.types or self.actor)


@dataclass(frozen=True, slots=True)
class Part:
    """What is wanted of a log between two places, both of them included."""

    catalog: str
    wanted: Selection
    first: int
    """A position."""
    until: LogPlace
    head: int
    """The log's last position when the replay began: it ends there, whatever is appended."""

    @property
    def last(self) -> int:
        """A position that nothing of it is beyond."""
        return self.until if isinstance(self.until, int) else self.head

    def takes(self, event: Told) -> bool:
        return self.first <= event.position and not self.ends_before(event)

    def ends_before(self, event: Told) -> bool:
        """And then before all that follows of its product."""
        until = self.until
        late = isinstance(until, datetime) and until < event.occurred_at < _BEYOND_TIME
        return late or event.position > self.last


async def find_part(engine: AsyncEngine, asked: Asked) -> Part:
    """Raises `NoSuchCatalog` and `NoSuchProduct`."""
    async with driver(engine) as connection:
        head = await find_head(connection, asked.catalog)
        product = (
            None
            if asked.name is None
            else await find_logged_product(connection, asked.catalog, asked.name)
        )
    until = head if asked.until is None else asked.until
    return Part(
        asked.catalog,
        Selection(
            types=asked.types,
            actor=asked.actor,
            stream=product,
            since=asked.since if isinstance(asked.since, datetime) else None,
        ),
        first=asked.since if isinstance(asked.since, int) else 1,
        until=min(until, head) if isinstance(until, int) else until,
        head=head,
    )
