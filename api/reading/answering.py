"""What the routers of the read side share: how fresh an answer has to be, and how it is sent."""

from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.access import CatalogKey
from api.parameters import IN_DIGITS
from api.reading.caching import PRIVATE, RawHeaders
from api.reading.freshness import Asking
from api.reading.representations import COMPRESSED, Preferences, digest, represented
from api.refusals import Responses, answers, header
from api.resources import Held, Resources
from events.errors import Refused
from queries.answer import Answer
from queries.errors import TooManyQueries
from queries.positions import Source

DIGEST = "[0-9a-f]{32}"
ETAGS = "[!-~ ]{0,1000}"
WAIT_MILLISECONDS = 2_000
"""For a position, when a request does not say how long."""

type AskingLog[T] = Callable[[AsyncEngine], Awaitable[Answer[T]]]


class Sent(Response):
    """JSON or nothing. What Starlette would find out about each header is known of these."""

    def __init__(self, body: bytes, status: int, headers: RawHeaders) -> None:
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = [*headers.items()]
        if body:
            self.raw_headers.append((b"content-length", b"%d" % len(body)))
            self.raw_headers.append((b"content-type", b"application/json"))


@dataclass(frozen=True, slots=True)
class Read:
    """What one read asks of the read side's freshness, and of the form of its answer."""

    held: Resources
    catalog: str
    minimum: int
    wait_seconds: float
    preferences: Preferences

    async def __call__[T](self, read: Asking[T], *, source: Source = "projected") -> Answer[T]:
        return await self.held.freshness.reflecting(
            self.catalog, self.minimum, self.wait_seconds, read, source=source
        )

    async def of_log[T](self, ask: AskingLog[T], *, source: Source = "appended") -> Answer[T]:
        """What an auditor asks, in its turn: all such questions come here.

        Raises `TooManyQueries`, and `ProjectionBehind`.
        """

        async def asked() -> Answer[T]:
            async with self.held.read_database.audit() as engine:
                return await ask(engine)

        return await self(asked, source=source)

    async def for_auditors(self, body: bytes, position: int, *, tag: str | None = None) -> Response:
        return await self._sent(body, position, PRIVATE, tag)

    async def for_readers(
        self,
        body: bytes,
        position: int,
        *,
        tag: str | None = None,
        forms: MutableMapping[str, bytes] | None = None,
    ) -> Response:
        """As the catalog has it: whoever may read it is told the same."""
        return await self._sent(body, position, self.held.caching.of(self.catalog), tag, forms)

    async def _sent(
        self,
        body: bytes,
        position: int,
        caching: RawHeaders,
        tag: str | None = None,
        forms: MutableMapping[str, bytes] | None = None,
    ) -> Response:
        tag = digest(body) if tag is None else tag
        status, chosen, sent = await represented(body, tag, self.preferences, forms)
        headers = {b"catalog-position": b"%d" % position, **caching, **chosen}
        return Sent(sent, status, headers)


type IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        pattern=f"^{ETAGS}$",
        description="ETags of answers that are there already: 304 if one of them still holds",
    ),
]


type MinPosition = Annotated[
    int,
    Header(
        alias="Catalog-Min-Position",
        ge=0,
        lt=2**63,
        description="Wait until the answer reflects this position",
    ),
    IN_DIGITS,
]
type Wait = Annotated[
    int,
    Header(alias="Catalog-Wait", ge=0, le=10_000, description="At most so long, in ms"),
    IN_DIGITS,
]


async def _read(
    catalog: CatalogKey,
    held: Held,
    minimum: MinPosition = 0,
    wait: Wait = WAIT_MILLISECONDS,
    if_none_match: IfNoneMatch = None,
    accept_encoding: Annotated[
        str | None, Header(alias="Accept-Encoding", include_in_schema=False)
    ] = None,
) -> Read:
    return Read(held, catalog, minimum, wait / 1000, Preferences(if_none_match, accept_encoding))


type Reading = Annotated[Read, Depends(_read)]


def for_auditors(*refusals: type[Refused]) -> Responses:
    """The OpenAPI responses of a read of the log, whose answers are its caller's own."""
    return _described(DIGEST, "^private, no-cache$", *refusals, TooManyQueries)


def for_readers(*refusals: type[Refused], tag: str = DIGEST) -> Responses:
    """The same where all who may read the catalog are told the same."""
    return _described(tag, "^(private, no-cache|public, max-age=[0-9]+)$", *refusals)


def _described(tag: str, cache_control: str, *refusals: type[Refused]) -> Responses:
    headers = {
        "Catalog-Position": "^[0-9]+$",
        "ETag": f'^"{tag}({COMPRESSED})?"$',
        "Cache-Control": cache_control,
        "Vary": "Accept-Encoding",
    }
    described = answers(200, headers, *refusals)
    known = {
        "description": "`If-None-Match` has the answer",
        "headers": dict(described[200]["headers"]),
    }
    described[200]["headers"]["Content-Encoding"] = header("^gzip$", required=False)
    return described | {304: known}
