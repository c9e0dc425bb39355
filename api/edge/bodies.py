"""What bodies may be: no larger than so many bytes, not compressed, JSON not nested too deeply.

A feed may be larger, and packed by gzip: it is kept as it comes, and not read here.
"""

from typing import NamedTuple

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.edge.nesting import is_deeper
from api.edge.uploads import is_upload
from api.errors import BodyTooLarge, UnsupportedCoding
from api.problems import problem
from events.errors import Refused


class Bounds(NamedTuple):
    limit: int
    """In bytes."""
    codings: tuple[str, ...] = ("identity",)


class BoundedBody:
    """Refuses a body beyond its bounds, declared or not, or of any other coding."""

    def __init__(self, app: ASGIApp, *, limit: int, upload_limit: int) -> None:
        self._app = app
        self._document = Bounds(limit)
        self._upload = Bounds(upload_limit, ("identity", "gzip"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bounds = self._upload if is_upload(scope) else self._document
        if refusal := _unfit(Headers(scope=scope), bounds):
            await problem(Request(scope), refusal)(scope, receive, send)
            return
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > bounds.limit:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_bounded, send)


def _unfit(headers: Headers, bounds: Bounds) -> Refused | None:
    declared = headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > bounds.limit:
        return BodyTooLarge()
    has_body = "transfer-encoding" in headers or declared != "0"
    coding = headers.get("content-encoding", "identity").strip().lower()
    if has_body and coding not in bounds.codings:
        return UnsupportedCoding(headers={"Accept-Encoding": ", ".join(bounds.codings)})
    return None


class ShallowJson:
    """Refuses JSON nested deeper than `limit`, before anything reads it by recursion.

    Nor is it read in another form than UTF-8 (RFC 8259, 8.1), of which nothing is found out here.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_http = scope["type"] == "http"
        if not is_http or is_upload(scope) or not _is_json(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        received = bytearray()

        async def receive_shallow() -> Message:
            message = await receive()
            received.extend(message.get("body", b""))
            if not message.get("more_body"):
                look_at(bytes(received), self._limit)
            return message

        await self._app(scope, receive_shallow, send)


def look_at(document: bytes, limit: int) -> None:
    """Raises the `HTTPException` of JSON that nobody is to read."""
    if not _is_utf8(document):
        raise HTTPException(400)
    if is_deeper(document, limit):
        raise HTTPException(422)


def _is_json(headers: Headers) -> bool:
    media_type, _, _ = headers.get("content-type", "").partition(";")
    return media_type.strip().lower().endswith(("/json", "+json"))


def _is_utf8(document: bytes) -> bool:
    """No JSON has a NUL; that of UTF-16 and UTF-32, which `json` recognizes, is full of them."""
    try:
        document.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in document
