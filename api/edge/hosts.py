"""Who answers only to the names that it was given (RFC 9110, 7.4)."""

import re
from collections.abc import Collection

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.edge.hygiene import Hygienic
from api.edge.observed import Observed
from api.errors import UnknownHost
from api.measuring.metrics import MeasuredSide
from api.problems import problem

_PORT = re.compile(r":[0-9]*$")
_BY_ADDRESS = re.compile("/health(/.*)?|/metrics")


class KnownHosts:
    """Refuses requests to any other host. Who probes or scrapes asks by address, and is let by."""

    def __init__(self, app: ASGIApp, hosts: Collection[str], *, side: MeasuredSide) -> None:
        """`hosts` are names in lower case without ports; `*.example.org` is all below it."""
        self._app = app
        self._names = frozenset(hosts)
        self._domains = tuple(name.removeprefix("*") for name in hosts if name.startswith("*."))
        self._refused = Hygienic(Observed(_refuse, side=side))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] != "http" or _BY_ADDRESS.fullmatch(scope["path"])
        await (self._app if known or self._answers(scope) else self._refused)(scope, receive, send)

    def _answers(self, scope: Scope) -> bool:
        host = _PORT.sub("", Headers(scope=scope).get("host", "")).lower()
        return host in self._names or host.endswith(self._domains)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await problem(Request(scope), UnknownHost())(scope, receive, send)
