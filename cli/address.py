"""Where a process listens."""

import os
import socket
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from cli.errors import PortTaken, ServerFailed
from cli.processes import Child

READY_SECONDS = 60.0
BACKLOG = 2048
"""Connections that may wait to be accepted; uvicorn's own figure."""
REACHED_AT = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- nothing listens here


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        host = self._reached
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def _reached(self) -> str:
        return REACHED_AT.get(self.host, self.host)

    def refuse_taken(self, option: str) -> None:
        """Raises PortTaken."""
        self.listening(option).close()

    def listening(self, option: str) -> socket.socket:
        """A socket that listens there. Raises PortTaken."""
        try:
            family, *_ = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)[0]
            return socket.create_server((self.host, self.port), family=family, backlog=BACKLOG)
        except socket.gaierror:
            raise PortTaken(self.host, self.port, "no such host", option) from None
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise PortTaken(self.host, self.port, reason, option) from None

    def await_ready(self, child: Child) -> None:
        """Raises ServerFailed."""
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            child.check()
            if time.monotonic() > deadline:
                raise ServerFailed(child.name, child.log)
            time.sleep(0.05)

    def is_ready(self) -> bool:
        connection = HTTPConnection(self._reached, self.port, timeout=2)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()
