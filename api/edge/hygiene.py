"""What every answer tells browsers and caches, whatever it is about.

Nothing here is a page: it is not to be sniffed at, framed, run, or embedded by another origin.
Whom CORS allows in is asked by other means, of which these headers know nothing.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

type Header = tuple[bytes, bytes]

SECURITY: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_BEHIND_TLS = (*SECURITY, (b"strict-transport-security", b"max-age=31536000"))
NOT_KEPT: Header = (b"cache-control", b"no-store")


def security(scope: Scope) -> tuple[Header, ...]:
    """Who came by https, as a trusted proxy tells, is to come so for a year (RFC 6797)."""
    return _BEHIND_TLS if scope["scheme"] == "https" else SECURITY


class Hygienic:
    """Adds to each answer what it does not say by itself; no cache keeps it unless it says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                said = {name.lower() for name, _ in headers}
                added = (each for each in (*security(scope), NOT_KEPT) if each[0] not in said)
                message = {**message, "headers": [*headers, *added]}
            await send(message)

        await self._app(scope, receive, send_completed if scope["type"] == "http" else send)
