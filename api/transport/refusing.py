"""A problem document as the bytes of an answer, for who never got as far as the application."""

from dataclasses import dataclass
from random import getrandbits

from fastapi import Request
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from api.edge.hygiene import SECURITY
from api.problems import problem
from events.errors import Refused

_CLOSE = (b"connection", b"close")


@dataclass(frozen=True, slots=True)
class Answer:
    """After which the connection is closed."""

    problem: str
    """Its name."""
    request_id: str
    """As it is told to the caller."""
    sent: bytes


def answer(refusal: Refused) -> Answer:
    request_id = f"{getrandbits(128):032x}"
    scope: Scope = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "server": None,
        "path": "/",
        "query_string": b"",
        "headers": [],
        "state": {"request_id": request_id},
    }
    response = problem(Request(scope), refusal)
    identity = (b"x-request-id", request_id.encode())
    headers = (*response.raw_headers, identity, *SECURITY, _CLOSE)
    lines = b"".join(b"%b: %b\r\n" % header for header in headers)
    head = STATUS_LINE[response.status_code] + lines + b"\r\n"
    return Answer(scope["state"]["problem"], request_id, head + bytes(response.body))
