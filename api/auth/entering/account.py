"""What an account is tried against: its hash, and whether its user has come from there before."""

from dataclasses import dataclass

from api.auth.entering.attempts import Attempt, network_of
from events.database import Connection, statement

_FIND = statement(__package__, "sql/find_account.sql")


@dataclass(frozen=True, slots=True)
class Account:
    password_hash: str | None
    """None for a user who does not exist, and for a machine client."""
    is_known: bool
    """Whether a session of the user was opened from the network of the attempt."""


async def find(connection: Connection, attempt: Attempt) -> Account:
    row = await connection.fetchrow(_FIND, attempt.username)
    if row is None:
        return Account(None, is_known=False)
    known = {network_of(address) for address in row["addresses"]}
    return Account(row["password_hash"], is_known=attempt.network in known)
