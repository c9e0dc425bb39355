"""A catalog's whole log over HTTP: page by page, or as a stream that goes on."""

from functools import partial
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request, Response

from api.auditing import audit_outputs
from api.auth.access import CATALOG_REFUSALS, Authenticated, Known
from api.auth.audited import auditing
from api.auth.decisions import asking
from api.auth.staying.lasting import still_audits
from api.errors import BeyondLog, ProjectionBehind, TooManyStreams
from api.parameters import IN_DIGITS, ONLY_KNOWN, PageLimit
from api.reading.answering import Read, Reading, for_auditors
from api.reading.selecting import Selected
from api.refusals import header
from api.resources import of
from api.streaming.accepting import wants_stream
from api.streaming.response import EventStream
from api.streaming.sending import Pace
from api.streaming.wire import MEDIA_TYPE
from events.database import driver
from events.selection import Selection, read_heads_of

_RESPONSES = for_auditors(*CATALOG_REFUSALS, BeyondLog, ProjectionBehind, TooManyStreams)
_RESPONSES[200]["content"] = {MEDIA_TYPE: {"schema": {"type": "string"}}}
_RESPONSES[200]["headers"] |= {
    "Cache-Control": header("^(private, no-cache|no-store)$"),
    "Catalog-Position": header("^[0-9]+$", required=False),
    "ETag": _RESPONSES[200]["headers"]["ETag"] | {"required": False},
    "X-Accel-Buffering": header("^no$", required=False),
}

router = APIRouter(prefix="/v1/catalogs/{catalog}", tags=["queries"], dependencies=ONLY_KNOWN)


class Asked(NamedTuple):
    wanted: Selection
    after: int
    is_stream: bool


async def _asked(
    selected: Selected,
    product: Annotated[UUID | None, Query(description="Of this product alone")] = None,
    after: Annotated[int, Query(ge=0, lt=2**63, description="Behind this position"), IN_DIGITS] = 0,
    last_event_id: Annotated[
        int | None,
        Header(
            alias="Last-Event-ID",
            ge=0,
            lt=2**63,
            description="Of a stream: in place of `after`, the last position that came in",
        ),
        IN_DIGITS,
    ] = None,
    accept: Annotated[str, Header(include_in_schema=False)] = "*/*",
) -> Asked:
    wanted = msgspec.structs.replace(selected, stream=product)
    if not wants_stream(accept):
        return Asked(wanted, after, is_stream=False)
    return Asked(wanted, after if last_event_id is None else last_event_id, is_stream=True)


@asking("audit")
async def audited(
    request: Request,
    catalog: Known,
    caller: Authenticated,
    asked: Annotated[Asked, Depends(_asked)],
) -> Asked:
    """In place of `Auditor`: where a stream begins, no path and no query has to tell.

    One for which there is no place was not read: it is refused first.
    """
    following = asked.after if asked.is_stream else None
    if asked.is_stream:
        (await of(request)).event_streams.admit(caller.username)
    await auditing(request, caller, catalog.key, following=following)
    return asked


@router.get(
    "/events",
    operation_id="get_events",
    response_model=audit_outputs.EventPage,
    responses=_RESPONSES,
)
async def get_events(
    request: Request,
    caller: Authenticated,
    read: Reading,
    asked: Annotated[Asked, Depends(audited)],
    limit: PageLimit = 50,
) -> Response:
    """The log in order, with what each event changed.

    A page looks at a bounded part of the log, so that it may hold less than `limit`, or nothing,
    while there is more: go on behind `next_after`. That is null at the end of the log, where
    `Catalog-Position` stands. With `Accept: text/event-stream` the answer goes on as the log does
    (WHATWG HTML, 9.2): `id` is the position, `event` the type, `data` the item. `limit` and
    `Catalog-Min-Position` are of pages, `Last-Event-ID` of streams.
    """
    if asked.is_stream:
        await _refuse_beyond(read, asked.after)
        return _stream(request, caller.username, read, asked)
    answer = await read.of_log(
        lambda _: read.held.log_reader.page(
            read.catalog, asked.wanted, after=asked.after, limit=limit
        )
    )
    if answer.position < asked.after:
        await _refuse_beyond(read, asked.after)
    response = await read.for_auditors(msgspec.json.encode(answer.value), answer.position)
    response.headers["Vary"] += ", Accept"
    return response


async def _refuse_beyond(read: Read, after: int) -> None:
    """Raises `BeyondLog`, on the word of the primary: a replica may not have come so far yet."""
    async with driver(read.held.engine) as connection:
        head = (await read_heads_of(connection, [read.catalog]))[read.catalog]
    if head < after:
        raise BeyondLog(head=head)


def _stream(request: Request, user: str, read: Read, asked: Asked) -> Response:
    held, catalog = read.held, read.catalog
    return EventStream(
        partial(held.event_streams.opened, user, catalog, asked.wanted, after=asked.after),
        partial(still_audits, request, catalog),
        Pace(held.settings.event_stream_heartbeat_seconds, held.settings.event_stream_send_seconds),
        ending=held.event_streams.ending,
    )
