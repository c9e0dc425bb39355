"""Reads streams for decisions: what is known of them already, and the events since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from commands.loaded import NOTHING, Loaded
from commands.snapshots import read_snapshots
from events.database import Connection
from events.log import read_facts, read_stream, read_streams
from events.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Unfolded:
    base: Loaded
    since: Sequence[Recorded]

    def fold(self) -> Loaded:
        """Raises `Undecodable`."""
        return self.base.after(self.since)


async def load(
    connection: Connection, catalog: str, stream: UUID, known: Loaded | None = None
) -> Loaded:
    """The stream as it is now, from what is `known` of it or else from its newest snapshot.

    Raises `Undecodable`.
    """
    if known is None:
        unfolded = await load_all(connection, catalog, [stream])
        return unfolded[stream].fold()
    return known.after(await read_stream(connection, catalog, stream, after=known.version))


async def load_at(connection: Connection, catalog: str, stream: UUID, version: int) -> Loaded:
    """The stream as it was at that version, which it has; others have their turn meanwhile.

    Raises `Undecodable`.
    """
    loaded = NOTHING
    async for facts in read_facts(connection, catalog, stream, version):
        loaded = loaded.after(facts)
    return loaded


async def load_all(
    connection: Connection, catalog: str, streams: Iterable[UUID]
) -> dict[UUID, Unfolded]:
    """Each of the streams, to be folded one by one: one that can't be read stops no other."""
    bases = dict.fromkeys(streams, NOTHING)
    bases |= await read_snapshots(connection, catalog, bases)
    after = {stream: base.version for stream, base in bases.items()}
    histories = await read_streams(connection, catalog, after)
    return {stream: Unfolded(bases[stream], since) for stream, since in histories.items()}
