"""The Ed25519 key that signs checkpoints: made when the database is, and named once and for all."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from events.database import Connection, statement
from events.notes import Signer
from events.tables import LogKey

LOG_NAME = r"^[A-Za-z0-9][A-Za-z0-9._~/-]{0,254}$"
"""An address without a scheme, as C2SP has it."""
DEFAULT_LOG_NAME = "catalog.local"

_READ_SIGNER = statement(__package__, "sql/read_signer.sql")


class NoLogKey(Exception):  # noqa: N818 -- it says what is missing
    """No key signs checkpoints: run `catalog migrate`, which makes one."""


async def ensure_log_key(connection: AsyncConnection, name: str) -> None:
    """Make the key that signs as `name` unless there is a key already, whatever its name."""
    private = Ed25519PrivateKey.generate()
    await connection.execute(
        insert(LogKey)
        .values(
            name=name,
            public_key=private.public_key().public_bytes_raw(),
            private_key=private.private_bytes_raw(),
        )
        .on_conflict_do_nothing()
    )


async def read_signer(connection: Connection) -> Signer:
    """Raises `NoLogKey`."""
    row = await connection.fetchrow(_READ_SIGNER)
    if row is None:
        raise NoLogKey
    return Signer(row["name"], Ed25519PrivateKey.from_private_bytes(row["private_key"]))
