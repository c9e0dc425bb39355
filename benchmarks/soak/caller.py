"""Somebody who asks the API, waits when told to, and comes back when cut off."""

import asyncio
import json
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from time import monotonic
from urllib.parse import urlencode

from benchmarks.asking.http_client import Answer, Client
from benchmarks.asking.shop import FORM
from benchmarks.soak.tally import Tally
from benchmarks.soak.writes import PUT_OFF
from cli.address import Address

LONGEST_WAIT_SECONDS = 1.0
"""Of what `Retry-After` asks for."""
AGAIN_SECONDS = 0.05
"""After a connection that failed."""
REQUESTS_A_CONNECTION = 250
SESSION_SECONDS = 120.0
"""Then the access token is replaced."""
OF_A_LOGIN = {HTTPStatus.OK, HTTPStatus.TOO_MANY_REQUESTS}
"""Only so many passwords are checked at a time."""


@dataclass(frozen=True, slots=True)
class Credentials:
    username: str
    password: str


class Caller:
    def __init__(self, address: Address, credentials: Credentials, tally: Tally) -> None:
        self.tally = tally
        self._address = address
        self._credentials = credentials
        self._client = self._connected("")
        self._asked = 0
        self._refresh_token = ""
        self._session_until = 0.0

    async def ask(
        self,
        what: str,
        method: str,
        target: str,
        expected: Container[int],
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer | None:
        """None when it was not answered. Who is put off has waited."""
        await self._prepared()
        self._asked += 1
        try:
            answer = await self._client.ask(method, target, body, headers)
        except OSError as error:
            self.tally.failed(what, error)
            await asyncio.sleep(AGAIN_SECONDS)
            return None
        self.tally.count(what, answer, expected)
        await _waited(answer)
        return answer

    def close(self) -> None:
        self._client.close()

    async def _prepared(self) -> None:
        """With a session that lasts, and a connection that is not kept for ever."""
        while monotonic() > self._session_until:
            await self._log_in()
        if self._asked % REQUESTS_A_CONNECTION == 0:
            headers = self._client.headers
            self.close()
            self._client = Client(self._address.host, self._address.port, headers)

    async def _log_in(self) -> None:
        """By the refresh token, if there is one: a password takes a quarter of a second."""
        client = Client(self._address.host, self._address.port, FORM)
        grant, self._refresh_token = self._grant(), ""
        try:
            issued = await client.ask("POST", "/v1/auth/token", urlencode(grant).encode())
        except OSError as error:
            self.tally.failed("log in", error)
            await asyncio.sleep(AGAIN_SECONDS)
            return
        finally:
            client.close()
        self.tally.count("log in", issued, OF_A_LOGIN)
        await _waited(issued)
        if issued.status == HTTPStatus.OK:
            told = json.loads(issued.body)
            self.close()
            self._client = self._connected(told["access_token"])
            self._refresh_token = told["refresh_token"]
            self._session_until = monotonic() + SESSION_SECONDS

    def _grant(self) -> dict[str, str]:
        if self._refresh_token:
            return {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        return {
            "grant_type": "password",
            "username": self._credentials.username,
            "password": self._credentials.password,
        }

    def _connected(self, token: str) -> Client:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return Client(self._address.host, self._address.port, headers)


async def _waited(answer: Answer) -> None:
    """As long as somebody who is put off was told."""
    if answer.status in PUT_OFF:
        with suppress(KeyError, ValueError):
            await asyncio.sleep(min(float(answer.headers["retry-after"]), LONGEST_WAIT_SECONDS))
