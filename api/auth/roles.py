"""What each role allows, and who is asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

type Role = Literal["viewer", "editor", "auditor", "admin"]
type Kind = Literal["user", "client"]
"""A person, who has a password, or a machine."""
type Right = Literal["read", "write", "audit", "operate"]
type AccessRight = Right | Literal["administer", "enter"]
"""Also to administer everything, and what any valid token allows."""

EVERYWHERE = "*"
CATALOG_KEY = "[a-z0-9][a-z0-9-]{0,62}"

RIGHTS: dict[str, frozenset[Right]] = {
    "viewer": frozenset({"read"}),
    "editor": frozenset({"read", "write"}),
    "auditor": frozenset({"read", "audit"}),
    "admin": frozenset({"read", "write", "audit", "operate"}),
}
NONE: frozenset[Right] = frozenset()


def _rights(role: Role | None) -> frozenset[Right]:
    return RIGHTS[role] if role else NONE


@dataclass(frozen=True, slots=True)
class Principal:
    username: str
    session_id: UUID
    roles: Mapping[str, Role]
    """By catalog, or `*` for all of them."""
    is_confirmed: bool = True
    """Whether the primary said so within two seconds; else he may read, and nothing else."""
    kind: Kind = "user"

    def knows(self, catalog_id: str) -> bool:
        return catalog_id in self.roles or EVERYWHERE in self.roles

    def may(self, right: Right, catalog_id: str) -> bool:
        here, everywhere = self.roles.get(catalog_id), self.roles.get(EVERYWHERE)
        return right in _rights(here) or right in _rights(everywhere)

    def has(self, right: AccessRight, catalog_id: str | None = None) -> bool:
        match right:
            case "enter":
                return True
            case "administer":
                return self.administers_everything()
            case _:
                return catalog_id is not None and self.may(right, catalog_id)

    def administers_everything(self) -> bool:
        return self.roles.get(EVERYWHERE) == "admin"
