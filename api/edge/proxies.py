"""Who really asks, on the word of the proxies that are trusted."""

from collections.abc import Collection
from ipaddress import ip_address

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

ADDRESS_CHARACTERS = 45
"""The longest form of an IPv6 address (RFC 4291, 2.2)."""
_PEER = "catalog.peer"


class BehindProxies:
    """Takes `X-Forwarded-For` and `X-Forwarded-Proto` from them, as far as they make sense."""

    def __init__(self, app: ASGIApp, proxies: Collection[str]) -> None:
        """`proxies` are networks, as `10.0.0.0/8`."""
        self._app = app
        self._told = ProxyHeadersMiddleware(self._addressed, list(proxies))  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_PEER] = scope.get("client")
        await self._told(scope, receive, send)  # type: ignore[arg-type]

    async def _addressed(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        if client and not _is_address(client[0]):
            scope["client"] = scope[_PEER]
        await self._app(scope, receive, send)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return len(text) <= ADDRESS_CHARACTERS
