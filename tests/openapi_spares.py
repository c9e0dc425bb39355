"""What Schemathesis may change, end and remove without shutting itself out."""

from dataclasses import dataclass

import msgspec

VARIABLE = "OPENAPI_SPARES"


@dataclass(frozen=True, slots=True)
class SpareUser:
    username: str
    token: str
    session_id: str


@dataclass(frozen=True, slots=True)
class Spares:
    users: list[SpareUser]
    clients: list[str]
    own_sessions: list[str]
    """Of the tester's."""

    def told(self) -> dict[str, str]:
        """In the environment of the process that tests."""
        return {VARIABLE: msgspec.json.encode(self).decode()}
