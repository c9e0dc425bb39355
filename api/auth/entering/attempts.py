"""Who tries to come in, and from where."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Self

from fastapi import Request

from api.auth.tables import ADDRESS_LIMIT, USER_AGENT_LIMIT


@dataclass(frozen=True, slots=True)
class Attempt:
    username: str
    address: str
    user_agent: str | None = None

    @classmethod
    def of(cls, username: str, request: Request) -> Self:
        """Of the user agent what can be shown, and no more of it than is kept."""
        agent = request.headers.get("User-Agent")
        shown = agent and "".join(each if each.isprintable() else "?" for each in agent)
        return cls(username, address_of(request), shown and shown[:USER_AGENT_LIMIT])

    @property
    def network(self) -> str:
        return network_of(self.address)


def address_of(request: Request) -> str:
    """No more of it than is kept; that of a Unix socket is empty."""
    return request.client.host[:ADDRESS_LIMIT] if request.client else ""


def network_of(address: str) -> str:
    """What one customer of a provider has: an address of IPv4, 2⁶⁴ of IPv6 (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Address(parsed.packed[:8] + bytes(8)))
