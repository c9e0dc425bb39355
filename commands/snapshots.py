"""Snapshots of long streams, so that a decision reads what is new and not what is long.

A snapshot is kept for the code that made it: a digest of the events' shapes and of how the state
follows from them is part of its key. Other code does not find it and folds the whole stream.
"""

from collections.abc import Iterable
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from uuid import UUID

import msgspec

from commands.loaded import Loaded
from commands.product.state import Product, State
from events.database import Connection, statement

EVERY = 100
"""Events of a stream between two snapshots of it."""

_READ = statement(__package__, "sql/read_snapshots.sql")
_KEEP = statement(__package__, "sql/keep_snapshot.sql")

CODE = (
    ("events", "product.py"),
    ("events", "codec.py"),
    ("events", "upcasts.py"),
    ("commands.product", "state.py"),
    ("commands", "snapshots.py"),
)
"""Whatever has a part in what a state is: of these files the digest is made."""


def digest_of(sources: Iterable[Traversable]) -> bytes:
    return sha256(b"".join(source.read_bytes() for source in sources)).digest()


CODE_DIGEST = digest_of(files(package).joinpath(name) for package, name in CODE)

_decoder = msgspec.json.Decoder(Product)


def encode_state(state: State) -> str:
    return msgspec.json.encode(state).decode()


def decode_state(state: str) -> Product:
    return _decoder.decode(state)


async def read_snapshots(
    connection: Connection, catalog: str, streams: Iterable[UUID]
) -> dict[UUID, Loaded]:
    """The snapshots there are of these streams that this very code made."""
    rows = await connection.fetch(_READ, catalog, list(streams), CODE_DIGEST)
    return {
        row["stream_id"]: Loaded(
            decode_state(row["state"]), row["version"], row["position"], row["version"]
        )
        for row in rows
    }


async def keep_snapshot(connection: Connection, catalog: str, stream: UUID, loaded: Loaded) -> None:
    """An older snapshot of the stream gives way; a newer one stays."""
    state = encode_state(loaded.state)
    await connection.execute(
        _KEEP, catalog, stream, CODE_DIGEST, loaded.version, loaded.position, state
    )
