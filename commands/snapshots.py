"""Snapshots of long streams, so that a decision reads what is new and not what is long.

A snapshot is kept for the code that made it: a digest of the events' shapes and of how the state
follows from them is part of its key. Other code does not find it and folds the whole stream.
"""

from collections.abc import Iterable
from importlib.resources import files
from uuid import UUID

import msgspec
import structlog

from commands.loaded import Loaded
from commands.product.state import Product, State
from events.code import digest_of
from events.database import Connection, statement

EVERY = 100
"""Events of a stream between two snapshots of it."""

_READ = statement(__package__, "sql/read_snapshots.sql")
_KEEP = statement(__package__, "sql/keep_snapshot.sql")

CODE = (
    ("events", "product.py"),
    ("events", "codec.py"),
    ("events", "upcasts.py"),
    ("events", "recorded.py"),
    ("commands", "decider.py"),
    ("commands", "loaded.py"),
    ("commands", "snapshots.py"),
    ("commands.product", "state.py"),
)
"""Whatever has a part in what a state is: of these files the digest is made."""


CODE_DIGEST = digest_of(files(package).joinpath(name) for package, name in CODE)

log = structlog.get_logger(__name__)

_decoder = msgspec.json.Decoder(Product)


def encode_state(state: State) -> str:
    return msgspec.json.encode(state).decode()


def decode_state(state: str) -> Product:
    return _decoder.decode(state)


async def read_snapshots(
    connection: Connection, catalog: str, streams: Iterable[UUID]
) -> dict[UUID, Loaded]:
    """The snapshots there are of these streams that this very code made.

    One that can't be read is left out: the log has all that it says.
    """
    found: dict[UUID, Loaded] = {}
    for row in await connection.fetch(_READ, catalog, list(streams), CODE_DIGEST):
        try:
            state = decode_state(row["state"])
        except msgspec.DecodeError as error:
            log.warning("snapshot_unreadable", stream=str(row["stream_id"]), error=repr(error))
        else:
            found[row["stream_id"]] = Loaded(state, row["version"], row["position"], row["version"])
    return found


async def keep_snapshot(connection: Connection, catalog: str, stream: UUID, loaded: Loaded) -> None:
    """An older snapshot of the stream gives way; a newer one stays."""
    state = encode_state(loaded.state)
    await connection.execute(
        _KEEP, catalog, stream, CODE_DIGEST, loaded.version, loaded.position, state
    )
