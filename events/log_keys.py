"""The Ed25519 key that signs checkpoints: made when the database is, and named once and for all."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from events.database import Connection, statement
from events.notes import Signer
from events.tables import LogKey

_READ_SIGNER = statement(__package__, "sql/read_signer.sql")


class NoLogKey(Exception):  # noqa: N818 -- it says what is missing
    """No key signs checkpoints: run `catalog migrate`, which makes one."""


class WrongLogKey(Exception):  # noqa: N818 -- it says what the key is
    """The key that should sign checkpoints is not that of the public key beside it."""


async def ensure_log_key(connection: AsyncConnection, name: str) -> str:
    """Make the key that signs as `name` unless there is a key already: the name of the one kept."""
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
    return (await connection.execute(select(LogKey.name))).scalar_one()


async def read_signer(connection: Connection) -> Signer:
    """Raises `NoLogKey`, `WrongLogKey`."""
    row = await connection.fetchrow(_READ_SIGNER)
    if row is None:
        raise NoLogKey
    name, public_key, private_key = row
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(private_key))
    if signer.verifier_key.public_key != public_key:
        raise WrongLogKey
    return signer
