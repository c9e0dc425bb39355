"""Signed checkpoints of a catalog's log (C2SP tlog-checkpoint): its size and root, as a note."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from events.database import Connection, statement
from events.notes import InvalidNote, Signer, VerifierKey, opened

_FIND = statement(__package__, "sql/find_checkpoint.sql")
_READ_SIZES = statement(__package__, "sql/read_signed_sizes.sql")
_WRITE = statement(__package__, "sql/write_checkpoint.sql")

_TEXT = re.compile(
    r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n([^\n]+\n)*"
)


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a checkpoint says: the log's origin, the events it has, and the root over them."""

    origin: str
    size: int
    root: bytes

    def signed(self, signer: Signer) -> str:
        return signer.sign(f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n")

    @classmethod
    def of(cls, note: str, key: VerifierKey) -> Self:
        """What the note says, once the key is found to have signed it. Raises `InvalidNote`."""
        found = _TEXT.fullmatch(opened(note, key))
        if found is None:
            raise InvalidNote
        return cls(found["origin"], int(found["size"]), b64decode(found["root"]))


@dataclass(frozen=True, slots=True)
class KeptCheckpoint:
    size: int
    root: bytes
    note: str
    recorded_at: datetime
    key: VerifierKey


@dataclass(frozen=True, slots=True)
class SignedSize:
    """How far a catalog's log goes, and how far it is signed; 0 when it never was."""

    catalog: str
    head: int
    size: int


def origin(log_name: str, catalog: str) -> str:
    return f"{log_name}/{catalog}"


async def find_newest(connection: Connection, catalog: str) -> KeptCheckpoint | None:
    return await _find(connection, catalog, None)


async def find_signed(connection: Connection, catalog: str, size: int) -> KeptCheckpoint | None:
    """The checkpoint of exactly `size` events."""
    return await _find(connection, catalog, size)


async def _find(connection: Connection, catalog: str, size: int | None) -> KeptCheckpoint | None:
    row = await connection.fetchrow(_FIND, catalog, size)
    if row is None:
        return None
    size, root, note, recorded_at, name, public_key = row
    return KeptCheckpoint(size, root, note, recorded_at, VerifierKey(name, public_key))


async def read_signed_sizes(connection: Connection) -> list[SignedSize]:
    """Of every catalog."""
    return [SignedSize(*row) for row in await connection.fetch(_READ_SIZES)]


async def write_checkpoint(connection: Connection, catalog: str, head: TreeHead, note: str) -> None:
    await connection.execute(_WRITE, catalog, head.size, head.root, note)
