"""What one connection may take of a process, and for how long."""

import resource
import sys
from typing import NamedTuple

from api.settings import Settings


class Limits(NamedTuple):
    connections: int
    """Open ones of a process; who comes beyond them is refused."""
    header_bytes: int
    """Of a request line with all header fields, and of what frames a body."""
    arrival_seconds: float
    """From a request's first byte, or from a connection's beginning, to the request's last byte."""
    idle_seconds: int
    """Between an answer and the next request."""
    send_seconds: float
    """For an answer to be taken, once it waits for its reader. One that lasts looks for itself."""


OTHERS = 256
"""Files that a process has open beside its connections, at most."""
BEYOND = 128
"""Connections beyond the limit that are told so, or of the process's health. More are cut."""
UPLOAD_BYTES_PER_SECOND = 16_384
"""That of an upload arrive, on the average of `arrival_seconds`: it has as long again then."""
BEYOND_SECONDS = 1.0
"""For one of those to ask."""
HEADERS = 100
"""Header fields of a request."""
PIPELINED = 100
"""Requests that wait on one connection for the answers before theirs."""
FRAMING = 8
"""Bytes on the wire for one of a body, at most: a chunk of one byte takes six (RFC 9112, 7.1)."""


def limits_of(settings: Settings) -> Limits:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    left = max(soft - OTHERS - BEYOND, soft // 2)
    possible = sys.maxsize if soft == resource.RLIM_INFINITY else left
    return Limits(
        connections=min(settings.connections_limit, possible),
        header_bytes=settings.header_bytes_limit,
        arrival_seconds=settings.arrival_seconds,
        idle_seconds=settings.idle_seconds,
        send_seconds=settings.send_seconds,
    )
