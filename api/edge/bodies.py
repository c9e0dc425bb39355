"""What bodies may be: no larger than so many bytes, not compressed, JSON not nested too deeply."""

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.edge.nesting import is_deeper
from api.errors import BodyTooLarge, UnsupportedCoding
from api.problems import problem
from events.errors import Refused


class BoundedBody:
    """Refuses a body beyond `limit` bytes, declared or not, or of any coding but the plain one."""

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if refusal := self._unfit(Headers(scope=scope)):
            await problem(Request(scope), refusal)(scope, receive, send)
            return
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_bounded, send)

    def _unfit(self, headers: Headers) -> Refused | None:
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._limit:
            return BodyTooLarge()
        has_body = "transfer-encoding" in headers or declared != "0"
        if has_body and headers.get("content-encoding", "identity").strip().lower() != "identity":
            return UnsupportedCoding(headers={"Accept-Encoding": "identity"})
        return None


class ShallowJson:
    """Refuses JSON nested deeper than `limit`, before anything reads it by recursion.

    Nor is it read in another form than UTF-8 (RFC 8259, 8.1), of which nothing is found out here.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_json = scope["type"] == "http" and _is_json(Headers(scope=scope))
        if not is_json:
            await self._app(scope, receive, send)
            return
        received = bytearray()

        async def receive_shallow() -> Message:
            message = await receive()
            received.extend(message.get("body", b""))
            if not message.get("more_body"):
                self._look_at(bytes(received))
            return message

        await self._app(scope, receive_shallow, send)

    def _look_at(self, document: bytes) -> None:
        if not _is_utf8(document):
            raise HTTPException(400)
        if is_deeper(document, self._limit):
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
