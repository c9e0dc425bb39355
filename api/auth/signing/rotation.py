"""Keys that sign access tokens are made, follow each other and lose their force (ADR 18)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from api.auth.signing.keys import VERIFIES
from api.auth.tables import SigningKey
from events.database import Connection, statement

_LIST = statement(__package__, "sql/list_keys.sql")
_REPLACE = statement(__package__, "sql/replace_keys.sql")
_ROTATE = statement(__package__, "sql/rotate_keys.sql")

type State = Literal["next", "signs", "retires", "retired"]
"""Published already, signing, believed for what it has signed, or not believed."""


class ListedKey(msgspec.Struct, frozen=True):
    kid: str
    state: State
    since: datetime
    """When it came to that state."""
    signs_from: datetime
    signs_until: datetime | None
    verifies_until: datetime | None


async def ensure_signing_key(connection: AsyncConnection) -> None:
    """Make the key that signs unless there is one."""
    kid, public_key, private_key = _made()
    made = insert(SigningKey).values(kid=kid, public_key=public_key, private_key=private_key)
    await connection.execute(made.on_conflict_do_nothing())


async def rotate(connection: Connection, overlap: timedelta) -> bool:
    """Publish a key that signs after `overlap`; the one before verifies what it signs until then.

    Those that verify no more are deleted. False where one has been published already that does not
    sign yet: nothing was done.
    """
    kid = await connection.fetchval(_ROTATE, *_made(), overlap, VERIFIES)
    return kid is not None


async def replace(connection: Connection) -> None:
    """Delete all keys and make one that signs at once: what those have signed nobody believes."""
    await connection.execute(_REPLACE, *_made())


async def list_keys(connection: Connection) -> Sequence[ListedKey]:
    """The newest first."""
    return [msgspec.convert(dict(row), ListedKey) for row in await connection.fetch(_LIST)]


def _made() -> tuple[str, bytes, bytes]:
    """Its name, and its public and private bytes (RFC 8032)."""
    private = Ed25519PrivateKey.generate()
    return uuid4().hex, private.public_key().public_bytes_raw(), private.private_bytes_raw()
