"""The bytes that tables and their indexes take, by what they grow with."""

from collections.abc import Mapping, Sequence
from typing import Literal

from events.database import Connection, statement
from projections.past import PAST
from projections.tables import READ_SCHEMA

SIZES = statement(__package__, "sql/sizes.sql")

type Growing = Literal["log", "streams", "feeds", "read", "past"]

LOG = {"events", "tree_nodes"}
"""Each event, and its leaf in the tree."""
STREAMS = {"streams", "claims"}


async def sizes(connection: Connection) -> Mapping[Growing, int]:
    return summed(
        [(each["room"], each["name"], each["bytes"]) for each in await connection.fetch(SIZES)]
    )


def summed(tables: Sequence[tuple[str, str, int]]) -> Mapping[Growing, int]:
    """Of schemas, tables and their bytes; what belongs to neither grows with something else."""
    total: dict[Growing, int] = dict.fromkeys(("log", "streams", "feeds", "read", "past"), 0)
    for room, name, size in tables:
        if grows := _grows(room, name):
            total[grows] += size
    return total


def _grows(room: str, name: str) -> Growing | None:
    match room:
        case "event_store":
            return "log" if name in LOG else "streams" if name in STREAMS else None
        case "feeds":
            return "feeds" if name == "products" else None
        case _ if room.startswith(READ_SCHEMA):
            return "past" if name.startswith(PAST) else "read"
        case _:
            return None
