"""Passwords as bcrypt hashes, computed away from the event loop and a few at a time."""

from functools import partial

import bcrypt
from anyio import CapacityLimiter, to_thread

from api.auth.entering.strength import weakness
from api.auth.entering.turns import AT_ONCE, Turns
from api.errors import InvalidInput

BYTES_LIMIT = 72
"""What bcrypt reads of a password."""


class Passwords:
    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self.turns = Turns()
        self._hashing = CapacityLimiter(AT_ONCE)
        """Of new passwords and of those that were right: they don't wait behind guesses."""
        # The hash of no password, so that an unknown user costs the time of a known one.
        self._nobodys = (bcrypt.gensalt(rounds) + b"." * 31).decode()

    async def chosen(self, password: str, username: str) -> str:
        """The hash of a new password. Raises InvalidInput for one that is guessed soon."""
        if why := await to_thread.run_sync(weakness, password, username):
            raise InvalidInput(errors=[{"in": "body", "pointer": "/password", "message": why}])
        return await self.hashed(password)

    async def hashed(self, password: str) -> str:
        """At most 72 bytes of UTF-8."""
        salt = bcrypt.gensalt(self._rounds)
        async with self._hashing:
            digest = await to_thread.run_sync(partial(bcrypt.hashpw, password.encode(), salt))
        return digest.decode()

    async def match(self, password: str, known: str | None) -> bool:
        """Whether that is the password; `known` is None for a user who does not exist.

        No takes as long for each of them, whatever a hash costs; one that costs more than the
        setting, as it was lowered since, takes longer. Called in one of the `turns`.
        """
        given = password.encode()
        against = (known or self._nobodys).encode()
        return await to_thread.run_sync(self._compare, given, against)

    def is_weaker(self, known: str) -> bool:
        """Whether a hash costs less than the setting asks for."""
        return _rounds(known.encode()) < self._rounds

    def _compare(self, given: bytes, known: bytes) -> bool:
        if bcrypt.checkpw(given[:BYTES_LIMIT], known) and len(given) <= BYTES_LIMIT:
            return True
        for rounds in range(_rounds(known), self._rounds):  # each doubles the time: as if all were
            bcrypt.hashpw(given[:BYTES_LIMIT], bcrypt.gensalt(rounds))
        return False


def _rounds(hashed: bytes) -> int:
    """Of `$2b$12$…`: 12."""
    return int(hashed.split(b"$")[2])
